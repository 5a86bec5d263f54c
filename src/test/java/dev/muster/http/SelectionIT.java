package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.http.Edge.Answer;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Scope;
import dev.muster.roster.Acceptance;
import dev.muster.roster.Given;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** From the body of a request to the ids of its hosts, over PostgreSQL: http/selection.yaml. */
@ExtendWith(TestDatabase.class)
class SelectionIT {

  private static final List<String> LANGUAGES = List.of("zh", "en");
  private static final int RULES = 13;
  private static final List<String> TYPES = List.of("int", "bool", "string", "choice", "list");

  /** A value of each class that rest.md §1.6 tells apart. */
  private static final List<String> VALUES =
      List.of(
          "1",
          "0",
          "\"1\"",
          "\" 7 \"",
          "\"-1\"",
          "1.0",
          "\"1.0\"",
          "1.5",
          "true",
          "null",
          "\"abc\"",
          "\"true\"",
          "\"yes\"",
          "\"Yes\"",
          "\"\"",
          "\" \"",
          "2",
          "[]",
          "{}");

  private static final List<String> SHAPES = List.of("none", "list", "scalar", "wrong", "unknown");

  /** The keys of the operation's description and those that its users know besides. */
  private static final List<String> KEYS =
      List.of(
          "inner_ip",
          "node_from",
          "node_type",
          "bk_addressing",
          "bk_host_name",
          "os_type",
          "status",
          "version",
          "is_manual",
          "bk_cloud_id",
          "install_channel_id",
          "topology",
          "query",
          "source_id",
          "plugin_name",
          "basereport",
          "basereport_status",
          "ip",
          "inner_ipv6",
          "bk_agent_id",
          "bk_biz_id");

  private final Edge edge;
  private final JdbcClient jdbc;
  private final Acceptance acceptance;
  private final Given given;
  private final JsonNode table;

  SelectionIT(DataSource database, JdbcClient jdbc, Acceptance acceptance, Given given)
      throws Exception {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
    this.acceptance = acceptance;
    this.given = given;
    try (InputStream rows = SelectionIT.class.getResourceAsStream("/http/selection.yaml")) {
      this.table = new YAMLMapper().readTree(rows);
    }
  }

  @Test
  void no_cell_is_without_a_row() {
    List<String> missing = new ArrayList<>();
    for (String language : LANGUAGES) {
      IntStream.rangeClosed(1, RULES)
          .filter(rule -> table.get("rules").valueStream().noneMatch(isOf(rule, language)))
          .forEach(rule -> missing.add("rule " + rule + " in " + language));
    }
    for (String type : TYPES) {
      VALUES.stream()
          .filter(value -> !table.at("/coercions/" + type + "/values").has(value))
          .forEach(value -> missing.add(type + " from " + value));
    }
    for (String key : KEYS) {
      SHAPES.stream()
          .filter(shape -> !table.at("/conditions/" + key).has(shape))
          .forEach(shape -> missing.add("condition " + key + ": " + shape));
    }
    assertThat(missing).isEmpty();
  }

  private static Predicate<JsonNode> isOf(int rule, String language) {
    return row ->
        row.get("rule").asInt() == rule && row.get("language").asString().equals(language);
  }

  private record Row(String name, String send, String language, JsonNode expected, String before) {}

  @TestFactory
  Stream<DynamicTest> every_row_is_answered_as_the_table_says() {
    SmallFleet.insert(jdbc);
    edge.operator().asks(acceptance::accept);
    return Stream.of(sentences("rules"), sentences("modes"), coercions(), conditions())
        .flatMap(rows -> rows)
        .map(row -> DynamicTest.dynamicTest(row.name(), () -> check(row)));
  }

  private Stream<Row> sentences(String group) {
    return table
        .get(group)
        .valueStream()
        .map(
            row ->
                new Row(
                    "%s %s %s: %s"
                        .formatted(
                            group,
                            row.path("rule").asString(""),
                            row.path("language").asString("zh"),
                            row.path("say").asString("")),
                    row.get("send").asString().replace("(2001 times x)", "x".repeat(2_001)),
                    row.path("language").asString("zh"),
                    row,
                    ""));
  }

