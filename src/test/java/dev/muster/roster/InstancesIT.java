package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.InstanceState;
import dev.muster.job.JobOptions;
import dev.muster.job.JobOptions.OnBusy;
import dev.muster.job.JobType;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.job.Verb.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who may touch a host: claim, permit and finish, fenced by a token that only grows. */
@ExtendWith(TestDatabase.class)
class InstancesIT {

  private static final Outcome SUCCEEDED = new Outcome.Succeeded();

  private final Instances instances;
  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  InstancesIT(Instances instances, RosterRows roster, Given given, JdbcClient jdbc) {
    this.instances = instances;
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_claim_says_which_host_and_where_to_go_on() {
    long job = given.resolved(3);
    jdbc.sql("update job_instance set step = 2, executions = '{3,null,2}' where ordinal = 1")
        .update();
    Claim claim = instances.claim(job, 1);
    assertThat(claim).isInstanceOf(Claim.Granted.class);
    Grant grant = grant(claim);
    assertThat(grant.place()).isEqualTo(new Instances.Place(job, 1, 2));
    assertThat(grant.work().type()).isEqualTo(JobType.RESTART_AGENT);
    assertThat(grant.work().runbook()).isEqualTo("runbook");
    assertThat(grant.step()).isEqualTo(2);
    assertThat(grant.progressed().touched()).isFalse();
    assertThat(grant.progressed().execution(0)).isEqualTo(3);
    assertThat(grant.progressed().execution(1)).isEqualTo(1);
    assertThat(grant.progressed().execution(2)).isEqualTo(2);
    assertThat(grant.progressed().execution(9)).isEqualTo(1);
    assertThat(grant.runDirectory()).isNull();
    assertThat(grant.uid()).isEqualTo(uid());
  }

  private java.util.UUID uid() {
    return jdbc.sql("select uid from job").query(java.util.UUID.class).single();
  }

  @Test
  void tokens_follow_the_clock_and_grow_with_every_claim() {
    long job = given.resolved(1);
    long before = System.currentTimeMillis() - 60_000;
    long last = before;
    for (int i = 0; i < 20; i++) {
      long token = grant(instances.claim(job, 0)).token();
      assertThat(token).isGreaterThan(last);
      last = token;
    }
    jdbc.sql("update lease set token = 9000000000000").update();
    assertThat(grant(instances.claim(job, 0)).token()).isEqualTo(9_000_000_000_001L);
  }

  @Test
  void an_older_grant_can_neither_permit_nor_finish_nor_record() {
    long job = given.resolved(1);
    Grant older = grant(instances.claim(job, 0));
    Grant newer = grant(instances.claim(job, 0));
    assertThat(instances.holds(older)).isFalse();
    assertThat(instances.holds(newer)).isTrue();
    assertThat(instances.permit(older, 0)).isFalse();
    assertThat(instances.finish(older, 0, SUCCEEDED)).isFalse();
    instances.recordRunDirectory(older, "/wrong");
    assertThat(given.of(job, 0, "touched_at is null and outcome is null", Boolean.class)).isTrue();
    assertThat(instances.permit(newer, 0)).isTrue();
    instances.recordRunDirectory(newer, "/var/lib/muster");
    assertThat(instances.finish(newer, 0, SUCCEEDED)).isTrue();
    assertThat(jdbc.sql("select run_directory from lease").query(String.class).single())
        .isEqualTo("/var/lib/muster");
  }

  @Test
  void nothing_can_be_done_with_a_grant_once_there_is_an_outcome() {
    long job = given.resolved(1);
    Grant grant = grant(instances.claim(job, 0));
    assertThat(instances.finish(grant, 0, SUCCEEDED)).isTrue();
    assertThat(instances.finish(grant, 0, new Outcome.TimedOut("late"))).isFalse();
    assertThat(instances.permit(grant, 1)).isFalse();
    assertThat(instances.holds(grant)).isFalse();
    assertThat(instances.claim(job, 0)).isEqualTo(new Claim.Finished(InstanceState.SUCCEEDED));
    assertThat(given.of(job, 0, "outcome", String.class)).isEqualTo("SUCCEEDED");
  }

  @Test
  void a_host_that_another_job_works_on_is_busy_until_that_one_has_an_outcome() {
    long first = given.resolved(2);
    long second = given.again(JobOptions.DEFAULT);
    Grant held = grant(instances.claim(first, 0));
    assertThat(holder(instances.claim(second, 0))).isEqualTo(first);
    assertThat(instances.claim(second, 1)).isInstanceOf(Claim.Granted.class);
    assertThat(instances.holds(held)).isTrue();
    instances.finish(held, 0, new Outcome.Failed(Reason.EXIT_CODE, "rc 1"));
    Grant taken = grant(instances.claim(second, 0));
    assertThat(taken.token()).isGreaterThan(held.token());
    assertThat(taken.place()).isEqualTo(new Instances.Place(second, 0, 1));
    assertThat(instances.permit(held, 0)).isFalse();
  }

  @Test
  void the_run_directory_of_a_host_outlives_the_job_that_found_it() {
    long first = given.resolved(1);
    Grant grant = grant(instances.claim(first, 0));
    instances.recordRunDirectory(grant, "/opt/muster");
    instances.finish(grant, 0, SUCCEEDED);
    long second = given.again(JobOptions.DEFAULT);
    assertThat(grant(instances.claim(second, 0)).runDirectory()).isEqualTo("/opt/muster");
  }

  @Test
  void a_host_that_is_retried_is_not_taken_from_the_job_that_has_it_now() {
    long first = given.resolved(1, Given.rounds(1, Duration.ZERO));
    instances.finish(grant(instances.claim(first, 0)), 0, new Outcome.TimedOut("late"));
    long second = given.again(JobOptions.DEFAULT);
    Grant taken = grant(instances.claim(second, 0));
    roster.nextRound(first);
    assertThat(holder(instances.claim(first, 0))).isEqualTo(second);
    assertThat(instances.holds(taken)).isTrue();
  }

  @Test
  void of_many_jobs_that_want_a_host_at_once_one_gets_it() throws Exception {
    List<Long> all = new ArrayList<>(List.of(given.resolved(1)));
    for (int i = 0; i < 19; i++) {
      all.add(given.again(JobOptions.DEFAULT));
    }
    List<Future<Claim>> claims = new ArrayList<>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (long job : all) {
        claims.add(workers.submit(() -> instances.claim(job, 0)));
      }
    }
    List<Long> granted = new ArrayList<>();
    for (Future<Claim> claim : claims) {
      if (claim.get() instanceof Claim.Granted one) {
        granted.add(one.grant().place().job());
      }
    }
    assertThat(granted).hasSize(1);
    assertThat(jdbc.sql("select job_id from lease").query(Long.class).list()).isEqualTo(granted);
  }

