package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.Hold.Answer;
import dev.muster.job.Hold.Area;
import dev.muster.job.JobOptions;
import dev.muster.job.Preview;
import dev.muster.job.Verb.Mode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Where nothing is started until somebody says so. */
@ExtendWith(TestDatabase.class)
class HoldsIT {

  private static final Caller HAN = new Caller("han", "sops");
  private static final Area ALL = new Area.Everything();

  private final Holds holds;
  private final Instances instances;
  private final DryRun dryRun;
  private final Given given;
  private final JdbcClient jdbc;

  HoldsIT(Holds holds, Instances instances, DryRun dryRun, Given given, JdbcClient jdbc) {
    this.holds = holds;
    this.instances = instances;
    this.dryRun = dryRun;
    this.given = given;
    this.jdbc = jdbc;
  }

  private long hold(Area area, Mode mode) {
    if (holds.hold(area, mode, "outage", HAN) instanceof Answer.Held held) {
      return held.id();
    }
    throw new AssertionError("not held: " + area);
  }

  private List<String> told() {
    return jdbc.sql("select verb from audit where job_id is null order by id")
        .query(String.class)
        .list();
  }

  // ---- what it does ----

  @Test
  void nothing_is_permitted_where_a_hold_is_and_everything_again_once_it_is_lifted() {
    long job = given.resolved(1);
    Claim.Granted before = granted(instances.claim(job, 0));
    long hold = hold(ALL, Mode.DRAIN);
    assertThat(instances.permit(before.grant(), 0)).isFalse();
    assertThat(instances.claim(job, 0))
        .isInstanceOfSatisfying(Claim.Waiting.class, w -> assertThat(w.why()).contains("han"));
    holds.lift(hold, HAN);
    assertThat(instances.permit(granted(instances.claim(job, 0)).grant(), 0)).isTrue();
  }

  private static Claim.Granted granted(Claim claim) {
    assertThat(claim).isInstanceOf(Claim.Granted.class);
    return (Claim.Granted) claim;
  }

  @ParameterizedTest(name = "{0} {1} holds hosts {2}")
  @CsvSource({
    "ALL, 0, 1 2 3",
    "BUSINESS, 2, 1 3",
    "BUSINESS, 3, 2",
    "CLOUD, 5, 3",
    "CLOUD, 0, 1 2"
  })
  void a_hold_holds_its_area_and_no_other(String area, long target, String held) {
    Fleet.agents(jdbc, 1, 3);
    jdbc.sql("insert into cloud (id, name) values (5, 'far')").update();
    Fleet.change(jdbc, 2, "business_id = 3");
    Fleet.change(jdbc, 3, "cloud_id = 5");
    long job = given.again(JobOptions.DEFAULT);
    hold(area(area, target), Mode.DRAIN);
    List<String> waiting = new ArrayList<>();
    for (int ordinal = 0; ordinal < 3; ordinal++) {
      if (instances.claim(job, ordinal) instanceof Claim.Waiting) {
        waiting.add(String.valueOf(ordinal + 1));
      }
    }
    assertThat(String.join(" ", waiting)).isEqualTo(held);
  }

  private static Area area(String area, long target) {
    return switch (area) {
      case "BUSINESS" -> new Area.Business(target);
      case "CLOUD" -> new Area.Cloud(target);
      default -> ALL;
    };
  }

  @Test
  void a_dry_run_tells_who_holds_how_many_and_writes_nothing() {
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 2, "business_id = 3");
    assertThat(dryRun.preview(Given.request(Given.ALL)).held()).isEmpty();
    hold(new Area.Business(2), Mode.KILL);
    hold(new Area.Business(3), Mode.DRAIN);
    Preview all = dryRun.preview(Given.request(Given.ALL));
    assertThat(all.held()).extracting(Preview.Held::hosts).containsExactly(2L, 1L);
    Hold first = all.held().getFirst().hold();
    assertThat(first.by()).isEqualTo(HAN);
    assertThat(first.why()).isEqualTo("outage");
    assertThat(first.mode()).isEqualTo(Mode.KILL);
    assertThat(first.area()).isEqualTo(new Area.Business(2));
    Preview one = dryRun.preview(Given.request(new HostSelector.Ids(List.of(2L))));
    assertThat(one.held()).extracting(h -> h.hold().area()).containsExactly(new Area.Business(3));
    assertThat(told()).containsExactly("HOLD", "HOLD");
  }

  // ---- asked for again ----

  @Test
  void who_asks_again_is_given_the_same_hold_and_nothing_is_written() {
    long first = hold(ALL, Mode.DRAIN);
    assertThat(hold(ALL, Mode.DRAIN)).isEqualTo(first);
    assertThat(holds.inForce()).hasSize(1);
    assertThat(told()).containsExactly("HOLD");
  }

  @Test
  void a_kill_widens_a_drain_and_a_drain_narrows_no_kill() {
    Fleet.agents(jdbc, 1, 1);
    Area two = new Area.Business(2);
    long hold = hold(two, Mode.DRAIN);
    assertThat(hold(two, Mode.KILL)).isEqualTo(hold);
    assertThat(holds.find(hold).orElseThrow().mode()).isEqualTo(Mode.KILL);
    assertThat(hold(two, Mode.DRAIN)).isEqualTo(hold);
    assertThat(holds.find(hold).orElseThrow().mode()).isEqualTo(Mode.KILL);
    assertThat(told()).containsExactly("HOLD", "HOLD");
    assertThat(
            jdbc.sql("select businesses from audit order by id desc limit 1")
                .query((row, n) -> (Long[]) row.getArray(1).getArray())
                .single())
        .containsExactly(2L);
  }

  @Test
  void many_that_ask_at_once_make_one_hold() throws Exception {
    List<Future<Long>> asked = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        asked.add(callers.submit(() -> hold(ALL, Mode.KILL)));
      }
    }
    Set<Long> ids = new HashSet<>();
    for (Future<Long> one : asked) {
      ids.add(one.get());
    }
    assertThat(ids).hasSize(1);
    assertThat(told()).containsExactly("HOLD");
  }

  @Test
  void a_hold_that_is_lifted_stays_lifted_and_the_next_one_is_another() {
    long first = hold(ALL, Mode.DRAIN);
    holds.lift(first, HAN);
    holds.lift(first, HAN);
    assertThat(holds.inForce()).isEmpty();
    assertThat(holds.find(first)).isPresent();
    assertThat(told()).containsExactly("HOLD", "LIFT");
    assertThat(hold(ALL, Mode.DRAIN)).isNotEqualTo(first);
    holds.lift(9_999, HAN);
    assertThat(told()).containsExactly("HOLD", "LIFT", "HOLD");
  }

  // ---- what is there ----

  @Test
  void what_the_inventory_does_not_know_is_not_held() {
    Fleet.agents(jdbc, 1, 1);
    jdbc.sql("insert into business (id, name) values (8, 'empty')").update();
    for (Area none : List.of(new Area.Business(77), new Area.Cloud(77), new Area.Cloud(-1))) {
      assertThat(holds.hold(none, Mode.KILL, "", HAN)).isEqualTo(new Answer.NoSuchArea());
    }
    assertThat(told()).isEmpty();
    for (Area known : List.of(new Area.Business(2), new Area.Business(8), new Area.Cloud(0))) {
      hold(known, Mode.DRAIN);
    }
    assertThat(holds.inForce())
        .extracting(Hold::area)
        .containsExactly(new Area.Business(2), new Area.Business(8), new Area.Cloud(0));
  }
}
