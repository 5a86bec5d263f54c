package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.InstanceState;
import dev.muster.job.JobOptions;
import dev.muster.job.Tally;
import dev.muster.job.Verb;
import dev.muster.projection.Fact.Logged;
import dev.muster.projection.Fact.Moved;
import dev.muster.projection.Fact.StepMoved;
import dev.muster.roster.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What pages are shown: counters that always add up, and nothing older over something newer. */
@ExtendWith(TestDatabase.class)
class ProgressIT {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final int HOSTS = 40;

  private final ProgressRows rows;
  private final JobViews views;
  private final Given given;
  private final JdbcClient jdbc;

  ProgressIT(ProgressRows rows, JobViews views, Given given, JdbcClient jdbc) {
    this.rows = rows;
    this.views = views;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_resolved_job_is_shown_with_every_host_waiting() {
    long job = shown(3);
    assertThat(view(job).tally()).isEqualTo(new Tally(3, 0, 0, 0, 0));
    assertThat(states(job)).containsOnly(Map.entry("PENDING", 3));
    assertThat(view(job).version()).isEqualTo(1);
  }

  @Test
  void a_job_that_is_shown_again_is_shown_as_it_was() {
    long job = shown(3);
    rows.write(List.of(moved(job, 0, 1, InstanceState.RUNNING)));
    rows.show(job);
    assertThat(view(job).tally()).isEqualTo(new Tally(2, 1, 0, 0, 0));
  }

  @Test
  void hosts_that_were_skipped_when_the_job_was_resolved_are_shown_so() {
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 2, "os_type = 'AIX'");
    long job = given.again(JobOptions.DEFAULT);
    rows.show(job);
    assertThat(view(job).tally()).isEqualTo(new Tally(2, 0, 0, 0, 1));
    assertThat(row(job, 1).verdict().reason()).isEqualTo("OS_NOT_SUPPORTED");
    assertThat(row(job, 1).verdict().note()).isEqualTo("there is no runner for AIX");
    assertThat(row(job, 1).ended()).isNotNull();
  }

  @Test
  void a_job_without_hosts_is_shown_too() {
    long job = given.again(JobOptions.DEFAULT);
    rows.show(job);
    assertThat(view(job).tally().total()).isZero();
    assertThat(view(job).version()).isEqualTo(1);
  }

  @Test
  void a_host_is_shown_where_its_latest_fact_says() {
    long job = shown(2);
    rows.write(
        List.of(
            new Moved(
                new Fact.Key(job, 0), 10, NOON, InstanceState.RUNNING, 1, "waits for its turn")));
    InstanceView running = row(job, 0);
    assertThat(running.state()).isEqualTo(InstanceState.RUNNING);
    assertThat(running.step()).isEqualTo(1);
    assertThat(running.verdict().note()).isEqualTo("waits for its turn");
    assertThat(running.started()).isEqualTo(NOON);
    assertThat(running.ended()).isNull();
    rows.write(
        List.of(
            new Moved(
                new Fact.Key(job, 0), 11, NOON.plusSeconds(5), InstanceState.SUCCEEDED, 3, null)));
    InstanceView ended = row(job, 0);
    assertThat(ended.state()).isEqualTo(InstanceState.SUCCEEDED);
    assertThat(ended.verdict().note()).isNull();
    assertThat(ended.started()).isEqualTo(NOON);
    assertThat(ended.ended()).isEqualTo(NOON.plusSeconds(5));
    assertThat(view(job).tally()).isEqualTo(new Tally(1, 0, 1, 0, 0));
  }

  @Test
  void an_older_fact_never_overwrites_a_newer_one_in_one_batch_or_in_another() {
    long job = shown(1);
    rows.write(
        List.of(moved(job, 0, 12, InstanceState.FAILED), moved(job, 0, 11, InstanceState.RUNNING)));
    assertThat(row(job, 0).state()).isEqualTo(InstanceState.FAILED);
    rows.write(List.of(moved(job, 0, 11, InstanceState.RUNNING)));
    rows.write(List.of(moved(job, 0, 12, InstanceState.SUCCEEDED)));
    assertThat(row(job, 0).state()).isEqualTo(InstanceState.FAILED);
    assertThat(view(job).tally()).isEqualTo(new Tally(0, 0, 0, 1, 0));
  }

