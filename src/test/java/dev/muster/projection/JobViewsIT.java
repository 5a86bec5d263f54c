package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.InstanceState;
import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Tally;
import dev.muster.projection.InstanceFilter.Wanted;
import dev.muster.roster.Given;
import dev.muster.roster.RosterRows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class JobViewsIT {

  private final JobViews views;
  private final ProgressRows progress;
  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  JobViewsIT(
      JobViews views, ProgressRows progress, RosterRows roster, Given given, JdbcClient jdbc) {
    this.views = views;
    this.progress = progress;
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_job_is_seen_as_soon_as_it_is_accepted() {
    Fleet.agents(jdbc, 1, 7);
    long job = given.accepted(Given.request(Given.ALL, Given.rounds(2, Duration.ofHours(1)), null));
    JobView view = views.job(job).orElseThrow();
    assertThat(view.id()).isEqualTo(job);
    assertThat(view.type()).isEqualTo(JobType.RESTART_AGENT);
    assertThat(view.state()).isEqualTo(JobState.PENDING);
    assertThat(view.status()).isEqualTo("PENDING");
    assertThat(view.tally()).as("what was counted waits").isEqualTo(new Tally(7, 0, 0, 0, 0));
    assertThat(view.asked())
        .isEqualTo(new JobView.Asked("admin", "bk_nodeman", 100, List.of(2L), "runbook"));
    assertThat(view.rounds()).isEqualTo(new JobView.Rounds(0, 2, null));
    assertThat(view.version()).isZero();
    assertThat(view.times().started()).isNull();
    assertThat(view.times().ended()).isNull();
    assertThat(view.times().created()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(views.instances(job, InstanceFilter.ALL, 0, 10)).isEmpty();
    assertThat(views.job(99)).isEmpty();
  }

  @Test
  void a_job_that_is_stopped_is_terminated_until_it_has_ended() {
    long job = shown(2);
    given.end(job, 0, 0, "SUCCEEDED", null);
    given.stop(job);
    JobView stopped = views.job(job).orElseThrow();
    assertThat(stopped.status()).isEqualTo("TERMINATED");
    assertThat(stopped.stopped()).isTrue();
    assertThat(stopped.why()).isEqualTo("stopped by admin");
    assertThat(stopped.times().stopAsked()).isNotNull();
    roster.plan(job, List.of());
    roster.finish(job);
    progress.settle(job, 0, 9);
    JobView ended = views.job(job).orElseThrow();
    assertThat(ended.status()).isEqualTo("PART_FAILED");
    assertThat(ended.tally()).isEqualTo(new Tally(0, 0, 1, 1, 0));
    assertThat(ended.times().ended()).isNotNull();
    assertThat(views.instances(job, InstanceFilter.ALL, 1, 1).getFirst().verdict())
        .isEqualTo(
            new InstanceView.Verdict("STOPPED", "nothing was started here", "NEVER_STARTED", 0, 1));
  }

  @Test
  void a_job_that_ended_without_hosts_had_nothing_to_do() {
    long job = given.accepted(Given.request(Given.ALL));
    assertThat(views.job(job).orElseThrow().nothingToDo()).isFalse();
    roster.resolve(job);
    roster.finish(job);
    assertThat(views.job(job).orElseThrow().nothingToDo()).isTrue();
    assertThat(views.job(job).orElseThrow().status()).isEqualTo("SUCCESS");
  }

  static Stream<Arguments> filters() {
    Set<InstanceState> anyState = Set.of();
    return Stream.of(
        Arguments.of("no filter", InstanceFilter.ALL, IntStream.rangeClosed(0, 11).toArray()),
        row("one state", Set.of(InstanceState.FAILED), Set.of(), List.of(), List.of(), 1, 2, 3),
        row(
            "several states",
            Set.of(InstanceState.SUCCEEDED, InstanceState.SKIPPED),
            Set.of(),
            List.of(),
            List.of(),
            0,
            4),
        row(
            "a state that none is in",
            Set.of(InstanceState.RUNNING),
            Set.of(),
            List.of(),
            List.of()),
        row("one reason", anyState, Set.of("AUTH"), List.of(), List.of(), 2, 3),
        row(
            "several reasons",
            anyState,
            Set.of("AUTH", "EXIT_CODE", "NONE"),
            List.of(),
            List.of(),
            1,
            2,
            3),
        row("hosts by number", anyState, Set.of(), List.of(3L, 1L, 99L), List.of(), 0, 2),
        row("a part of an address", anyState, Set.of(), List.of(), List.of("0.0.1"), 0, 9, 10, 11),
        row("several addresses", anyState, Set.of(), List.of(), List.of("0.0.2", "0.0.3"), 1, 2),
        row("an IPv6 address", anyState, Set.of(), List.of(), List.of("fe80::5"), 4),
        row("an address that none has", anyState, Set.of(), List.of(), List.of("8.8.8.8")),
        row("an address is data", anyState, Set.of(), List.of(), List.of("%", "_", "' or true --")),
        row(
            "all must hold",
            Set.of(InstanceState.FAILED),
            Set.of("AUTH"),
            List.of(3L, 2L),
            List.of("10.0"),
            2));
  }

  private static InstanceFilter filter(Wanted... all) {
    return new InstanceFilter(List.of(all));
  }

  private static Arguments row(
      String says,
      Set<InstanceState> states,
      Set<String> reasons,
      List<Long> hosts,
      List<String> addresses,
      int... expected) {
    InstanceFilter filter = InstanceFilter.ALL;
    if (!states.isEmpty()) {
      filter = filter.and(new Wanted.InState(states));
    }
    if (!reasons.isEmpty()) {
      filter = filter.and(new Wanted.Because(reasons));
    }
    if (!hosts.isEmpty()) {
      filter = filter.and(new Wanted.OfHosts(Set.copyOf(hosts)));
    }
    if (!addresses.isEmpty()) {
      filter = filter.and(Wanted.At.of(addresses));
    }
    return Arguments.of(says, filter, expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void a_filter_passes_what_it_says(String says, InstanceFilter filter, int[] expected) {
    long job = twelve();
    assertThat(views.instances(job, filter, 0, 100))
        .extracting(InstanceView::ordinal)
        .containsExactlyElementsOf(IntStream.of(expected).boxed().toList());
    assertThat(views.count(job, filter)).isEqualTo(expected.length);
  }

  /** Ordinals 0 to 11 are hosts 1 to 12 at 10.0.0.1 to 10.0.0.12. */
  private long twelve() {
    long job = shown(12);
    Fleet.change(jdbc, 5, "inner_ip = null, inner_ipv6 = 'fe80::5'");
    given.end(job, 0, 0, "SUCCEEDED", null);
    given.end(job, 1, 1, "FAILED", "EXIT_CODE");
    given.end(job, 2, 3, "FAILED", "AUTH");
    given.end(job, 4, 4, "SKIPPED", "OS_NOT_SUPPORTED");
    progress.settle(job, 0, 11);
    return job;
  }

  @Test
  void instances_come_in_chunks_by_ordinal() {
    long job = twelve();
    assertThat(views.instances(job, InstanceFilter.ALL, 5, 3))
        .extracting(InstanceView::ordinal)
        .containsExactly(5, 6, 7);
    assertThat(views.instances(job, InstanceFilter.ALL, 12, 3)).isEmpty();
    assertThat(views.instances(job, InstanceFilter.ALL, Long.MAX_VALUE, 3)).isEmpty();
    InstanceFilter failed = filter(new Wanted.InState(Set.of(InstanceState.FAILED)));
    assertThat(views.instances(job, failed, 1, 1))
        .extracting(InstanceView::ordinal)
        .containsExactly(2);
    assertThat(views.instances(job, failed, Long.MAX_VALUE, 1)).isEmpty();
    assertThat(views.count(job, InstanceFilter.ALL)).isEqualTo(12);
  }

  @Test
  void an_instance_tells_of_its_host_what_the_inventory_knows() {
    jdbc.sql("insert into business (id, name) values (2, '蓝鲸')").update();
    jdbc.sql("insert into cloud (id, name) values (3, 'edge')").update();
    Fleet.agents(jdbc, 1, 1);
    Fleet.change(
        jdbc,
        1,
        "cloud_id = 3, name = 'web-1', inner_ipv6 = 'fe80::1', is_manual = true, ap_id = 4");
    long job = given.again(Given.rounds(0, Duration.ZERO));
    progress.show(job);
    InstanceView row = views.instances(job, InstanceFilter.ALL, 0, 1).getFirst();
    assertThat(row.host())
        .isEqualTo(
            new InstanceView.HostView(
                1,
                "10.0.0.1",
                "fe80::1",
                "web-1",
                new InstanceView.Place(3, "edge", 2, "蓝鲸"),
                true,
                4L));
    assertThat(row.id()).isEqualTo("host|instance|host|1");
    assertThat(row.status()).isEqualTo("PENDING");
  }

  @Test
  void an_instance_is_seen_although_its_host_left_the_inventory() {
    long job = shown(1);
    jdbc.sql("delete from host").update();
    assertThat(views.instances(job, InstanceFilter.ALL, 0, 1).getFirst().host())
        .isEqualTo(
            new InstanceView.HostView(
                1, "10.0.0.1", null, "", new InstanceView.Place(0, null, 2, null), false, null));
  }

  @Test
  void a_host_is_found_at_the_address_that_it_had_when_the_job_was_resolved() {
    long job = shown(2);
    Fleet.change(jdbc, 1, "inner_ip = '10.9.9.9'");
    jdbc.sql("delete from host where id = 2").update();
    for (String address : List.of("10.9.9.9", "10.0.0.1", "9.9.9")) {
      assertThat(views.instances(job, filter(Wanted.At.of(List.of(address))), 0, 9))
          .as(address)
          .extracting(InstanceView::ordinal)
          .containsExactly(0);
    }
    assertThat(views.count(job, filter(Wanted.At.of(List.of("10.0.0.2"))))).isOne();
    assertThat(views.count(job, filter(Wanted.At.of(List.of("0.0.2"))))).isOne();
  }

  @Test
  void a_job_is_pending_until_its_first_host_has_begun() {
    long job = shown(2);
    assertThat(views.job(job).orElseThrow().status()).isEqualTo("PENDING");
    given.end(job, 0, 0, "SUCCEEDED", null);
    progress.settle(job, 0, 1);
    assertThat(views.job(job).orElseThrow().status()).isEqualTo("RUNNING");
  }

  @Test
  void a_job_ended_when_it_was_stopped_and_its_hosts_a_little_later() {
    long job = shown(1);
    given.stop(job);
    Instant stopped = views.job(job).orElseThrow().end();
    roster.plan(job, List.of());
    roster.finish(job);
    JobView ended = views.job(job).orElseThrow();
    assertThat(ended.times().ended()).isAfter(stopped);
    assertThat(ended.end()).isEqualTo(stopped);
  }

  @Test
  void changes_come_oldest_first_and_not_beyond_the_limit() {
    long job = shown(6);
    for (int ordinal : new int[] {4, 1, 5}) {
      given.end(job, ordinal, ordinal, "SUCCEEDED", null);
      progress.settle(job, ordinal, ordinal);
    }
    assertThat(views.changedAfter(job, 1, 10))
        .extracting(InstanceView::ordinal)
        .containsExactly(4, 1, 5);
    assertThat(views.changedAfter(job, 1, 2))
        .extracting(InstanceView::ordinal)
        .containsExactly(4, 1);
    long second = views.changedAfter(job, 1, 2).getLast().version();
    assertThat(views.changedAfter(job, second, 10))
        .extracting(InstanceView::ordinal)
        .containsExactly(5);
    assertThat(views.changedAfter(job, views.job(job).orElseThrow().version(), 10)).isEmpty();
  }

  @Test
  void reasons_are_counted_the_most_frequent_first_with_a_sample() {
    long job = twelve();
    assertThat(views.reasons(job))
        .containsExactly(
            new JobViews.ReasonCount("AUTH", 2, "as given"),
            new JobViews.ReasonCount("EXIT_CODE", 1, "as given"),
            new JobViews.ReasonCount("OS_NOT_SUPPORTED", 1, "as given"));
  }

  @Test
  void tries_and_executions_are_told() {
    long job = shown(1);
    jdbc.sql(
            "update job_instance set touched_at = now(), tries = '{\"CONNECT\": 3, \"LINK\": 2}', step = 1, executions = '{1,4}'")
        .update();
    InstanceView.Verdict verdict =
        views.instances(job, InstanceFilter.ALL, 0, 1).getFirst().verdict();
    assertThat(verdict.tries()).isEqualTo(6);
    assertThat(verdict.execution()).isEqualTo(4);
  }

  private long shown(int hosts) {
    long job = given.resolved(hosts);
    progress.show(job);
    return job;
  }
}