  private Stream<Row> coercions() {
    return table.get("coercions").properties().stream()
        .flatMap(
            type ->
                type.getValue().get("values").properties().stream()
                    .map(
                        value ->
                            new Row(
                                type.getKey() + " from " + value.getKey(),
                                type.getValue().get("send").asString().formatted(value.getKey()),
                                "zh",
                                taken(value.getValue().asString()),
                                type.getValue().get("before").asString())));
  }

  private static JsonNode taken(String expected) {
    return expected.equals("taken")
        ? JsonNodeFactory.instance
            .objectNode()
            .set("ids", JsonNodeFactory.instance.arrayNode().add(1))
        : JsonNodeFactory.instance.objectNode().put("refused", expected + " ");
  }

  private Stream<Row> conditions() {
    return table.get("conditions").properties().stream()
        .flatMap(
            key ->
                key.getValue().properties().stream()
                    .map(
                        shape ->
                            new Row(
                                key.getKey() + ": " + shape.getKey(),
                                "{\"job_type\":\"RESTART_AGENT\",\"exclude_hosts\":[],\"conditions\":[{\"key\":\"%s\",\"value\":%s}]}"
                                    .formatted(
                                        key.getKey(), shape.getValue().get("value").asString()),
                                "zh",
                                shape.getValue(),
                                "搜索条件(conditions): ")));
  }

  private void check(Row row) {
    Answer answer =
        edge.send(
            HttpMethod.POST,
            "/api/job/operate/",
            r ->
                r.header("blueking-language", row.language())
                    .requestAttr(Edge.GivenRights.GIVEN, rights(row.expected().path("rights")))
                    .contentType("application/json")
                    .content(row.send()));
    JsonNode expected = row.expected();
    if (expected.has("refused")) {
      String code = expected.path("code").asString("3800001");
      answer.isRefused(code, row.before() + expected.get("refused").asString());
      assertThat(answer.json().get("code").isString()).isEqualTo(code.equals("9900403"));
    } else {
      assertThat(selected(answer.isOk().data().get("job_id").asLong()))
          .isEqualTo(expected.get("ids").valueStream().map(JsonNode::asLong).toList());
    }
  }

  private static Rights rights(JsonNode scopes) {
    Caller caller = new Caller("li.lei", "bk_nodeman");
    if (scopes.isMissingNode()) {
      return Rights.admin(caller);
    }
    Map<Role, Scope> rights = new EnumMap<>(Role.class);
    scopes
        .properties()
        .forEach(
            role ->
                rights.put(
                    Role.valueOf(role.getKey()),
                    new Scope.Within(
                        role.getValue()
                            .valueStream()
                            .map(JsonNode::asLong)
                            .collect(Collectors.toSet()))));
    return new Rights(caller, rights);
  }

  private List<Long> selected(long job) {
    given.resolve(job);
    return jdbc.sql("select host_id from job_instance where job_id = :job order by host_id")
        .param("job", job)
        .query(Long.class)
        .list();
  }

  @Test
  void a_missing_right_is_told_as_the_permission_center_tells_it() {
    SmallFleet.insert(jdbc);
    edge.operator().asks(acceptance::accept);
    JsonNode data =
        edge.send(
                HttpMethod.POST,
                "/api/job/operate/",
                r ->
                    r.requestAttr(
                            Edge.GivenRights.GIVEN,
                            new Rights(
                                new Caller("li.lei", "bk_nodeman"),
                                Map.of(Role.VIEW, Scope.everywhere())))
                        .contentType("application/json")
                        .content("{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1,3]}"))
            .isRefused("9900403", "当前用户无 [agent操作] 权限")
            .data();
    JsonNode action = data.at("/permission/actions/0");
    assertThat(action.get("id").asString()).isEqualTo("agent_operate");
    assertThat(action.at("/related_resource_types/0/instances").valueStream())
        .extracting(instance -> instance.at("/0/id").asString())
        .containsExactly("2", "3");
    assertThat(data.get("apply_url").asString()).isEmpty();
    assertThat(jdbc.sql("select count(*) from job").query(Integer.class).single()).isZero();
  }
}
