package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class JobsIT {

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
  void a_job_is_untold_until_its_workflow_knows_of_every_verb() {
    long job = given.resolved(1);
    assertThat(jobs.open(new JobId(job)).orElseThrow().untold()).isFalse();
    given.stop(job);
    assertThat(jobs.open(new JobId(job)).orElseThrow().untold()).isTrue();
    jobs.told(new JobId(job), 1);
    jobs.told(new JobId(job), 0);
    assertThat(jobs.open(new JobId(job)).orElseThrow().untold()).isFalse();
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
  void a_job_gets_its_share_when_its_hosts_are_known_and_the_others_when_shares_are_made_anew() {
    Fleet.agents(jdbc, 1, 1_000);
    Fleet.agents(jdbc, 1_001, 1_010);
    jdbc.sql("update host set business_id = 9 where id > 1000").update();
    JobOptions wide = new JobOptions(512, JobOptions.RetryFailed.NONE);
    long big = given.accepted(Given.request(Given.ALL, wide, null));
    roster.resolve(big);
    assertThat(shares()).containsExactly(512);
    List<Long> few = LongStream.rangeClosed(1_001, 1_010).boxed().toList();
    long small = given.accepted(Given.request(new HostSelector.Ids(few), wide, null));
    roster.resolve(small);
    assertThat(shares()).containsExactly(512, 10);
    jobs.share();
    // Two in 512 are not worth a word.
    assertThat(shares()).containsExactly(512, 10);
    long other = given.again(wide);
    jobs.share();
    assertThat(shares()).containsExactly(251, 10, 251);
    assertThat(jobs.open(new JobId(other)).orElseThrow().part())
        .isEqualTo(new Jobs.Part(2, 512, 251, false));
    jdbc.sql("update job set gate = 'PAUSED' where id = :other").param("other", other).update();
    jobs.share();
    assertThat(shares()).containsExactly(502, 10, 251);
  }

  private List<Integer> shares() {
    return jdbc.sql("select share from job order by id").query(Integer.class).list();
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
}
