package dev.muster.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.HostSelector.Matching;
import dev.muster.host.NodeType;
import dev.muster.inventory.Sample.Host;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What PostgreSQL selects is what plain Java selects, on chance selectors over a chance fleet. */
@ExtendWith(TestDatabase.class)
class SelectorSqlIT {

  private static final int SELECTORS = 10_000;
  private static final int AT_ONCE = 50;
  private static final int HOSTS = 300;

  private final JdbcClient jdbc;
  private final long seed = Long.getLong("muster.test.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Sample sample = new Sample(random);

  SelectorSqlIT(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Asked(HostSelector selector, Set<NodeType> nodeTypes) {}

  @Test
  void ten_thousand_chance_selectors_select_what_they_say(TestReporter reporter) {
    reporter.publishEntry("muster.test.seed", String.valueOf(seed));
    List<Host> hosts = sample.hosts(HOSTS);
    Sample.insert(jdbc, hosts);
    Map<Class<?>, Integer> telling = new HashMap<>();
    for (int done = 0; done < SELECTORS; done += AT_ONCE) {
      List<Asked> batch = Stream.generate(this::asked).limit(AT_ONCE).toList();
      List<List<Long>> selected = select(batch);
      for (int i = 0; i < AT_ONCE; i++) {
        Asked asked = batch.get(i);
        assertThat(selected.get(i))
            .as("%s; repeat with -Dmuster.test.seed=%d", asked, seed)
            .isEqualTo(Oracle.selected(asked.selector(), asked.nodeTypes(), hosts));
        if (asked.selector() instanceof Matching matching && !selected.get(i).isEmpty()) {
          matching.conditions().forEach(c -> telling.merge(c.getClass(), 1, Integer::sum));
        }
      }
    }
    assertThat(telling)
        .as("each kind of condition is met often enough to prove something; seed %d", seed)
        .hasSize(Condition.class.getPermittedSubclasses().length)
        .allSatisfy((kind, times) -> assertThat(times).isGreaterThan(SELECTORS / 100));
  }

  /** Many selectors are one statement, each with parameters of its own. */
  private List<List<Long>> select(List<Asked> batch) {
    List<String> texts = new ArrayList<>();
    Map<String, Object> parameters = new TreeMap<>();
    for (int i = 0; i < batch.size(); i++) {
      SelectorSql where = SelectorSql.of(batch.get(i).selector(), batch.get(i).nodeTypes());
      String own = "q" + i + "x";
      texts.add(
          "select %d as n, h.id from host h where %s"
              .formatted(i, where.text().replace(":sel", ":" + own)));
      where.parameters().forEach((name, value) -> parameters.put(name.replace("sel", own), value));
    }
    List<List<Long>> selected = new ArrayList<>();
    batch.forEach(asked -> selected.add(new ArrayList<>()));
    jdbc.sql(String.join(" union all ", texts) + " order by n, id")
        .params(parameters)
        .query(
            row -> {
              selected.get(row.getInt("n")).add(row.getLong("id"));
            });
    return selected;
  }

  private Asked asked() {
    Set<NodeType> nodeTypes =
        random.nextInt(4) == 0
            ? EnumSet.of(NodeType.PROXY)
            : EnumSet.of(NodeType.AGENT, NodeType.PAGENT);
    return switch (random.nextInt(20)) {
      case 0 -> new Asked(new HostSelector.Nothing(), nodeTypes);
      case 1, 2 -> new Asked(new HostSelector.Ids(ids()), nodeTypes);
      default -> {
        List<Condition> conditions =
            Stream.generate(this::condition).limit(random.nextInt(4)).toList();
        List<Long> businesses = random.nextInt(3) > 0 ? List.of() : sample.numbers();
        yield new Asked(
            new Matching(businesses, conditions, random.nextBoolean() ? List.of() : ids()),
            nodeTypes);
      }
    };
  }

  private List<Long> ids() {
    return random.longs(random.nextInt(60), -1, HOSTS + 3).boxed().toList();
  }

  private Condition condition() {
    return switch (random.nextInt(7)) {
      case 0 -> has();
      case 1 ->
          new Condition.Addressed(
              some(() -> sample.one(Sample.V4)), some(() -> sample.one(Sample.V6)));
      case 2 ->
          new Condition.Belongs(sample.one(List.of(Condition.Owner.values())), sample.numbers());
      case 3 ->
          new Condition.Manual(
              sample.one(List.of(Set.of(), Set.of(true), Set.of(false), Set.of(true, false))));
      case 4 ->
          new Condition.Placed(
              some(
                  () ->
                      new Condition.Place(
                          1 + random.nextInt(5), sample.numbers(), sample.numbers())));
      case 5 -> new Condition.Mentions(some(this::search));
      default -> runs();
    };
  }

  private Condition has() {
    Condition.Attribute attribute = sample.one(List.of(Condition.Attribute.values()));
    return new Condition.Has(
        attribute,
        some(
            () ->
                sample.one(
                    switch (attribute) {
                      case NAME, AGENT_ID -> Sample.WORDS;
                      case OS_TYPE -> Sample.SYSTEMS;
                      case NODE_TYPE -> List.of("AGENT", "PAGENT", "PROXY", "agent");
                      case NODE_FROM -> List.of("CMDB", "EXCEL", "NODE_MAN", "");
                      case ADDRESSING -> List.of("static", "dynamic", "0");
                    })));
  }

  private Condition.Search search() {
    List<String> words =
        Stream.of(Sample.WORDS, Sample.V4, Sample.V6, Sample.STATES, Sample.VERSIONS)
            .flatMap(List::stream)
            .toList();
    return new Condition.Search(
        some(() -> sample.one(words)),
        new HashSet<>(some(() -> sample.one(List.of(Condition.Text.values())))));
  }

  private Condition runs() {
    Condition.Kind kind = sample.one(List.of(Condition.Kind.values()));
    return new Condition.Runs(
        kind,
        some(
            () -> {
              Condition.Property property = sample.one(List.of(Condition.Property.values()));
              return new Condition.Trait(
                  property,
                  some(
                      () ->
                          sample.one(
                              switch (property) {
                                case NAME ->
                                    kind == Condition.Kind.PLUGIN
                                        ? Sample.PLUGINS
                                        : List.of("gse_agent", "second");
                                case STATUS -> Sample.STATES;
                                case VERSION -> Sample.VERSIONS;
                                case SOURCE -> Sample.WORDS;
                              })));
            }));
  }

  private <T> List<T> some(Supplier<T> each) {
    return Stream.generate(each).limit(random.nextInt(4)).toList();
  }
}