  @Test
  void a_permit_notes_the_first_touch_and_the_step() {
    long job = given.resolved(1);
    Grant grant = grant(instances.claim(job, 0));
    assertThat(instances.permit(grant, 0)).isTrue();
    String first = given.of(job, 0, "touched_at::text", String.class);
    assertThat(instances.permit(grant, 3)).isTrue();
    assertThat(given.of(job, 0, "touched_at::text", String.class)).isEqualTo(first);
    assertThat(given.of(job, 0, "step", Integer.class)).isEqualTo(3);
    Grant again = grant(instances.claim(job, 0));
    assertThat(again.progressed().touched()).isTrue();
    assertThat(again.step()).isEqualTo(3);
  }

  @Test
  void after_a_stop_is_acknowledged_no_step_may_start_but_what_runs_may_finish() {
    long job = given.resolved(2);
    Grant grant = grant(instances.claim(job, 0));
    Instances.Place place = new Instances.Place(job, 0, 1);
    assertThat(instances.gates(List.of(place))).isEmpty();
    given.stop(job);
    assertThat(instances.permit(grant, 0)).isFalse();
    assertThat(instances.holds(grant)).isTrue();
    assertThat(instances.gates(List.of(place, new Instances.Place(99, 0, 1))))
        .isEqualTo(Map.of(place, new Gate.Stopped(Mode.KILL)));
    assertThat(instances.gates(List.of())).isEmpty();
    assertThat(instances.claim(job, 1))
        .isInstanceOfSatisfying(
            Claim.Granted.class,
            late -> assertThat(late.gate()).isEqualTo(new Gate.Stopped(Mode.KILL)));
    assertThat(instances.finish(grant, 0, new Outcome.Stopped(Proof.STOPPED, "ended"))).isTrue();
  }