  @Test
  void a_late_word_of_a_host_at_work_does_not_take_back_its_outcome() {
    long job = shown(1);
    given.end(job, 0, 0, "SUCCEEDED", null);
    rows.settle(job, 0, 0);
    rows.write(List.of(moved(job, 0, 99, InstanceState.RUNNING)));
    assertThat(row(job, 0).state()).isEqualTo(InstanceState.SUCCEEDED);
    assertThat(view(job).tally()).isEqualTo(new Tally(0, 0, 1, 0, 0));
  }

  @Test
  void facts_of_jobs_that_are_not_shown_are_passed_over() {
    long job = given.resolved(1);
    rows.write(
        List.of(
            moved(job, 0, 1, InstanceState.RUNNING),
            logged(job, "text"),
            moved(99, 0, 1, InstanceState.RUNNING)));
    assertThat(count("instance_progress")).isZero();
    assertThat(count("step_log")).isZero();
  }

  @Test
  void facts_of_hosts_that_take_no_part_change_no_counter() {
    long job = shown(2);
    rows.write(List.of(moved(job, 7, 1, InstanceState.SUCCEEDED)));
    assertThat(view(job).tally()).isEqualTo(new Tally(2, 0, 0, 0, 0));
  }

  @Test
  void one_batch_may_hold_facts_of_several_jobs() {
    long first = shown(2);
    long second = given.again(JobOptions.DEFAULT);
    rows.show(second);
    rows.write(
        List.of(
            moved(second, 1, 1, InstanceState.RUNNING),
            moved(first, 0, 1, InstanceState.SUCCEEDED)));
    assertThat(view(first).tally()).isEqualTo(new Tally(1, 0, 1, 0, 0));
    assertThat(view(second).tally()).isEqualTo(new Tally(1, 1, 0, 0, 0));
  }

  @Test
  void what_was_lost_is_shown_again_by_settling() {
    long job = shown(6);
    rows.write(List.of(moved(job, 0, 5, InstanceState.RUNNING)));
    given.end(job, 0, 0, "SUCCEEDED", null);
    given.end(job, 1, 1, "UNREACHABLE", "CONNECT");
    given.end(job, 2, 2, "STOPPED", "STOPPED");
    given.end(job, 3, 3, "SKIPPED", "OS_NOT_SUPPORTED");
    given.end(job, 5, 5, "TIMED_OUT", "TIMEOUT");
    rows.settle(job, 0, 4);
    assertThat(view(job).tally()).isEqualTo(new Tally(2, 0, 1, 2, 1));
    assertThat(row(job, 1).verdict().note()).isEqualTo("as given");
    assertThat(row(job, 1).ended()).isNotNull();
    assertThat(row(job, 5).state())
        .as("outside of what was settled")
        .isEqualTo(InstanceState.PENDING);
    rows.settle(job, 0, Integer.MAX_VALUE);
    assertThat(view(job).tally()).isEqualTo(new Tally(1, 0, 1, 3, 1));
  }

  @Test
  void settling_what_is_right_changes_no_row() {
    long job = shown(3);
    given.end(job, 0, 1, "SUCCEEDED", null);
    rows.settle(job, 0, 9);
    List<InstanceView> before = views.instances(job, InstanceFilter.ALL, 0, 10);
    rows.settle(job, 0, 9);
    assertThat(views.instances(job, InstanceFilter.ALL, 0, 10)).isEqualTo(before);
  }

  @Test
  void a_host_that_failed_again_shows_the_reason_of_the_last_time() {
    long job = shown(1);
    given.end(job, 0, 0, "FAILED", "AUTH");
    rows.settle(job, 0, 0);
    given.say(job, new Verb.Retry(new Verb.Which.All(), null));
    given.end(job, 0, 0, "TIMED_OUT", "TIMEOUT");
    jdbc.sql("update job_instance set detail = 'the second time'").update();
    rows.settle(job, 0, 0);
    assertThat(row(job, 0).verdict().note()).isEqualTo("the second time");
  }

