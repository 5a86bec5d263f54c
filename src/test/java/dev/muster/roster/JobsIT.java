package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.Stop;
import dev.muster.roster.Jobs.Untold;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class JobsIT {

  private static final Caller HAN = new Caller("han", "sops");

  private final Jobs jobs;
  private final RosterRows roster;
  private final Leadership leadership;
  private final Given given;
  private final JdbcClient jdbc;

  JobsIT(Jobs jobs, RosterRows roster, Leadership leadership, Given given, JdbcClient jdbc) {
    this.jobs = jobs;
    this.roster = roster;
    this.leadership = leadership;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_stop_closes_the_gate_and_is_kept_with_who_said_it() {
    long job = given.resolved(1);
    assertThat(stop(job)).isEqualTo(new Stop.Acknowledged());
    assertThat(jdbc.sql("select * from job").query().singleRow())
        .containsEntry("gate", "STOPPED")
        .containsEntry("gate_version", 1L)
        .containsEntry("why", "because");
    assertThat(jdbc.sql("select * from control").query().singleRow())
        .containsEntry("verb", "STOP")
        .containsEntry("version", 1L)
        .containsEntry("caller", "han")
        .containsEntry("app", "sops")
        .containsEntry("told_at", null);
  }

  @Test
  void a_stop_that_is_said_again_is_the_same_stop() {
    long job = given.resolved(1);
    stop(job);
    assertThat(jobs.stop(new JobId(job), Given.ADMIN, "again")).isEqualTo(new Stop.Acknowledged());
    assertThat(jdbc.sql("select why from job").query(String.class).single()).isEqualTo("because");
    assertThat(jobs.untold()).containsExactly(new Untold(new JobId(job), 1));
  }

  @Test
  void stops_at_once_are_one_stop() throws Exception {
    long job = given.resolved(1);
    List<Future<Stop>> stops = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        stops.add(callers.submit(() -> stop(job)));
      }
    }
    for (Future<Stop> one : stops) {
      assertThat(one.get()).isEqualTo(new Stop.Acknowledged());
    }
    assertThat(jobs.untold()).hasSize(1);
  }

  @Test
  void a_job_that_has_ended_has_nothing_to_stop() {
    long job = given.resolved(1);
    given.end(job, 0, 0, "SUCCEEDED", null);
    roster.finish(job);
    assertThat(stop(job)).isEqualTo(new Stop.NothingRunning());
    assertThat(stop(99)).isEqualTo(new Stop.NoSuchJob());
    assertThat(jobs.untold()).isEmpty();
  }

  @Test
  void a_job_may_be_stopped_before_it_was_ever_begun() {
    long job = given.accepted(Given.request(Given.ALL));
    assertThat(stop(job)).isEqualTo(new Stop.Acknowledged());
    assertThat(jobs.open(new JobId(job)).orElseThrow().stopped()).isTrue();
  }

  @Test
  void a_verb_is_untold_until_it_is_told() {
    long first = given.resolved(1);
    long second = given.accepted(Given.request(Given.ALL));
    stop(second);
    stop(first);
    assertThat(jobs.untold())
        .containsExactly(new Untold(new JobId(first), 1), new Untold(new JobId(second), 1));
    jobs.told(new JobId(first), 1);
    jobs.told(new JobId(first), 1);
    assertThat(jobs.untold()).containsExactly(new Untold(new JobId(second), 1));
  }

  @Test
  void open_jobs_are_those_that_have_not_ended() {
    long ended = given.resolved(1);
    long open = given.accepted(Given.request(Given.ALL));
    given.end(ended, 0, 0, "SUCCEEDED", null);
    roster.finish(ended);
    assertThat(jobs.open()).extracting(Jobs.Open::id).containsExactly(new JobId(open));
    assertThat(jobs.open(new JobId(ended))).isEmpty();
    assertThat(jobs.open(new JobId(99))).isEmpty();
    Jobs.Open found = jobs.open(new JobId(open)).orElseThrow();
    assertThat(found).isEqualTo(jobs.open().getFirst());
    assertThat(found.type()).isEqualTo("RESTART_AGENT");
    assertThat(found.caller()).isEqualTo("admin");
    assertThat(found.stopped()).isFalse();
    assertThat(found.restarts()).isZero();
    jobs.countRestart(found.id());
    assertThat(jobs.open(found.id()).orElseThrow().restarts()).isEqualTo(1);
  }

  @Test
  void a_job_that_is_given_up_with_hosts_that_succeeded_has_failed_in_part() {
    long job = given.resolved(3);
    given.end(job, 0, 0, "SUCCEEDED", null);
    jobs.giveUp(new JobId(job), "again and again");
    assertThat(jdbc.sql("select state from job").query(String.class).single())
        .isEqualTo("PARTIALLY_FAILED");
  }

  @Test
  void a_job_that_is_given_up_ends_with_all_its_hosts() {
    long job = given.resolved(3);
    given.end(job, 1, 1, "SUCCEEDED", null);
    jobs.giveUp(new JobId(job), "again and again");
    assertThat(
            jdbc.sql("select outcome || coalesce(reason, '') from job_instance order by ordinal")
                .query(String.class)
                .list())
        .containsExactly("FAILEDENGINE", "SUCCEEDED", "FAILEDENGINE");
    assertThat(jdbc.sql("select * from job").query().singleRow())
        .containsEntry("why", "again and again")
        .doesNotContainEntry("ended_at", null);
    assertThat(jobs.open()).isEmpty();
  }

  @Test
  void one_process_at_a_time_leads() {
    List<String> done = new ArrayList<>();
    leadership.lead(
        () -> {
          done.add("outer");
          leadership.lead(() -> done.add("inner"));
        });
    leadership.lead(() -> done.add("after"));
    assertThat(done).containsExactly("outer", "after");
  }

  @Test
  void leadership_is_handed_back_by_work_that_fails() {
    assertThatThrownBy(
            () ->
                leadership.lead(
                    () -> {
                      throw new IllegalStateException("stumbled");
                    }))
        .hasMessage("stumbled");
    List<String> done = new ArrayList<>();
    leadership.lead(() -> done.add("after"));
    assertThat(done).containsExactly("after");
  }

  private Stop stop(long job) {
    return jobs.stop(new JobId(job), HAN, "because");
  }
}
