package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.roster.Roster.Round;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rounds of retries. */
@ExtendWith(TestDatabase.class)
class RoundsIT {

  private static final Round NONE = new Round(0, 0, 0, false);

  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  RoundsIT(RosterRows roster, Given given, JdbcClient jdbc) {
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_round_without_a_wait_is_opened_at_once_for_the_failed_hosts_only() {
    long job = given.resolved(6, Given.rounds(1, Duration.ZERO));
    given.end(job, 0, 0, "SUCCEEDED", null);
    given.end(job, 1, 1, "FAILED", "AUTH");
    given.end(job, 2, 2, "UNREACHABLE", "CONNECT");
    given.end(job, 3, 3, "TIMED_OUT", "TIMEOUT");
    given.end(job, 4, 4, "SKIPPED", "OS_NOT_SUPPORTED");
    given.end(job, 5, 5, "STOPPED", "STOPPED");
    jdbc.sql("update job_instance set tries = '{\"CONNECT\": 4}', unknown_since = now()").update();
    assertThat(roster.nextRound(job)).isEqualTo(new Round(1, 0, 3, false));
    assertThat(
            jdbc.sql(
                    "select ordinal from job_instance where outcome is null and reason is null and proof is null "
                        + "and detail is null and ended_at is null and tries = '{}' and unknown_since is null "
                        + "order by ordinal")
                .query(Integer.class)
                .list())
        .containsExactly(1, 2, 3);
    assertThat(roster.brief(job, 0, 5).hosts()).hasSize(3);
  }

  @Test
  void there_are_as_many_rounds_as_were_asked_for() {
    long job = given.resolved(1, Given.rounds(2, Duration.ZERO));
    for (int round = 1; round <= 2; round++) {
      given.end(job, 0, 0, "FAILED", "EXIT_CODE");
      assertThat(roster.nextRound(job)).isEqualTo(new Round(round, 0, 1, false));
    }
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    assertThat(roster.nextRound(job)).isEqualTo(NONE);
    assertThat(given.of(job, 0, "outcome", String.class)).isEqualTo("FAILED");
  }

  @Test
  void there_is_no_round_without_failed_hosts_or_without_rounds() {
    long none = given.resolved(1);
    given.end(none, 0, 0, "FAILED", "AUTH");
    assertThat(roster.nextRound(none)).isEqualTo(NONE);
    long fine = given.again(Given.rounds(3, Duration.ZERO));
    given.end(fine, 0, 0, "SUCCEEDED", null);
    assertThat(roster.nextRound(fine)).isEqualTo(NONE);
  }

  @Test
  void a_round_waits_from_the_moment_it_is_first_asked_for() {
    long job = given.resolved(2, Given.rounds(1, Duration.ofMinutes(10)));
    given.end(job, 0, 1, "FAILED", "CONNECT");
    assertThat(roster.nextRound(job)).isEqualTo(new Round(1, 600, 2, false));
    assertThat(given.of(job, 0, "outcome", String.class)).isEqualTo("FAILED");
    Round later = roster.nextRound(job);
    assertThat(later.number()).isEqualTo(1);
    assertThat(later.waitSeconds()).isBetween(590L, 600L);
    jdbc.sql("update job set next_round_at = now() - interval '1 millisecond'").update();
    assertThat(roster.nextRound(job)).isEqualTo(new Round(1, 0, 2, false));
    assertThat(jdbc.sql("select next_round_at is null from job").query(Boolean.class).single())
        .isTrue();
  }

  @Test
  void a_stop_while_a_round_waits_ends_the_waiting() {
    long job = given.resolved(1, Given.rounds(1, Duration.ofHours(1)));
    given.end(job, 0, 0, "FAILED", "CONNECT");
    assertThat(roster.nextRound(job).waitSeconds()).isPositive();
    given.stop(job);
    assertThat(roster.nextRound(job)).isEqualTo(NONE);
  }

  @Test
  void a_paused_job_neither_waits_for_a_round_nor_opens_it() {
    long job = given.resolved(1, Given.rounds(1, Duration.ofHours(1)));
    given.end(job, 0, 0, "FAILED", "CONNECT");
    jdbc.sql("update job set gate = 'PAUSED'").update();
    assertThat(roster.nextRound(job)).isEqualTo(new Round(1, 0, 1, true));
    assertThat(jdbc.sql("select next_round_at is null from job").query(Boolean.class).single())
        .isTrue();
    jdbc.sql("update job set gate = 'OPEN'").update();
    assertThat(roster.nextRound(job)).isEqualTo(new Round(1, 3_600, 1, false));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "EXIT_CODE, 2",
    "VERIFY, 2",
    "TIMEOUT, 2",
    "INTERRUPTED, 2",
    "UNKNOWN, 1",
    "CONNECT, 1",
    "LINK, 1",
    "AUTH, 1",
    "HOST_KEY, 1",
    "PRIVILEGE, 1",
    "DISK_FULL, 1",
    "BUSY, 1",
    "FENCED, 1",
    "ENGINE, 1"
  })
  void only_after_a_verdict_is_the_command_run_under_a_new_key(String reason, int execution) {
    long job = given.resolved(1, Given.rounds(1, Duration.ZERO));
    given.end(job, 0, 0, "FAILED", reason);
    roster.nextRound(job);
    assertThat(given.of(job, 0, "executions[1]", Integer.class)).isEqualTo(execution);
  }

  @Test
  void a_host_goes_on_at_the_step_that_failed() {
    long job = given.resolved(1, Given.rounds(1, Duration.ZERO));
    jdbc.sql("update job_instance set step = 3, executions = '{2,1,1,4}'").update();
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    roster.nextRound(job);
    assertThat(given.of(job, 0, "step", Integer.class)).isEqualTo(3);
    assertThat(given.of(job, 0, "executions::text", String.class)).isEqualTo("{2,1,1,5}");
  }

  @Test
  void a_job_that_is_asked_to_end_after_a_round_ends_as_the_round_left_it() {
    long job = given.resolved(2, Given.rounds(1, Duration.ZERO));
    given.end(job, 0, 1, "FAILED", "EXIT_CODE");
    roster.nextRound(job);
    assertThat(roster.finish(job).state()).isEqualTo("RUNNING");
    given.end(job, 0, 1, "SUCCEEDED", null);
    assertThat(List.of(roster.nextRound(job), roster.finish(job).state()))
        .containsExactly(NONE, "SUCCEEDED");
  }
}
