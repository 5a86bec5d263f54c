package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.InstanceState;
import dev.muster.job.JobId;
import dev.muster.job.Verb;
import dev.muster.projection.Fact;
import dev.muster.projection.JobViews;
import dev.muster.projection.ProgressRows;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs that should go on and do not are noticed, and nothing is done to them. */
@ExtendWith(TestDatabase.class)
class StalledJobsIT {

  private static final Caller HAN = new Caller("han", "sops");
  private static final Hold.Area TWO = new Hold.Area.Business(2);

  private final SimpleMeterRegistry numbers = new SimpleMeterRegistry();
  private final StalledJobs stalled;
  private final Verbs verbs;
  private final Holds holds;
  private final RosterRows roster;
  private final ProgressRows progress;
  private final JobViews views;
  private final Given given;
  private final JdbcClient jdbc;

  StalledJobsIT(
      Verbs verbs,
      Holds holds,
      RosterRows roster,
      ProgressRows progress,
      JobViews views,
      Given given,
      JdbcClient jdbc) {
    this.stalled = new StalledJobs(jdbc, numbers, Duration.ofMinutes(30));
    this.verbs = verbs;
    this.holds = holds;
    this.roster = roster;
    this.progress = progress;
    this.views = views;
    this.given = given;
    this.jdbc = jdbc;
  }

  /** A job that is shown, and of which nothing was heard for so many minutes. */
  private long silentFor(int minutes) {
    return silentFor(minutes, given.resolved(3, Given.rounds(1, Duration.ofHours(2))));
  }

  private long silentFor(int minutes, long job) {
    progress.show(job);
    long past = minutes * 60L;
    jdbc.sql(
            """
            set session_replication_role = replica;
            update job set started_at = started_at - interval '%1$d seconds';
            update job_progress set finished_at = finished_at - interval '%1$d seconds';
            update audit set at = at - interval '%1$d seconds';
            update hold set lifted_at = lifted_at - interval '%1$d seconds';
            set session_replication_role = origin
            """
                .formatted(past))
        .update();
    return job;
  }

  private @Nullable Instant since(long job) {
    return views.job(job).orElseThrow().times().stalledSince();
  }

  private double gauge() {
    return numbers.get("muster.jobs.stalled").gauge().value();
  }

  @Test
  void a_job_of_which_nothing_finishes_for_long_is_told_of_once_and_shown() {
    long job = silentFor(31);
    assertThat(since(job)).isNull();
    assertThat(stalled.mark()).containsExactly(job);
    assertThat(stalled.mark()).isEmpty();
    assertThat(since(job)).isBefore(Instant.now().minus(Duration.ofMinutes(31)));
    assertThat(gauge()).isEqualTo(1);
    assertThat(views.job(job).orElseThrow().status()).isNotEqualTo("FAILED");
    assertThat(given.of(job, 0, "outcome is null", Boolean.class)).isTrue();
  }

  @Test
  void a_job_that_is_silent_for_less_is_not_stalled() {
    long job = silentFor(29);
    assertThat(stalled.mark()).isEmpty();
    assertThat(since(job)).isNull();
    assertThat(gauge()).isZero();
  }

  @Test
  void one_of_many_processes_tells_of_it() throws Exception {
    silentFor(31);
    List<Future<List<Long>>> looks = new ArrayList<>();
    try (ExecutorService processes = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        looks.add(processes.submit(stalled::mark));
      }
    }
    int told = 0;
    for (Future<List<Long>> look : looks) {
      told += look.get().size();
    }
    assertThat(told).isEqualTo(1);
  }

  @Test
  void a_host_that_finishes_ends_it_and_begins_the_time_anew() {
    long job = silentFor(31);
    stalled.mark();
    given.end(job, 0, 0, "SUCCEEDED", null);
    progress.settle(job, 0, 0);
    assertThat(since(job)).isNull();
    assertThat(stalled.mark()).isEmpty();
    assertThat(gauge()).isZero();
    silentFor(29, job);
    assertThat(stalled.mark()).isEmpty();
    silentFor(2, job);
    assertThat(stalled.mark()).containsExactly(job);
  }

  @Test
  void a_stage_that_reports_its_end_ends_it_and_one_that_reports_a_try_does_not() {
    long job = silentFor(31);
    stalled.mark();
    progress.write(List.of(moved(job, 1, InstanceState.RUNNING)));
    assertThat(since(job)).isNotNull();
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    progress.write(List.of(moved(job, 2, InstanceState.FAILED)));
    assertThat(since(job)).isNull();
  }

  private static Fact moved(long job, long seq, InstanceState state) {
    return new Fact.Moved(new Fact.Key(job, 0), seq, Instant.now(), state, 0, null);
  }

  @Test
  void a_verb_begins_the_time_anew() {
    long job = silentFor(31);
    stalled.mark();
    verbs.say(new JobId(job), new Verb.Pause(), HAN, "");
    assertThat(since(job)).isNull();
    assertThat(stalled.mark()).isEmpty();
    assertThat(gauge()).isZero();
    verbs.say(new JobId(job), new Verb.Resume(), HAN, "");
    assertThat(stalled.mark()).isEmpty();
    silentFor(31, job);
    assertThat(stalled.mark()).containsExactly(job);
  }

  @Test
  void a_paused_job_is_not_stalled_but_one_that_is_being_stopped_can_be() {
    long job = silentFor(1);
    verbs.say(new JobId(job), new Verb.Pause(), HAN, "");
    silentFor(300, job);
    assertThat(stalled.mark()).isEmpty();
    verbs.say(new JobId(job), new Verb.Stop(new Verb.Which.All(), Verb.Mode.DRAIN), HAN, "enough");
    silentFor(31, job);
    assertThat(stalled.mark()).containsExactly(job);
  }

  @Test
  void a_job_that_waits_for_a_round_is_not_stalled() {
    long job = silentFor(1);
    given.end(job, 0, 2, "FAILED", "EXIT_CODE");
    roster.nextRound(job);
    silentFor(90, job);
    assertThat(stalled.mark()).isEmpty();
  }

  @Test
  void a_job_that_is_held_as_a_whole_is_not_stalled_and_its_time_counts_from_the_lift() {
    long job = silentFor(1);
    holds.hold(TWO, Verb.Mode.DRAIN, "", HAN);
    silentFor(90, job);
    assertThat(stalled.mark()).isEmpty();
    holds.lift(holds.inForce().getFirst().id(), HAN);
    assertThat(stalled.mark()).isEmpty();
    silentFor(31, job);
    assertThat(stalled.mark()).containsExactly(job);
  }

  @Test
  void a_job_of_which_a_part_is_held_can_be_stalled() {
    long job = silentFor(1);
    jdbc.sql("update job set businesses = '{2,3}'").update();
    holds.hold(TWO, Verb.Mode.DRAIN, "", HAN);
    silentFor(31, job);
    assertThat(stalled.mark()).containsExactly(job);
  }

  @Test
  void a_job_that_ends_is_not_stalled_any_more() {
    long job = silentFor(31);
    stalled.mark();
    given.end(job, 0, 2, "SUCCEEDED", null);
    roster.finish(job);
    assertThat(since(job)).isNull();
    assertThat(stalled.mark()).isEmpty();
    assertThat(gauge()).isZero();
    silentFor(500, job);
    assertThat(stalled.mark()).isEmpty();
  }
}
