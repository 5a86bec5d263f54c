package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobId;
import dev.muster.job.Limits;
import dev.muster.roster.Roster.Ended;
import dev.muster.roster.Roster.Plan;
import dev.muster.roster.Roster.WaveRange;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What is left to do, as waves; and the end. */
@ExtendWith(TestDatabase.class)
class PlanIT {

  private final RosterRows roster;
  private final Jobs jobs;
  private final Given given;
  private final JdbcClient jdbc;

  PlanIT(RosterRows roster, Jobs jobs, Given given, JdbcClient jdbc) {
    this.roster = roster;
    this.jobs = jobs;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void five_hundred_hosts_are_a_wave() {
    long job = given.resolved(1_200);
    assertThat(roster.plan(job))
        .isEqualTo(
            new Plan(
                List.of(
                    new WaveRange(1, 0, 499),
                    new WaveRange(2, 500, 999),
                    new WaveRange(3, 1_000, 1_199)),
                false));
  }

  @Test
  void numbers_of_waves_are_never_used_twice() {
    long job = given.resolved(501);
    roster.plan(job);
    assertThat(roster.plan(job).waves())
        .containsExactly(new WaveRange(3, 0, 499), new WaveRange(4, 500, 500));
  }

  @Test
  void a_wave_holds_five_hundred_unfinished_hosts_however_far_apart_they_are() {
    long job = given.resolved(3_000);
    jdbc.sql("update job_instance set outcome = 'SUCCEEDED' where ordinal % 3 <> 1").update();
    List<WaveRange> waves = roster.plan(job).waves();
    assertThat(waves).containsExactly(new WaveRange(1, 1, 1_498), new WaveRange(2, 1_501, 2_998));
    for (WaveRange wave : waves) {
      assertThat(roster.brief(job, wave.from(), wave.to()).hosts()).hasSize(500);
    }
  }

  @Test
  void nothing_left_is_no_wave() {
    long job = given.resolved(3);
    given.end(job, 0, 2, "FAILED", "EXIT_CODE");
    assertThat(roster.plan(job)).isEqualTo(new Plan(List.of(), false));
    assertThat(roster.plan(given.accepted(Given.request(Given.ALL))).waves()).isEmpty();
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
    List<WaveRange> waves = roster.plan(job).waves();
    assertThat(waves).hasSize(Plan.MOST_WAVES);
    int last = Plan.MOST_WAVES * Limits.HOSTS_PER_WAVE - 1;
    assertThat(waves.getLast())
        .isEqualTo(new WaveRange(Plan.MOST_WAVES, last - Limits.HOSTS_PER_WAVE + 1, last));
    jdbc.sql("update job_instance set outcome = 'SUCCEEDED' where ordinal <= :last")
        .param("last", last)
        .update();
    assertThat(roster.plan(job).waves().getFirst())
        .isEqualTo(new WaveRange(Plan.MOST_WAVES + 1, last + 1, last + Limits.HOSTS_PER_WAVE));
  }

  @Test
  void a_stop_gives_hosts_that_were_never_touched_their_outcome_and_leaves_the_others() {
    long job = given.resolved(6);
    given.end(job, 0, 0, "SUCCEEDED", null);
    jdbc.sql("update job_instance set touched_at = now() where ordinal in (2, 4)").update();
    jobs.stop(new JobId(job), Given.ADMIN, "stopped by admin");
    assertThat(roster.plan(job)).isEqualTo(new Plan(List.of(new WaveRange(1, 2, 4)), true));
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

  private int ended() {
    return jdbc.sql("select count(*) from job where ended_at is not null")
        .query(Integer.class)
        .single();
  }
}