  @Test
  void a_host_that_is_retried_is_shown_as_unfinished_again() {
    long job = shown(3);
    given.end(job, 0, 2, "FAILED", "EXIT_CODE");
    rows.settle(job, 0, 2);
    jdbc.sql(
            """
            update job_instance set outcome = null, ended_at = null, detail = null where ordinal < 2;
            update job_instance set touched_at = null where ordinal = 0
            """)
        .update();
    rows.settle(job, 0, 2);
    assertThat(row(job, 0).state()).isEqualTo(InstanceState.PENDING);
    assertThat(row(job, 1).state()).isEqualTo(InstanceState.RUNNING);
    assertThat(row(job, 2).state()).isEqualTo(InstanceState.FAILED);
    assertThat(row(job, 1).ended()).isNull();
    assertThat(view(job).tally()).isEqualTo(new Tally(1, 1, 0, 1, 0));
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void counters_add_up_and_agree_with_the_rows_after_every_step(long seed) {
    Random random = new Random(seed);
    long job = shown(HOSTS);
    long version = view(job).version();
    for (int step = 0; step < 60; step++) {
      switch (random.nextInt(6)) {
        case 0 -> rows.settle(job, random.nextInt(HOSTS), random.nextInt(HOSTS));
        case 1 -> rows.show(job);
        case 2 -> given.end(job, step % HOSTS, step % HOSTS, anyOutcome(random), null);
        default -> rows.write(anyFacts(job, random, 1 + random.nextInt(30)));
      }
      agrees(job);
      assertThat(view(job).version()).isGreaterThanOrEqualTo(version);
      version = view(job).version();
    }
  }

  @Test
  void counters_add_up_at_every_read_while_many_write() throws Exception {
    long job = shown(HOSTS);
    List<Future<?>> writers = new ArrayList<>();
    List<Tally> wrong = Collections.synchronizedList(new ArrayList<>());
    try (ExecutorService pool = Executors.newFixedThreadPool(6)) {
      for (int writer = 0; writer < 4; writer++) {
        Random random = new Random(writer);
        writers.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 25; i++) {
                    rows.write(anyFacts(job, random, 20));
                    if (i % 5 == 0) {
                      rows.settle(job, 0, HOSTS);
                    }
                  }
                }));
      }
      Future<?> reader =
          pool.submit(
              () -> {
                while (writers.stream().anyMatch(w -> !w.isDone())) {
                  Tally tally = view(job).tally();
                  if (tally.total() != HOSTS) {
                    wrong.add(tally);
                  }
                }
              });
      for (Future<?> writer : writers) {
        writer.get();
      }
      reader.get();
    }
    assertThat(wrong).isEmpty();
    agrees(job);
  }

  @Test
  void a_viewer_that_asks_for_changes_misses_none() throws Exception {
    long job = shown(HOSTS);
    Map<Integer, InstanceView> seen = new TreeMap<>();
    long told = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < 3; writer++) {
        Random random = new Random(100 + writer);
        writers.add(
            pool.submit(
                () -> {
                  for (int i = 0; i < 30; i++) {
                    rows.write(anyFacts(job, random, 10));
                  }
                }));
      }
      boolean last = false;
      while (!last) {
        last = writers.stream().allMatch(Future::isDone);
        long version = view(job).version();
        for (InstanceView row : views.changedAfter(job, told, 1_000)) {
          seen.put(row.ordinal(), row);
        }
        told = version;
      }
    }
    assertThat(seen.values())
        .containsExactlyElementsOf(views.instances(job, InstanceFilter.ALL, 0, HOSTS));
  }

  @Test
  void a_step_is_shown_as_its_latest_fact_says() {
    long job = shown(1);
    rows.write(
        List.of(
            new StepMoved(new Fact.Key(job, 0), 5, NOON, 0, 1, InstanceState.RUNNING),
            new StepMoved(new Fact.Key(job, 0), 9, NOON, 1, 1, InstanceState.FAILED)));
    rows.write(
        List.of(
            new StepMoved(
                new Fact.Key(job, 0), 6, NOON.plusSeconds(3), 0, 1, InstanceState.SUCCEEDED),
            new StepMoved(new Fact.Key(job, 0), 8, NOON, 1, 1, InstanceState.RUNNING)));
    assertThat(
            jdbc.sql(
                    "select step || ' ' || state || ' ' || coalesce(extract(epoch from ended_at - started_at)::int, -1) "
                        + "from step_progress order by step")
                .query(String.class)
                .list())
        .containsExactly("0 SUCCEEDED 3", "1 FAILED 0");
  }

  @Test
  void a_line_that_is_told_twice_is_kept_once() {
    long job = shown(1);
    rows.write(List.of(logged(job, "once")));
    rows.write(List.of(logged(job, "once")));
    assertThat(count("step_log")).isEqualTo(1);
  }

  @Test
  void a_nul_in_the_output_of_a_command_does_not_stop_progress() {
    long job = shown(1);
    rows.write(List.of(logged(job, "a\0b")));
    assertThat(jdbc.sql("select text from step_log").query(String.class).single())
        .isEqualTo("a\uFFFDb");
  }

  @Test
  void half_a_character_at_the_end_of_a_piece_of_output_does_not_stop_progress() {
    long job = shown(1);
    rows.write(List.of(logged(job, "a\uD83D")));
    assertThat(count("step_log")).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"1999-12-31T23:59:59Z", "2026-11-23T12:00:00Z", "2100-01-01T00:00:00Z"})
  void a_line_of_any_day_finds_a_partition(Instant day) {
    long job = shown(1);
    rows.write(List.of(new Logged(new Fact.Key(job, 0), 1, day, 0, 1, true, "x")));
    assertThat(
            jdbc.sql("select at from step_log")
                .query(java.sql.Timestamp.class)
                .single()
                .toInstant())
        .isEqualTo(day);
  }

  @Test
  void the_writer_shows_what_it_was_told_before_it_stops() {
    long job = shown(HOSTS);
    ProgressWriter writer = new ProgressWriter(rows);
    writer.start();
    for (int i = 0; i < 2_000; i++) {
      writer.report(
          moved(
              job, i % HOSTS, 1 + i, i < 1_960 ? InstanceState.RUNNING : InstanceState.SUCCEEDED));
    }
    writer.stop();
    assertThat(writer.isRunning()).isFalse();
    assertThat(view(job).tally()).isEqualTo(new Tally(0, 0, HOSTS, 0, 0));
  }

  @Test
  void the_writer_shows_a_fact_within_half_a_second() {
    long job = shown(1);
    ProgressWriter writer = new ProgressWriter(rows);
    writer.start();
    try {
      writer.report(moved(job, 0, 1, InstanceState.RUNNING));
      org.awaitility.Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(5))
          .until(() -> view(job).tally().running() == 1);
    } finally {
      writer.stop();
    }
  }

  private long shown(int hosts) {
    long job = given.resolved(hosts);
    rows.show(job);
    return job;
  }

  private static Moved moved(long job, int ordinal, long seq, InstanceState state) {
    return moved(job, ordinal, seq, state, null);
  }

  private static Moved moved(
      long job, int ordinal, long seq, InstanceState state, @Nullable String note) {
    return new Moved(new Fact.Key(job, ordinal), seq, NOON.plusMillis(seq), state, 0, note);
  }

  private static Logged logged(long job, String text) {
    return new Logged(new Fact.Key(job, 0), 1, NOON, 0, 1, true, text);
  }

  private static List<Fact> anyFacts(long job, Random random, int many) {
    List<Fact> facts = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      InstanceState[] states = InstanceState.values();
      facts.add(
          moved(
              job,
              random.nextInt(HOSTS),
              random.nextInt(1_000),
              states[random.nextInt(states.length)],
              random.nextBoolean() ? "note " + i : null));
    }
    return facts;
  }

  private static String anyOutcome(Random random) {
    return List.of("SUCCEEDED", "FAILED", "SKIPPED", "STOPPED").get(random.nextInt(4));
  }

  private void agrees(long job) {
    Map<String, Integer> states = states(job);
    assertThat(view(job).tally())
        .isEqualTo(
            new Tally(
                states.getOrDefault("PENDING", 0),
                states.getOrDefault("RUNNING", 0),
                states.getOrDefault("SUCCEEDED", 0),
                states.getOrDefault("FAILED", 0),
                states.getOrDefault("SKIPPED", 0)));
    assertThat(view(job).tally().total()).isEqualTo(HOSTS);
  }

  private JobView view(long job) {
    return views.job(job).orElseThrow();
  }

  private InstanceView row(long job, int ordinal) {
    return views.instances(job, InstanceFilter.ALL, ordinal, 1).getFirst();
  }

  private Map<String, Integer> states(long job) {
    Map<String, Integer> states = new TreeMap<>();
    jdbc.sql(
            "select state, count(*) as n from instance_progress where job_id = :job group by state")
        .param("job", job)
        .query(
            row -> {
              states.put(row.getString("state"), row.getInt("n"));
            });
    return states;
  }

  private int count(String table) {
    return jdbc.sql("select count(*) from " + table).query(Integer.class).single();
  }
}