  static Stream<Arguments> outcomes() {
    return Stream.of(
        Arguments.of(SUCCEEDED, "SUCCEEDED", null, null, null),
        Arguments.of(
            new Outcome.Failed(Reason.EXIT_CODE, "rc 7"), "FAILED", "EXIT_CODE", null, "rc 7"),
        Arguments.of(
            new Outcome.Unreachable(Reason.CONNECT, "no route"),
            "UNREACHABLE",
            "CONNECT",
            null,
            "no route"),
        Arguments.of(
            new Outcome.Unreachable(Reason.LINK, "cut"), "UNREACHABLE", "LINK", null, "cut"),
        Arguments.of(new Outcome.TimedOut("5 m"), "TIMED_OUT", "TIMEOUT", null, "5 m"),
        Arguments.of(
            new Outcome.Skipped(Reason.OS_NOT_SUPPORTED, "AIX"),
            "SKIPPED",
            "OS_NOT_SUPPORTED",
            null,
            "AIX"),
        Arguments.of(
            new Outcome.Stopped(Proof.FINISHED_FIRST, "x"),
            "STOPPED",
            "STOPPED",
            "FINISHED_FIRST",
            "x"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("outcomes")
  void every_outcome_is_kept_as_what_it_is(
      Outcome outcome,
      String kept,
      @Nullable String reason,
      @Nullable String proof,
      @Nullable String detail) {
    long job = given.resolved(1);
    assertThat(instances.finish(grant(instances.claim(job, 0)), 2, outcome)).isTrue();
    assertThat(jdbc.sql("select * from job_instance").query().singleRow())
        .containsEntry("outcome", kept)
        .containsEntry("reason", reason)
        .containsEntry("proof", proof)
        .containsEntry("detail", detail)
        .containsEntry("step", 2)
        .doesNotContainEntry("ended_at", null);
    assertThat(instances.claim(job, 0)).isEqualTo(new Claim.Finished(InstanceState.of(outcome)));
  }

  @Test
  void tries_are_counted_by_reason() {
    long job = given.resolved(2);
    Grant grant = grant(instances.claim(job, 0));
    assertThat(instances.countTry(grant, Reason.CONNECT)).isEqualTo(1);
    assertThat(instances.countTry(grant, Reason.CONNECT)).isEqualTo(2);
    assertThat(instances.countTry(grant, Reason.LINK)).isEqualTo(1);
    assertThat(instances.countTry(grant, Reason.CONNECT)).isEqualTo(3);
    assertThat(given.of(job, 0, "tries::text", String.class))
        .isEqualTo("{\"LINK\": 1, \"CONNECT\": 3}");
    assertThat(given.of(job, 1, "tries::text", String.class)).isEqualTo("{}");
  }

  @Test
  void an_execution_is_advanced_once_for_a_verdict_however_often_that_is_said() {
    long job = given.resolved(1);
    Grant grant = grant(instances.claim(job, 0));
    instances.nextExecution(grant, 0, 1);
    instances.nextExecution(grant, 0, 1);
    assertThat(grant(instances.claim(job, 0)).progressed().execution(0)).isEqualTo(2);
    instances.nextExecution(grant, 0, 2);
    assertThat(grant(instances.claim(job, 0)).progressed().execution(0)).isEqualTo(3);
  }

  @Test
  void an_execution_of_a_later_step_can_be_the_first_to_be_advanced() {
    long job = given.resolved(1);
    instances.nextExecution(grant(instances.claim(job, 0)), 2, 1);
    assertThat(grant(instances.claim(job, 0)).progressed().execution(2)).isEqualTo(2);
    assertThat(grant(instances.claim(job, 0)).progressed().execution(0)).isEqualTo(1);
  }

  @Test
  void a_later_step_that_failed_is_run_under_a_new_key_in_the_next_round() {
    long job = given.resolved(1, Given.rounds(1, Duration.ZERO));
    jdbc.sql("update job_instance set step = 3").update();
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    roster.nextRound(job);
    Grant grant = grant(instances.claim(job, 0));
    assertThat(grant.step()).isEqualTo(3);
    assertThat(grant.progressed().execution(3)).isEqualTo(2);
    assertThat(grant.progressed().execution(0)).isEqualTo(1);
  }

  @Test
  void what_nobody_knows_is_dated_from_the_first_time_it_was_said() {
    long job = given.resolved(1);
    Grant grant = grant(instances.claim(job, 0));
    assertThat(instances.unknownFor(grant)).isEqualTo(Duration.ZERO);
    jdbc.sql("update job_instance set unknown_since = unknown_since - interval '90 seconds'")
        .update();
    assertThat(instances.unknownFor(grant))
        .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(120));
  }

  // ---- gates ----

  @Test
  void an_emergency_stop_holds_what_lies_in_its_area_until_it_is_lifted() {
    long job = given.resolved(4);
    Fleet.change(jdbc, 2, "cloud_id = 3");
    jdbc.sql("update job_instance set business_id = 7 where host_id = 3").update();
    hold("CLOUD", 3L, "DRAIN");
    hold("BUSINESS", 7L, "KILL");
    assertThat(instances.claim(job, 0)).isInstanceOf(Claim.Granted.class);
    assertThat(instances.claim(job, 1))
        .isInstanceOfSatisfying(
            Claim.Waiting.class,
            w ->
                assertThat(w.why()).startsWith("emergency stop by han since 2").endsWith(": fire"));
    assertThat(gate(job, 1))
        .isInstanceOfSatisfying(Gate.Held.class, h -> assertThat(h.cut()).isFalse());
    assertThat(gate(job, 2))
        .isInstanceOfSatisfying(Gate.Held.class, h -> assertThat(h.cut()).isTrue());
    Grant at = grant(instances.claim(job, 3));
    assertThat(instances.permit(at, 0)).isTrue();
    hold("EVERYTHING", null, "DRAIN");
    assertThat(instances.permit(at, 1)).isFalse();
    jdbc.sql("update hold set lifted_at = now()").update();
    assertThat(instances.permit(at, 1)).isTrue();
    assertThat(gate(job, 2)).isEqualTo(new Gate.Open());
  }

  @Test
  void a_host_has_its_time_from_its_first_turn_on() {
    long job = given.resolved(1);
    jdbc.sql("update job set host_deadline_seconds = 60").update();
    Grant grant = grant(instances.claim(job, 0));
    assertThat(instances.permit(grant, 0)).isTrue();
    jdbc.sql("update job_instance set begun_at = now() - interval '61 s'").update();
    assertThat(instances.permit(grant, 1)).isFalse();
    assertThat(instances.holds(grant)).isTrue();
    assertThat(gate(job, 0)).isEqualTo(new Gate.Late());
    assertThat(instances.finish(grant, 0, new Outcome.Failed(Reason.DEADLINE, "late"))).isTrue();
  }

  @Test
  void a_host_that_is_waited_for_while_it_is_offline_is_left_to_others() {
    long job = given.resolved(2);
    jdbc.sql("update job set wait_offline_seconds = 600").update();
    Grant waiting = grant(instances.claim(job, 0));
    assertThat(waiting.work().offline())
        .isBetween(Duration.ofSeconds(590), Duration.ofSeconds(600));
    assertThat(instances.release(waiting)).isTrue();
    long other = given.again(JobOptions.DEFAULT);
    assertThat(instances.claim(other, 0)).isInstanceOf(Claim.Granted.class);
    assertThat(holder(instances.claim(job, 0))).isEqualTo(other);
    jdbc.sql("update job_instance set begun_at = now() - interval '601 s'").update();
    assertThat(grant(instances.claim(job, 1)).work().offline()).isNegative();
    Grant touched = grant(instances.claim(job, 1));
    instances.permit(touched, 0);
    assertThat(instances.release(touched)).as("what was begun there is ours").isFalse();
  }

  @Test
  void who_holds_a_host_is_told_with_since_when_and_what_was_asked_for_then() {
    long first = given.resolved(1);
    long second = given.again(JobOptions.DEFAULT);
    jdbc.sql("update job set on_busy = 'SKIP' where id = :id").param("id", second).update();
    Instant before = Instant.now();
    Grant held = grant(instances.claim(first, 0));
    instances.permit(held, 0);
    jdbc.sql("update lease set since = since - interval '1 h'").update();
    instances.claim(first, 0);
    assertThat(instances.claim(second, 0))
        .isInstanceOfSatisfying(
            Claim.Busy.class,
            busy -> {
              assertThat(busy.onBusy()).isEqualTo(OnBusy.SKIP);
              assertThat(busy.holder().job()).isEqualTo(first);
              assertThat(busy.holder().since()).isBefore(before.minusSeconds(3_000));
            });
    assertThat(instances.skip(new Instances.Place(second, 0, 1), "held")).isTrue();
    assertThat(given.of(second, 0, "outcome", String.class)).isEqualTo("SKIPPED");
    assertThat(instances.skip(held.place(), "held")).as("it was touched").isFalse();
  }

  private Gate gate(long job, int ordinal) {
    return instances.gate(new Instances.Place(job, ordinal, ordinal + 1L));
  }

  private void hold(String area, @Nullable Long target, String mode) {
    jdbc.sql(
            "insert into hold (area, target, mode, why, caller, app) values (:area, :target, :mode, 'fire', 'han', 'sops')")
        .param("area", area)
        .param("target", target)
        .param("mode", mode)
        .update();
  }

  // ---- jobs that only look ----

  @Test
  void a_check_neither_holds_a_host_nor_waits_for_who_holds_it() {
    long restart = given.resolved(2);
    long check = given.check(JobOptions.DEFAULT);
    long other = given.check(JobOptions.DEFAULT);
    Grant held = grant(instances.claim(restart, 0));
    instances.recordRunDirectory(held, "/opt/muster");
    Grant looking = grant(instances.claim(check, 0));
    assertThat(looking.runDirectory()).isEqualTo("/opt/muster");
    assertThat(grant(instances.claim(other, 0)).work().type()).isEqualTo(JobType.CHECK_AGENT);
    assertThat(instances.holds(held)).isTrue();
    assertThat(instances.permit(held, 0)).isTrue();

    Grant first = grant(instances.claim(check, 1));
    assertThat(first.runDirectory()).isNull();
    assertThat(grant(instances.claim(restart, 1)).place().job()).isEqualTo(restart);
    assertThat(jdbc.sql("select distinct job_id from lease").query(Long.class).list())
        .containsExactly(restart);
    assertThat(instances.finish(first, 4, SUCCEEDED)).isTrue();
    assertThat(instances.finish(looking, 4, SUCCEEDED)).isTrue();
    assertThat(instances.finish(held, 0, SUCCEEDED)).isTrue();
  }

  @Test
  void a_check_is_never_permitted_to_start_anything() {
    given.resolved(1);
    long check = given.check(JobOptions.DEFAULT);
    Grant looking = grant(instances.claim(check, 0));
    assertThat(instances.permit(looking, 0)).isFalse();
    assertThat(instances.holds(looking)).isFalse();
    instances.recordRunDirectory(looking, "/wrong");
    assertThat(jdbc.sql("select count(*) from lease").query(Integer.class).single()).isZero();
    assertThat(given.of(check, 0, "touched_at is null", Boolean.class)).isTrue();
  }

  @Test
  void of_many_attempts_of_a_check_the_first_outcome_stands() throws Exception {
    given.resolved(1);
    long check = given.check(JobOptions.DEFAULT);
    List<Grant> attempts = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      attempts.add(grant(instances.claim(check, 0)));
    }
    List<Future<Boolean>> ends = new ArrayList<>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      attempts.forEach(
          grant -> ends.add(workers.submit(() -> instances.finish(grant, 4, SUCCEEDED))));
    }
    int committed = 0;
    for (Future<Boolean> end : ends) {
      committed += end.get() ? 1 : 0;
    }
    assertThat(committed).isEqualTo(1);
    assertThat(instances.claim(check, 0)).isEqualTo(new Claim.Finished(InstanceState.SUCCEEDED));
  }

