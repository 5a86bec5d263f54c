package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobOptions;
import dev.muster.job.JobOptions.RetryFailed;
import dev.muster.job.JobRequest;
import dev.muster.job.JobType;
import dev.muster.job.Permit;
import dev.muster.job.Preview;
import dev.muster.job.Preview.Count;
import dev.muster.job.Preview.Kind;
import dev.muster.job.Preview.Verdict;
import dev.muster.job.Scope;
import dev.muster.job.Submission;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Hosts 1 to 5 are agents of business 2; 4 has no system, 5 an unknown area, 6 is a proxy of 3. */
@ExtendWith(TestDatabase.class)
class DryRunIT {

  private static final Scope ALL = Scope.everywhere();

  private final DryRun dryRun;
  private final Given given;
  private final JdbcClient jdbc;

  DryRunIT(DryRun dryRun, Given given, JdbcClient jdbc) {
    this.dryRun = dryRun;
    this.given = given;
    this.jdbc = jdbc;
  }

  @BeforeEach
  void sixHosts() {
    Fleet.agents(jdbc, 1, 6);
    Fleet.change(jdbc, 4, "os_type = ''");
    Fleet.change(jdbc, 5, "cloud_id = 9");
    Fleet.change(jdbc, 6, "node_type = 'PROXY', business_id = 3");
    jdbc.sql("insert into business (id, name) values (2, 'shop')").update();
  }

  private Preview preview(HostSelector selector, Scope operate, Scope known) {
    return dryRun.preview(
        new JobRequest(
            JobType.RESTART_AGENT,
            "runbook",
            selector,
            new JobOptions(2, RetryFailed.NONE),
            Given.ADMIN,
            new Permit(operate, known, Set.of()),
            "digest",
            null));
  }

  @Test
  void says_why_the_request_itself_would_be_refused() {
    assertThat(preview(Given.ALL, ALL, ALL).refusal())
        .contains(new Submission.NoOperatingSystem("10.0.0.4"));
    assertThat(preview(new HostSelector.Ids(List.of(1L)), ALL, ALL).refusal()).isEmpty();
    assertThat(
            preview(new HostSelector.Ids(List.of(1L)), new Scope.Within(Set.of(3L)), ALL).refusal())
        .contains(new Submission.Forbidden(List.of(2L)));
  }

  private long aJobOfThree() {
    long job = given.accepted(Given.request(new HostSelector.Ids(List.of(1L, 2L, 3L))));
    given.resolve(job);
    return job;
  }

  @Test
  void counts_what_would_be_selected() {
    Preview preview = preview(Given.ALL, ALL, ALL);
    assertThat(preview.hosts()).isEqualTo(5);
    assertThat(preview.counts())
        .containsEntry(Kind.BUSINESS, List.of(new Count("2", "shop", 5)))
        .containsEntry(Kind.CLOUD, List.of(new Count("0", "", 4), new Count("9", "", 1)))
        .containsEntry(Kind.SYSTEM, List.of(new Count("LINUX", "LINUX", 4), new Count("", "", 1)))
        .containsEntry(Kind.NODE_TYPE, List.of(new Count("AGENT", "AGENT", 5)));
    assertThat(preview.busy()).isEmpty();
    assertThat(preview.verdicts()).isEmpty();
  }

  @Test
  void writes_nothing() {
    preview(Given.ALL, ALL, ALL);
    assertThat(jdbc.sql("select count(*) from job").query(Integer.class).single()).isZero();
  }

  @Test
  void every_named_host_has_its_verdict() {
    assertThat(preview(new HostSelector.Ids(List.of(1L, 4L, 5L, 6L, 99L)), ALL, ALL).verdicts())
        .isEqualTo(
            Map.of(
                Verdict.SELECTED, List.of(1L),
                Verdict.NO_OS, List.of(4L),
                Verdict.UNKNOWN_CLOUD, List.of(5L),
                Verdict.WRONG_NODE_TYPE, List.of(6L),
                Verdict.UNKNOWN, List.of(99L)));
  }

  @Test
  void excluded_hosts_are_named_too() {
    Preview preview =
        preview(new HostSelector.Matching(List.of(), List.of(), List.of(2L, 77L)), ALL, ALL);
    assertThat(preview.hosts()).isEqualTo(4);
    assertThat(preview.verdicts())
        .isEqualTo(Map.of(Verdict.EXCLUDED, List.of(2L), Verdict.UNKNOWN, List.of(77L)));
  }

  @Test
  void a_host_that_may_not_be_seen_is_as_unknown_as_one_that_is_not_there() {
    Scope two = new Scope.Within(Set.of(2L));
    Preview preview = preview(new HostSelector.Ids(List.of(1L, 6L, 99L)), two, two);
    assertThat(preview.verdicts())
        .isEqualTo(Map.of(Verdict.SELECTED, List.of(1L), Verdict.UNKNOWN, List.of(6L, 99L)));
  }

  @Test
  void a_host_that_may_be_seen_only_is_not_permitted_and_not_counted() {
    Preview preview = preview(new HostSelector.Ids(List.of(1L)), new Scope.Within(Set.of(3L)), ALL);
    assertThat(preview.hosts()).isZero();
    assertThat(preview.verdicts()).isEqualTo(Map.of(Verdict.NOT_PERMITTED, List.of(1L)));
  }

  @Test
  void a_host_that_another_job_is_at_is_busy() {
    long job = aJobOfThree();
    jdbc.sql(
            "insert into lease (host_id, token, job_id, ordinal, since) values (1, 1, :job, 0, now())")
        .param("job", job)
        .update();
    assertThat(preview(Given.ALL, ALL, ALL).busy())
        .containsExactly(new Count(String.valueOf(job), "RESTART_AGENT", 1));
    given.end(job, 0, 0, "SUCCEEDED", null);
    assertThat(preview(Given.ALL, ALL, ALL).busy()).isEmpty();
  }

  @Test
  void the_expected_duration_is_that_of_earlier_hosts_times_the_rounds_of_the_window() {
    assertThat(preview(Given.ALL, ALL, ALL).expected()).isNull();
    long job = aJobOfThree();
    jdbc.sql("update job set ended_at = now()").update();
    jdbc.sql(
            """
            insert into instance_progress (job_id, ordinal, host_id, state, started_at, ended_at)
            select :job, n - 1, n, 'SUCCEEDED', now(), now() + make_interval(secs => n) from generate_series(1, 3) n
            """)
        .param("job", job)
        .update();
    assertThat(preview(Given.ALL, ALL, ALL).expected()).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void a_job_remembers_who_takes_part() {
    long job = given.accepted(Given.request(new HostSelector.Ids(List.of(1L, 2L, 6L, 99L))));
    given.resolve(job);
    Fleet.agents(jdbc, 99, 99);
    Fleet.change(jdbc, 1, "os_type = ''");
    assertThat(dryRun.verdicts(job, ALL).orElseThrow())
        .isEqualTo(
            Map.of(
                Verdict.SELECTED, List.of(1L, 2L),
                Verdict.WRONG_NODE_TYPE, List.of(6L),
                Verdict.UNKNOWN, List.of(99L)));
    assertThat(dryRun.verdicts(job + 1, ALL)).isEmpty();
    assertThat(dryRun.verdicts(job, new Scope.Within(Set.of(3L)))).isEmpty();
  }
}
