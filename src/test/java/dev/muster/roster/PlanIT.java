package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.Limits;
import dev.muster.job.Verb;
import dev.muster.roster.Roster.Ended;
import dev.muster.roster.Roster.Order;
import dev.muster.roster.Roster.Plan;
import dev.muster.roster.Roster.WaveRange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is left to do, as waves; and the end. */
@ExtendWith(TestDatabase.class)
class PlanIT {

  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  PlanIT(RosterRows roster, Given given, JdbcClient jdbc) {
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void five_hundred_hosts_are_a_wave() {
    long job = given.resolved(1_200);
    assertThat(plan(job))
        .isEqualTo(
            new Plan(
                List.of(
                    new WaveRange(1, 0, 499, 500),
                    new WaveRange(2, 500, 999, 500),
                    new WaveRange(3, 1_000, 1_199, 200)),
                Order.GO_ON,
                100));
  }

  @Test
  void numbers_of_waves_are_never_used_twice() {
    long job = given.resolved(501);
    plan(job);
    assertThat(plan(job).waves())
        .containsExactly(new WaveRange(3, 0, 499, 500), new WaveRange(4, 500, 500, 1));
  }

  @Test
  void a_wave_holds_five_hundred_unfinished_hosts_however_far_apart_they_are() {
    long job = given.resolved(3_000);
    jdbc.sql("update job_instance set outcome = 'SUCCEEDED' where ordinal % 3 <> 1").update();
    List<WaveRange> waves = plan(job).waves();
    assertThat(waves)
        .containsExactly(new WaveRange(1, 1, 1_498, 500), new WaveRange(2, 1_501, 2_998, 500));
    for (WaveRange wave : waves) {
      assertThat(roster.brief(job, wave.from(), wave.to()).hosts()).hasSize(500);
    }
  }

  @Test
  void nothing_left_is_no_wave() {
    long job = given.resolved(3);
    given.end(job, 0, 2, "FAILED", "EXIT_CODE");
    assertThat(plan(job)).isEqualTo(new Plan(List.of(), Order.GO_ON, 3));
    assertThat(plan(given.accepted(Given.request(Given.ALL))).waves()).isEmpty();
  }

  @Test
  void more_waves_than_a_plan_holds_are_left_for_the_next_plan() {
    long job = given.resolved(1);
    jdbc.sql(
            """
            insert into job_instance (job_id, ordinal, host_id, business_id, label)
            select :job, i, i + 1, 2, 'host' from generate_series(1, 60000) i
            """)
        .param("job", job)
        .update();
    List<WaveRange> waves = plan(job).waves();
    assertThat(waves).hasSize(Plan.MOST_WAVES);
    int last = Plan.MOST_WAVES * Limits.HOSTS_PER_WAVE - 1;
    assertThat(waves.getLast()).isEqualTo(new WaveRange(Plan.MOST_WAVES, last - 499, last, 500));
    jdbc.sql("update job_instance set outcome = 'SUCCEEDED' where ordinal <= :last")
        .param("last", last)
        .update();
    assertThat(plan(job).waves().getFirst())
        .isEqualTo(new WaveRange(Plan.MOST_WAVES + 1, last + 1, last + 500, 500));
  }

  @Test
  void a_stop_gives_hosts_that_were_never_touched_their_outcome_and_leaves_the_others() {
    long job = given.resolved(6);
    given.end(job, 0, 0, "SUCCEEDED", null);
    jdbc.sql("update job_instance set touched_at = now() where ordinal in (2, 4)").update();
    given.stop(job);
    assertThat(plan(job)).isEqualTo(new Plan(List.of(new WaveRange(1, 2, 4, 2)), Order.HALT, 6));
    assertThat(roster.brief(job, 2, 4).hosts()).extracting("ordinal").containsExactly(2, 4);
    assertThat(
            jdbc.sql(
                    "select ordinal from job_instance where outcome = 'STOPPED' and reason = 'STOPPED' "
                        + "and proof = 'NEVER_STARTED' and ended_at is not null order by ordinal")
                .query(Integer.class)
                .list())
        .containsExactly(1, 3, 5);
    assertThat(given.of(job, 0, "outcome", String.class)).isEqualTo("SUCCEEDED");
  }

  @Test
  void a_job_ends_when_its_last_host_has() {
    long job = given.resolved(4);
    assertThat(roster.finish(job)).isEqualTo(new Ended("RUNNING", 0, 0, 0, 4));
    given.end(job, 0, 1, "SUCCEEDED", null);
    given.end(job, 2, 2, "SKIPPED", "OS_NOT_SUPPORTED");
    assertThat(roster.finish(job)).isEqualTo(new Ended("RUNNING", 2, 0, 1, 1));
    assertThat(ended()).isZero();
    given.end(job, 3, 3, "STOPPED", "STOPPED");
    assertThat(roster.finish(job)).isEqualTo(new Ended("PARTIALLY_FAILED", 2, 1, 1, 0));
    assertThat(ended()).isEqualTo(1);
  }

  @Test
  void an_end_that_is_told_again_changes_nothing() {
    long job = given.resolved(1);
    given.end(job, 0, 0, "TIMED_OUT", "TIMEOUT");
    Ended ended = roster.finish(job);
    assertThat(ended.state()).isEqualTo("FAILED");
    String row = jdbc.sql("select j::text from job j").query(String.class).single();
    assertThat(roster.finish(job)).isEqualTo(ended);
    assertThat(jdbc.sql("select j::text from job j").query(String.class).single()).isEqualTo(row);
  }

  @Test
  void a_job_without_hosts_succeeds() {
    long job = given.accepted(Given.request(Given.ALL));
    roster.resolve(job);
    assertThat(roster.finish(job)).isEqualTo(new Ended("SUCCEEDED", 0, 0, 0, 0));
  }

  @Test
  void a_plan_leaves_out_what_open_waves_have_and_never_reaches_over_one() {
    long job = given.resolved(1_200);
    given.end(job, 0, 99, "SUCCEEDED", null);
    List<WaveRange> open = List.of(new WaveRange(8, 600, 699, 9), new WaveRange(7, 200, 299, 9));
    assertThat(roster.plan(job, open).waves())
        .containsExactly(
            new WaveRange(1, 100, 199, 100),
            new WaveRange(2, 300, 599, 300),
            new WaveRange(3, 700, 1_199, 500));
    List<WaveRange> beside =
        List.of(new WaveRange(8, 100, 199, 9), new WaveRange(9, 200, 1_198, 9));
    assertThat(roster.plan(job, beside).waves()).containsExactly(new WaveRange(4, 1_199, 1_199, 1));
    assertThat(roster.plan(job, List.of(new WaveRange(9, 0, 1_199, 9))).waves()).isEmpty();
  }

  @Test
  void a_pause_holds_a_job_and_is_over_with_it() {
    long job = given.resolved(2);
    jdbc.sql("update job set gate = 'PAUSED'").update();
    assertThat(plan(job)).isEqualTo(new Plan(List.of(new WaveRange(1, 0, 1, 2)), Order.HOLD, 2));
    given.end(job, 0, 1, "FAILED", "EXIT_CODE");
    roster.finish(job);
    assertThat(jdbc.sql("select gate from job").query(String.class).single()).isEqualTo("OPEN");
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({"EVERYTHING, , HOLD", "BUSINESS, 2, HOLD", "BUSINESS, 3, GO_ON", "CLOUD, 0, GO_ON"})
  void an_emergency_stop_holds_a_job_that_it_has_all_of(String area, Long target, Order order) {
    long job = given.resolved(2);
    jdbc.sql(
            "insert into hold (area, target, mode, caller, app) values (:area, :target, 'DRAIN', 'a', 'b')")
        .param("area", area)
        .param("target", target)
        .update();
    assertThat(plan(job).order()).isEqualTo(order);
    jdbc.sql("update hold set lifted_at = now()").update();
    assertThat(plan(job).order()).isEqualTo(Order.GO_ON);
  }

  @Test
  void a_job_that_was_retried_meanwhile_does_not_end() {
    long job = given.resolved(2);
    given.end(job, 0, 1, "FAILED", "EXIT_CODE");
    given.say(job, new Verb.Retry(new Verb.Which.All(), null));
    assertThat(roster.finish(job)).isEqualTo(new Ended("RUNNING", 0, 0, 0, 2));
    assertThat(ended()).isZero();
  }

  private Plan plan(long job) {
    return roster.plan(job, List.of());
  }

  private int ended() {
    return jdbc.sql("select count(*) from job where ended_at is not null")
        .query(Integer.class)
        .single();
  }
}
