package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobOptions;
import dev.muster.roster.Roster.Participant;
import dev.muster.roster.Roster.Resolved;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who takes part is fixed once and for ever. */
@ExtendWith(TestDatabase.class)
class ResolveIT {

  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  ResolveIT(RosterRows roster, Given given, JdbcClient jdbc) {
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void hosts_get_ordinals_from_zero_in_the_order_of_their_numbers() {
    Fleet.agents(jdbc, 11, 13);
    Fleet.agents(jdbc, 1, 2);
    long job = given.accepted(Given.request(Given.ALL));
    assertThat(roster.resolve(job)).isEqualTo(new Resolved(5, "RESTART_AGENT", "restart", "admin"));
    assertThat(instances(job)).containsExactly("0 1", "1 2", "2 11", "3 12", "4 13");
    assertThat(jdbc.sql("select state from job").query(String.class).single()).isEqualTo("RUNNING");
    assertThat(
            jdbc.sql(
                    "select count(*) from job where resolved_at is not null and started_at is not null")
                .query(Integer.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void hosts_and_businesses_of_a_job_are_those_of_who_takes_part() {
    Fleet.agents(jdbc, 1, 4);
    Fleet.change(jdbc, 3, "business_id = 7");
    Fleet.change(jdbc, 4, "business_id = 9");
    jdbc.sql("delete from process where host_id in (2, 4)").update();
    long job = given.accepted(Given.request(Given.ALL));
    roster.resolve(job);
    Map<String, Object> row =
        jdbc.sql("select selected, businesses::text from job").query().singleRow();
    assertThat(row).containsEntry("selected", 2).containsEntry("businesses", "{2,7}");
  }

  @Test
  void what_changes_afterwards_changes_nothing() {
    Fleet.agents(jdbc, 1, 3);
    long job = given.accepted(Given.request(Given.ALL));
    Resolved first = roster.resolve(job);
    Fleet.agents(jdbc, 4, 9);
    jdbc.sql("delete from host where id = 2").update();
    assertThat(roster.resolve(job)).isEqualTo(first);
    assertThat(instances(job)).containsExactly("0 1", "1 2", "2 3");
  }

  @Test
  void two_workers_at_once_resolve_a_job_once() throws Exception {
    Fleet.agents(jdbc, 1, 300);
    long job = given.accepted(Given.request(Given.ALL));
    List<Future<Resolved>> both = new ArrayList<>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        both.add(workers.submit(() -> roster.resolve(job)));
      }
    }
    for (Future<Resolved> one : both) {
      assertThat(one.get().hosts()).isEqualTo(300);
    }
    assertThat(instances(job)).hasSize(300);
  }

  @Test
  void a_host_that_moved_to_another_business_meanwhile_does_not_take_part() {
    Fleet.agents(jdbc, 1, 4);
    Fleet.change(jdbc, 4, "business_id = 7");
    long job = given.accepted(Given.request(Given.ALL));
    Fleet.change(jdbc, 1, "business_id = 99");
    Fleet.change(jdbc, 2, "business_id = 7");
    roster.resolve(job);
    assertThat(instances(job)).containsExactly("0 2", "1 3", "2 4");
  }

  @Test
  void a_job_without_businesses_has_no_hosts_whatever_came_meanwhile() {
    long job = given.accepted(Given.request(Given.ALL));
    Fleet.agents(jdbc, 1, 3);
    assertThat(roster.resolve(job).hosts()).isZero();
  }

  @Test
  void explicit_hosts_are_the_hosts() {
    Fleet.agents(jdbc, 1, 9);
    long job = given.accepted(Given.request(new HostSelector.Ids(List.of(8L, 3L, 99L, 3L))));
    roster.resolve(job);
    assertThat(instances(job)).containsExactly("0 3", "1 8");
  }

  @Test
  void a_host_that_has_no_runner_is_skipped_at_once() {
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 2, "os_type = 'WINDOWS'");
    long job = given.accepted(Given.request(Given.ALL));
    assertThat(roster.resolve(job).hosts()).isEqualTo(3);
    skipped(job, 1, "OS_NOT_SUPPORTED", "there is no runner for WINDOWS");
    assertThat(roster.brief(job, 0, 4).hosts())
        .extracting(Participant::ordinal)
        .containsExactly(0, 2);
  }

  @Test
  void a_host_that_became_forbidden_meanwhile_is_skipped() {
    Fleet.agents(jdbc, 1, 4);
    long job = given.accepted(Given.request(Given.ALL));
    Fleet.change(jdbc, 1, "os_type = ''");
    Fleet.change(jdbc, 2, "cloud_id = 44");
    Fleet.change(jdbc, 3, "os_type = '', cloud_id = 44");
    assertThat(roster.resolve(job).hosts()).isEqualTo(4);
    skipped(job, 0, "NOT_ALLOWED", "the host has no operating system now");
    skipped(job, 1, "NOT_ALLOWED", "its cloud area 44 is not in the inventory now");
    assertThat(given.of(job, 2, "reason", String.class)).isEqualTo("NOT_ALLOWED");
    assertThat(roster.brief(job, 0, 4).hosts()).extracting(Participant::ordinal).containsExactly(3);
  }

  private void skipped(long job, int ordinal, String reason, String detail) {
    assertThat(given.of(job, ordinal, "outcome", String.class)).isEqualTo("SKIPPED");
    assertThat(given.of(job, ordinal, "reason", String.class)).isEqualTo(reason);
    assertThat(given.of(job, ordinal, "detail", String.class)).isEqualTo(detail);
    assertThat(given.of(job, ordinal, "ended_at is not null", Boolean.class)).isTrue();
  }

  @Test
  void a_selection_that_grew_meanwhile_is_cut_at_the_limit_of_a_job() {
    Fleet.agents(jdbc, 1, 10);
    long job = given.accepted(Given.request(Given.ALL));
    Fleet.agents(jdbc, 11, 100_050);
    assertThat(roster.resolve(job).hosts()).isEqualTo(100_000);
    assertThat(jdbc.sql("select max(host_id) from job_instance").query(Long.class).single())
        .isEqualTo(100_000);
  }

  @Test
  void a_label_is_an_address_that_people_know() {
    Fleet.agents(jdbc, 1, 4);
    Fleet.change(jdbc, 2, "inner_ip = null, inner_ipv6 = 'fe80::2', login_ip = 'bastion'");
    Fleet.change(jdbc, 3, "inner_ip = null, login_ip = 'bastion'");
    Fleet.change(jdbc, 4, "inner_ip = null");
    long job = given.again(JobOptions.DEFAULT);
    assertThat(roster.brief(job, 0, 3).hosts())
        .extracting(Participant::label)
        .containsExactly("10.0.0.1", "fe80::2", "bastion", "host 4");
  }

  @Test
  void a_brief_names_the_unfinished_hosts_of_its_part() {
    long job = given.resolved(10);
    given.end(job, 4, 5, "SUCCEEDED", null);
    assertThat(roster.brief(job, 2, 7))
        .isEqualTo(
            new Roster.Brief(
                "restart",
                List.of(
                    new Participant(2, "10.0.0.3"),
                    new Participant(3, "10.0.0.4"),
                    new Participant(6, "10.0.0.7"),
                    new Participant(7, "10.0.0.8"))));
  }

  private List<String> instances(long job) {
    return jdbc.sql(
            "select ordinal || ' ' || host_id from job_instance where job_id = :job order by ordinal")
        .param("job", job)
        .query(String.class)
        .list();
  }
}
