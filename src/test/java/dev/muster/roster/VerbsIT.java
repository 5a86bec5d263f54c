package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions;
import dev.muster.job.Mandate;
import dev.muster.job.Outcome;
import dev.muster.job.Reason;
import dev.muster.job.Scope;
import dev.muster.job.Verb;
import dev.muster.job.Verb.Answer;
import dev.muster.job.Verb.Mode;
import dev.muster.job.Verb.Which;
import dev.muster.roster.Instances.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What verbs do to rows, and that each is written down with who said it. */
@ExtendWith(TestDatabase.class)
class VerbsIT {

  private static final Caller HAN = new Caller("han", "sops");
  private static final Verb PAUSE = new Verb.Pause();
  private static final Verb RESUME = new Verb.Resume();
  private static final Verb RETRY = new Verb.Retry(new Which.All(), null);

  private final Verbs verbs;
  private final Instances instances;
  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  VerbsIT(Verbs verbs, Instances instances, RosterRows roster, Given given, JdbcClient jdbc) {
    this.verbs = verbs;
    this.instances = instances;
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  // ---- stop ----

  @Test
  void a_stop_closes_the_gate_and_is_kept_with_who_said_it() {
    long job = given.resolved(3);
    assertThat(verbs.say(new JobId(job), stop(Mode.KILL), HAN, "because"))
        .isEqualTo(new Answer.Acknowledged(3));
    assertThat(job())
        .containsEntry("gate", "STOPPED")
        .containsEntry("stop_mode", "KILL")
        .containsEntry("gate_version", 1L)
        .containsEntry("why", "because");
    Map<String, Object> audit =
        jdbc.sql("select * from audit where verb = 'STOP'").query().singleRow();
    assertThat(audit)
        .containsEntry("job_id", job)
        .containsEntry("caller", "han")
        .containsEntry("app", "sops")
        .containsEntry("runbook_digest", "runbook");
    assertThat(audit.get("selection_digest").toString()).matches("[0-9a-f]{64}");
    assertThat(audit.get("what").toString()).contains("\"hosts\": 3").contains("\"KILL\"");
  }

  @Test
  void stops_at_once_are_one_stop() throws Exception {
    long job = given.resolved(1);
    List<Future<Answer>> stops = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        stops.add(callers.submit(() -> given.stop(job)));
      }
    }
    for (Future<Answer> one : stops) {
      assertThat(one.get()).isEqualTo(new Answer.Acknowledged(1));
    }
    assertThat(audited()).containsExactly("STOP");
    assertThat(job()).containsEntry("gate_version", 1L);
  }

  @Test
  void a_gentle_stop_can_become_a_hard_one_but_not_the_other_way() {
    long job = given.resolved(1);
    Place place = new Place(job, 0, 1);
    given.say(job, stop(Mode.DRAIN));
    assertThat(instances.gate(place)).isEqualTo(new Gate.Stopped(Mode.DRAIN));
    given.say(job, stop(Mode.KILL));
    assertThat(instances.gate(place)).isEqualTo(new Gate.Stopped(Mode.KILL));
    given.say(job, stop(Mode.DRAIN));
    assertThat(instances.gate(place)).isEqualTo(new Gate.Stopped(Mode.KILL));
    assertThat(audited()).containsExactly("STOP", "STOP");
  }

  @Test
  void a_stop_of_some_ends_at_once_what_was_never_touched_and_leaves_the_others_alone() {
    long job = given.resolved(4);
    Grant running = grant(job, 0);
    instances.permit(running, 0);
    Answer answer = given.say(job, new Verb.Stop(new Which.Hosts(Set.of(1L, 2L, 99L)), Mode.KILL));
    assertThat(answer).isEqualTo(new Answer.Acknowledged(2));
    assertThat(outcomes()).containsExactly(null, "STOPPED", null, null);
    assertThat(given.of(job, 1, "proof", String.class)).isEqualTo("NEVER_STARTED");
    assertThat(instances.permit(running, 1)).isFalse();
    assertThat(instances.gate(running.place())).isEqualTo(new Gate.Stopped(Mode.KILL));
    assertThat(instances.permit(grant(job, 2), 0)).isTrue();
    assertThat(job()).containsEntry("gate", "OPEN");
  }

  @Test
  void a_stop_that_finds_nobody_says_so_and_leaves_no_trace() {
    long job = given.resolved(2);
    given.end(job, 0, 1, "SUCCEEDED", null);
    Verb some = new Verb.Stop(new Which.Hosts(Set.of(1L)), Mode.KILL);
    assertThat(given.say(job, some)).isEqualTo(new Answer.Nothing());
    roster.finish(job);
    assertThat(given.stop(job)).isEqualTo(new Answer.Nothing());
    assertThat(given.say(99, some)).isEqualTo(new Answer.NoSuchJob());
    assertThat(audited()).isEmpty();
    assertThat(outcomes()).containsOnly("SUCCEEDED");
  }

  // ---- pause and resume ----

  @Test
  void while_a_job_is_paused_nothing_starts_and_no_host_is_held() {
    long job = given.resolved(2);
    Grant running = grant(job, 0);
    instances.permit(running, 0);
    assertThat(given.say(job, PAUSE)).isEqualTo(new Answer.Acknowledged(2));
    assertThat(instances.permit(running, 1)).isFalse();
    assertThat(instances.holds(running)).isTrue();
    assertThat(instances.claim(job, 0)).isInstanceOf(Claim.Granted.class);
    assertThat(instances.claim(job, 1)).isInstanceOf(Claim.Waiting.class);
    assertThat(jdbc.sql("select host_id from lease").query(Long.class).list()).containsExactly(1L);
    given.say(job, PAUSE);
    given.say(job, RESUME);
    assertThat(instances.permit(grant(job, 1), 0)).isTrue();
    given.say(job, RESUME);
    assertThat(audited()).containsExactly("PAUSE", "RESUME");
  }

  @Test
  void what_is_being_stopped_is_neither_paused_nor_resumed_nor_retried() {
    long job = given.resolved(2);
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    given.stop(job);
    for (Verb verb : List.of(PAUSE, RESUME, RETRY)) {
      assertThat(given.say(job, verb)).isInstanceOf(Answer.NotNow.class);
    }
    assertThat(audited()).containsExactly("STOP");
  }

  @Test
  void what_has_ended_can_neither_be_paused_nor_resumed() {
    long job = ended("SUCCEEDED");
    assertThat(given.say(job, PAUSE)).isEqualTo(new Answer.Nothing());
    assertThat(given.say(job, RESUME)).isEqualTo(new Answer.Nothing());
    assertThat(given.say(job, RETRY)).isEqualTo(new Answer.Nothing());
  }

  // ---- retry ----

  @Test
  void a_retry_opens_failed_hosts_again_at_their_step_and_keeps_what_became_of_them() {
    long job = given.resolved(5);
    jdbc.sql("update job_instance set step = 2, touched_at = now(), executions = '{1,1,3}'")
        .update();
    given.end(job, 0, 0, "SUCCEEDED", null);
    given.end(job, 1, 1, "FAILED", "EXIT_CODE");
    given.end(job, 2, 2, "UNREACHABLE", "CONNECT");
    given.end(job, 3, 3, "SKIPPED", "HELD");
    given.end(job, 4, 4, "FAILED", "UNKNOWN");
    roster.finish(job);
    Object firstEnd = job().get("first_ended_at");
    assertThat(given.say(job, RETRY)).isEqualTo(new Answer.Acknowledged(3));
    assertThat(outcomes()).containsExactly("SUCCEEDED", null, null, "SKIPPED", null);
    assertThat(
            jdbc.sql("select executions[3] from job_instance order by ordinal")
                .query(Integer.class)
                .list())
        .as("only after a verdict a new execution begins")
        .containsExactly(3, 4, 3, 3, 3);
    assertThat(job())
        .containsEntry("state", "RUNNING")
        .containsEntry("ended_at", null)
        .containsEntry("first_ended_at", firstEnd);
    assertThat(
            jdbc.sql(
                    "select ordinal || ' ' || retry || ' ' || reason || ' ' || execution from earlier_outcome"
                        + " order by ordinal")
                .query(String.class)
                .list())
        .containsExactly("1 0 EXIT_CODE 3", "2 0 CONNECT 3", "4 0 UNKNOWN 3");
    Grant again = grant(job, 1);
    assertThat(again.step()).isEqualTo(2);
    assertThat(again.progressed().touched()).isTrue();
    assertThat(again.progressed().retries()).isEqualTo(1);
  }

  @Test
  void an_attempt_from_before_the_retry_cannot_end_what_comes_after_it() {
    long job = given.resolved(2);
    Grant old = grant(job, 0);
    given.end(job, 0, 0, "FAILED", "ENGINE");
    given.say(job, RETRY);
    assertThat(instances.finish(old, 0, new Outcome.Failed(Reason.CONNECT, "late"))).isFalse();
  }

  @Test
  void only_those_who_are_meant_and_have_failed_are_retried() {
    long job = given.resolved(4);
    given.end(job, 0, 2, "FAILED", "EXIT_CODE");
    given.end(job, 3, 3, "SUCCEEDED", null);
    jdbc.sql("update job_instance set fingerprint = 'f' || ordinal where outcome = 'FAILED'")
        .update();
    assertThat(given.say(job, new Verb.Retry(new Which.Hosts(Set.of(1L, 4L)), null)))
        .isEqualTo(new Answer.Acknowledged(1));
    assertThat(given.say(job, new Verb.Retry(new Which.Alike("f2"), null)))
        .isEqualTo(new Answer.Acknowledged(1));
    assertThat(given.say(job, new Verb.Retry(new Which.Alike("f9"), null)))
        .isEqualTo(new Answer.Nothing());
    assertThat(outcomes()).containsExactly(null, "FAILED", null, "SUCCEEDED");
  }

  @Test
  void a_stopped_job_that_has_ended_can_be_retried_and_a_killed_command_gets_a_new_execution() {
    long job = given.resolved(2);
    given.stop(job);
    given.end(job, 0, 1, "STOPPED", "STOPPED");
    jdbc.sql(
            "update job_instance set proof = case ordinal when 0 then 'STOPPED' else 'UNREACHABLE' end")
        .update();
    roster.finish(job);
    assertThat(given.say(job, RETRY)).isEqualTo(new Answer.Acknowledged(2));
    assertThat(job()).containsEntry("gate", "OPEN").containsEntry("stop_mode", null);
    assertThat(
            jdbc.sql("select coalesce(executions[1], 1) from job_instance order by ordinal")
                .query(Integer.class)
                .list())
        .containsExactly(2, 1);
  }

  @Test
  void a_retry_may_go_on_with_another_runbook() {
    long job = ended("FAILED");
    given.say(job, new Verb.Retry(new Which.All(), "newer"));
    assertThat(job()).containsEntry("runbook_digest", "newer");
    assertThat(grant(job, 0).work().runbook()).isEqualTo("newer");
  }

  // ---- who may ----

  @Test
  void a_verb_needs_control_of_every_business_and_a_job_out_of_view_does_not_exist() {
    Fleet.agents(jdbc, 1, 2);
    Fleet.change(jdbc, 2, "business_id = 7");
    long job = given.again(JobOptions.DEFAULT);
    assertThat(verbs.say(new JobId(job), PAUSE, mandate(Set.of(2L), Set.of(2L))))
        .isEqualTo(new Answer.NoSuchJob());
    assertThat(verbs.say(new JobId(job), PAUSE, mandate(Set.of(2L, 7L), Set.of(2L))))
        .isEqualTo(new Answer.NotPermitted());
    assertThat(job()).containsEntry("gate", "OPEN");
    assertThat(verbs.say(new JobId(job), PAUSE, mandate(Set.of(2L, 7L), Set.of(2L, 7L))))
        .isEqualTo(new Answer.Acknowledged(2));
  }

  private static Mandate mandate(Set<Long> view, Set<Long> control) {
    return new Mandate(HAN, new Scope.Within(view), new Scope.Within(control));
  }

  private static Verb stop(Mode mode) {
    return new Verb.Stop(new Which.All(), mode);
  }

  private long ended(String outcome) {
    long job = given.resolved(1);
    given.end(job, 0, 0, outcome, outcome.equals("SUCCEEDED") ? null : "EXIT_CODE");
    roster.finish(job);
    return job;
  }

  private Grant grant(long job, int ordinal) {
    Claim claim = instances.claim(job, ordinal);
    assertThat(claim).isInstanceOf(Claim.Granted.class);
    return ((Claim.Granted) claim).grant();
  }

  private Map<String, Object> job() {
    return jdbc.sql("select * from job").query().singleRow();
  }

  private List<String> outcomes() {
    return jdbc.sql("select outcome from job_instance order by ordinal")
        .query((row, n) -> row.getString("outcome"))
        .list();
  }

  private List<String> audited() {
    return jdbc.sql("select verb from audit where verb <> 'SUBMIT' order by id")
        .query(String.class)
        .list();
  }
}