  @Test
  void what_a_check_saw_in_an_earlier_round_is_not_told_in_a_later_one() {
    given.resolved(1);
    long check = given.check(Given.rounds(1, Duration.ZERO));
    Grant older = grant(instances.claim(check, 0));
    Grant first = grant(instances.claim(check, 0));
    instances.finish(first, 0, new Outcome.Unreachable(Reason.CONNECT, "no route"));
    roster.nextRound(check);
    assertThat(instances.finish(older, 0, new Outcome.Unreachable(Reason.CONNECT, "no route")))
        .isFalse();
    assertThat(instances.finish(grant(instances.claim(check, 0)), 4, SUCCEEDED)).isTrue();
  }

  @Test
  void a_stopped_check_says_so_to_whoever_claims_it_late() {
    given.resolved(1);
    long check = given.check(JobOptions.DEFAULT);
    given.stop(check);
    assertThat(instances.claim(check, 0))
        .isInstanceOfSatisfying(
            Claim.Granted.class,
            late -> assertThat(late.gate()).isEqualTo(new Gate.Stopped(Mode.KILL)));
  }

  private static long holder(Claim claim) {
    assertThat(claim).isInstanceOf(Claim.Busy.class);
    return ((Claim.Busy) claim).holder().job();
  }

  private static Grant grant(Claim claim) {
    assertThat(claim).isInstanceOf(Claim.Granted.class);
    return ((Claim.Granted) claim).grant();
  }
}
