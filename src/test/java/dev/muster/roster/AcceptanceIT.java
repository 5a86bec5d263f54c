package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions;
import dev.muster.job.JobOptions.RetryFailed;
import dev.muster.job.JobRequest;
import dev.muster.job.Permit;
import dev.muster.job.Scope;
import dev.muster.job.Submission;
import dev.muster.job.Submission.Accepted;
import dev.muster.job.Submission.KeyReused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class AcceptanceIT {

  private final Acceptance acceptance;
  private final JdbcClient jdbc;

  AcceptanceIT(Acceptance acceptance, JdbcClient jdbc) {
    this.acceptance = acceptance;
    this.jdbc = jdbc;
  }

  @Test
  void an_accepted_job_is_a_pending_row_that_knows_all_that_was_asked() {
    Fleet.agents(jdbc, 1, 5);
    Fleet.change(jdbc, 5, "business_id = 7");
    JobOptions options = Given.rounds(3, Duration.ofMinutes(10));
    Submission answer = acceptance.accept(Given.request(Given.ALL, options, "key"));
    assertThat(answer).isEqualTo(new Accepted(new JobId(1)));
    Map<String, Object> row = jdbc.sql("select * from job").query().singleRow();
    assertThat(row)
        .containsEntry("id", 1L)
        .containsEntry("type", "RESTART_AGENT")
        .containsEntry("state", "PENDING")
        .containsEntry("gate", "OPEN")
        .containsEntry("caller", "admin")
        .containsEntry("app", "bk_nodeman")
        .containsEntry("idempotency_key", "key")
        .containsEntry("request_digest", "digest")
        .containsEntry("runbook_digest", "runbook")
        .containsEntry("selected", 5)
        .containsEntry("run_window", 100)
        .containsEntry("retry_rounds", 3)
        .containsEntry("retry_after_seconds", 600L)
        .containsEntry("started_at", null)
        .containsEntry("ended_at", null);
    assertThat(jdbc.sql("select businesses::text from job").query(String.class).single())
        .isEqualTo("{2,7}");
    assertThat((UUID) row.get("uid")).matches(uid -> uid.version() == 7 && uid.variant() == 2);
    assertThat(rows("job_instance")).isZero();
  }

  @Test
  void a_host_of_a_business_that_is_not_theirs_blocks_the_whole_request() {
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 2, "business_id = 9");
    Fleet.change(jdbc, 3, "business_id = 7");
    HostSelector hosts = new HostSelector.Ids(List.of(1L, 2L, 3L));
    assertThat(acceptance.accept(Given.within(Set.of(2L), Set.of(), hosts)))
        .isEqualTo(new Submission.Forbidden(List.of(7L, 9L)));
    assertThat(acceptance.accept(Given.within(Set.of(2L, 7L, 9L), Set.of(), hosts)))
        .isEqualTo(new Accepted(new JobId(1)));
  }

  @Test
  void a_reserved_business_is_told_before_one_that_is_not_theirs() {
    Fleet.agents(jdbc, 1, 2);
    Fleet.change(jdbc, 2, "business_id = 9");
    HostSelector hosts = new HostSelector.Ids(List.of(1L, 2L));
    assertThat(acceptance.accept(Given.within(Set.of(2L), Set.of(9L), hosts)))
        .isEqualTo(new Submission.Reserved(9));
    assertThat(acceptance.accept(Given.within(Set.of(2L, 9L), Set.of(9L), hosts)))
        .isEqualTo(new Submission.Reserved(9));
    assertThat(rows("job")).isZero();
  }

  @Test
  void who_does_not_want_to_wait_is_refused_while_another_job_holds_a_host() {
    Fleet.agents(jdbc, 1, 3);
    JobOptions impatient =
        new JobOptions(
            100, RetryFailed.NONE, JobOptions.OnBusy.REJECT, JobOptions.Waits.NONE, null);
    JobRequest request = Given.request(Given.ALL, impatient, null);
    assertThat(acceptance.accept(request)).isEqualTo(new Accepted(new JobId(1)));
    jdbc.sql(
            "insert into job_instance (job_id, ordinal, host_id, business_id, label) values (1, 0, 2, 2, '10.0.0.2')")
        .update();
    jdbc.sql(
            "insert into lease (host_id, token, job_id, ordinal, since) values (2, 1, 1, 0, now())")
        .update();
    assertThat(acceptance.accept(request)).isEqualTo(new Submission.Busy(1, "10.0.0.2", 1));
    assertThat(rows("job")).isEqualTo(1);
    jdbc.sql("update job_instance set outcome = 'SUCCEEDED'").update();
    assertThat(acceptance.accept(request)).isEqualTo(new Accepted(new JobId(2)));
  }

  @Test
  void a_job_without_hosts_is_a_job() {
    assertThat(acceptance.accept(Given.request(new HostSelector.Nothing())))
        .isEqualTo(new Accepted(new JobId(1)));
    assertThat(jdbc.sql("select businesses::text from job").query(String.class).single())
        .isEqualTo("{}");
  }

  @Test
  void a_forbidden_host_leaves_no_trace_of_the_job() {
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 2, "os_type = ''");
    assertThat(acceptance.accept(Given.request(Given.ALL)))
        .isEqualTo(new Submission.NoOperatingSystem("10.0.0.2"));
    Fleet.change(jdbc, 2, "os_type = 'LINUX', cloud_id = 44");
    assertThat(acceptance.accept(Given.request(Given.ALL)))
        .isEqualTo(new Submission.UnknownCloud(44));
    assertThat(rows("job")).isZero();
  }

  @Test
  void a_host_without_an_agent_forbids_nothing_and_opens_no_business() {
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 2, "os_type = ''");
    Fleet.change(jdbc, 3, "business_id = 9");
    jdbc.sql("delete from process where host_id in (2, 3)").update();
    assertThat(acceptance.accept(Given.within(Set.of(2L), Set.of(9L), Given.ALL)))
        .isEqualTo(new Accepted(new JobId(1)));
    assertThat(jdbc.sql("select businesses::text from job").query(String.class).single())
        .isEqualTo("{2}");
  }

  @Test
  void a_hundred_thousand_hosts_are_accepted_and_one_more_is_not() {
    Fleet.agents(jdbc, 1, 100_001);
    assertThat(acceptance.accept(Given.request(Given.ALL)))
        .isEqualTo(new Submission.TooManyHosts(100_001));
    assertThat(rows("job")).isZero();
    HostSelector butOne = new HostSelector.Matching(List.of(), List.of(), List.of(7L));
    assertThat(acceptance.accept(Given.request(butOne))).isEqualTo(new Accepted(new JobId(1)));
  }

  @Test
  void without_a_key_the_same_request_is_another_job() {
    JobRequest request = Given.request(Given.ALL);
    assertThat(acceptance.accept(request)).isNotEqualTo(acceptance.accept(request));
    assertThat(rows("job")).isEqualTo(2);
  }

  @Test
  void the_same_request_with_the_same_key_is_the_same_job() {
    JobRequest request = keyed("k");
    Submission first = acceptance.accept(request);
    assertThat(acceptance.accept(request)).isEqualTo(first);
    assertThat(rows("job")).isEqualTo(1);
  }

  @Test
  void a_repeated_request_is_answered_although_it_would_be_refused_now() {
    Fleet.agents(jdbc, 1, 1);
    Submission first = acceptance.accept(keyed("k"));
    Fleet.change(jdbc, 1, "os_type = ''");
    assertThat(acceptance.accept(keyed("k"))).isEqualTo(first);
  }

  @Test
  void another_request_with_the_same_key_is_refused_with_the_job_of_the_first() {
    acceptance.accept(keyed("k"));
    assertThat(acceptance.accept(Given.saying("something else").apply(keyed("k"))))
        .isEqualTo(new KeyReused(new JobId(1)));
    assertThat(rows("job")).isEqualTo(1);
  }

  @Test
  void a_key_belongs_to_one_caller_and_one_system() {
    acceptance.accept(keyed("k"));
    acceptance.accept(Given.as(new Caller("han", "bk_nodeman")).apply(keyed("k")));
    acceptance.accept(Given.as(new Caller("admin", "bk_sops")).apply(keyed("k")));
    assertThat(rows("job")).isEqualTo(3);
  }

  @Test
  void a_hundred_requests_at_once_with_one_key_are_one_job() throws Exception {
    Fleet.agents(jdbc, 1, 10);
    List<Submission> answers = atOnce(100, i -> keyed("k"));
    assertThat(answers).hasSize(100);
    assertThat(answers.stream().distinct()).hasSize(1).first().isInstanceOf(Accepted.class);
    assertThat(rows("job")).isEqualTo(1);
  }

  @Test
  void of_two_requests_that_fight_for_a_key_one_wins_and_all_others_learn_of_it() throws Exception {
    List<Submission> answers =
        atOnce(40, i -> Given.saying(i % 2 == 0 ? "one" : "other").apply(keyed("k")));
    long job = jdbc.sql("select id from job").query(Long.class).single();
    assertThat(answers).filteredOn(new Accepted(new JobId(job))::equals).hasSize(20);
    assertThat(answers).filteredOn(new KeyReused(new JobId(job))::equals).hasSize(20);
  }

  private interface Requests {
    JobRequest number(int i);
  }

  private List<Submission> atOnce(int many, Requests requests) throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Submission>> running = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < many; i++) {
        JobRequest request = requests.number(i);
        Callable<Submission> call =
            () -> {
              go.await();
              return acceptance.accept(request);
            };
        running.add(callers.submit(call));
      }
      go.countDown();
    }
    List<Submission> answers = new ArrayList<>();
    for (Future<Submission> one : running) {
      answers.add(one.get());
    }
    return answers;
  }

  private static JobRequest keyed(String key) {
    return Given.request(Given.ALL, JobOptions.DEFAULT, key);
  }

  private int rows(String table) {
    return jdbc.sql("select count(*) from " + table).query(Integer.class).single();
  }

  @Test
  void a_named_host_that_the_caller_may_not_know_of_is_not_there() {
    Fleet.agents(jdbc, 1, 2);
    Fleet.change(jdbc, 2, "business_id = 7, os_type = ''");
    JobRequest asked = Given.request(new HostSelector.Ids(List.of(1L, 2L, 3L)));
    Scope two = new Scope.Within(Set.of(2L));
    Submission answer =
        acceptance.accept(
            new JobRequest(
                asked.type(),
                asked.runbook(),
                asked.selector(),
                asked.options(),
                asked.caller(),
                new Permit(two, two, Set.of()),
                asked.digest(),
                null));
    assertThat(answer).isInstanceOf(Accepted.class);
    assertThat(jdbc.sql("select selected from job").query(Integer.class).single()).isEqualTo(1);
  }
}
