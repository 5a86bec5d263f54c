package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobOptions;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.projection.Failures.Group;
import dev.muster.projection.Failures.Seen;
import dev.muster.projection.FoldedHosts.Range;
import dev.muster.projection.FoldedHosts.Run;
import dev.muster.roster.Claim;
import dev.muster.roster.Given;
import dev.muster.roster.Instances;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class FailuresIT {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private final Failures failures;
  private final Instances instances;
  private final Given given;
  private final JdbcClient jdbc;

  FailuresIT(Failures failures, Instances instances, Given given, JdbcClient jdbc) {
    this.failures = failures;
    this.instances = instances;
    this.given = given;
    this.jdbc = jdbc;
  }

  // ---- groups ----

  @Test
  void a_job_without_failed_hosts_has_no_groups() {
    long job = given.resolved(3);
    given.end(job, 0, 0, "SUCCEEDED", null);
    assertThat(failures.of(job)).isEqualTo(new Seen(0, 0, List.of()));
    assertThat(failures.of(99)).isEqualTo(new Seen(0, 0, List.of()));
  }

  @Test
  void hosts_that_failed_alike_are_together_and_the_most_frequent_come_first() {
    long job = given.resolved(7);
    end(job, 0, 1, new Outcome.Failed(Reason.EXIT_CODE, "exit code 1: no"));
    for (int ordinal : List.of(1, 2, 4)) {
      end(
          job,
          ordinal,
          0,
          new Outcome.Unreachable(
              Reason.REFUSED, "10.0.0.%d port 22: Connection refused".formatted(ordinal + 1)));
    }
    end(job, 3, 2, new Outcome.Stopped(Proof.NEVER_STARTED, "nothing was started here"));
    end(job, 5, 0, new Outcome.Skipped(Reason.HELD, "by job 7"));
    end(job, 6, 3, new Outcome.Succeeded());

    Seen seen = failures.of(job);
    assertThat(seen.kinds()).isEqualTo(3);
    assertThat(seen.hosts()).isEqualTo(5);
    assertThat(seen.groups().stream().map(Group::count)).containsExactly(3, 1, 1);
    Group refused = seen.groups().getFirst();
    assertThat(refused.reason()).isEqualTo(Reason.REFUSED);
    assertThat(refused.step()).isZero();
    assertThat(refused.sample()).isEqualTo("10.0.0.2 port 22: Connection refused");
    assertThat(refused.hosts().text(Language.EN)).isEqualTo("10.0.0.[2-3,5]");
    assertThat(seen.groups().stream().skip(1).map(Group::reason))
        .containsExactly(Reason.EXIT_CODE, Reason.STOPPED);
    assertThat(seen.groups().get(1).step()).isEqualTo(1);
    assertThat(seen.groups().get(2).step()).as("a stop is the same at every step").isNull();
  }

  private void end(long job, int ordinal, int step, Outcome outcome) {
    Claim.Granted granted = (Claim.Granted) instances.claim(job, ordinal);
    assertThat(instances.finish(granted.grant(), step, outcome)).isTrue();
  }

  @Test
  void a_group_counts_as_seen_from_before_its_hosts_were_retried() {
    long job = labelled(List.of("a", "b", "c"));
    at(job, 0, "x", NOON.plusSeconds(10));
    at(job, 1, "x", NOON.plusSeconds(30));
    at(job, 2, "y", NOON.plusSeconds(40));
    jdbc.sql(
            """
            insert into earlier_outcome (job_id, ordinal, retry, outcome, fingerprint, step, execution, ended_at)
            values (:job, 0, 0, 'FAILED', 'x', 0, 1, :at), (:job, 0, 1, 'FAILED', 'z', 0, 1, :at)
            """)
        .param("job", job)
        .param("at", Timestamp.from(NOON))
        .update();
    List<Group> groups = failures.of(job).groups();
    assertThat(groups.stream().map(Group::fingerprint))
        .as("what no host has any more is gone")
        .containsExactly("x", "y");
    assertThat(groups.getFirst().times()).isEqualTo(new Failures.Times(NOON, NOON.plusSeconds(30)));
    assertThat(groups.getLast().times().first()).isEqualTo(NOON.plusSeconds(40));
  }

  private void at(long job, int ordinal, String fingerprint, Instant at) {
    jdbc.sql(
            "update job_instance set fingerprint = :print, ended_at = :at where job_id = :job and ordinal = :ordinal")
        .param("print", fingerprint)
        .param("at", Timestamp.from(at))
        .param("job", job)
        .param("ordinal", ordinal)
        .update();
  }

  @Test
  void other_jobs_make_no_difference() {
    long job = labelled(List.of("a", "b"));
    long other = given.again(JobOptions.DEFAULT);
    jdbc.sql(
            "update job_instance set outcome = 'FAILED', reason = 'AUTH', fingerprint = 'alike', ended_at = now() where job_id = :other")
        .param("other", other)
        .update();
    assertThat(failures.of(job).groups().getFirst().count()).isEqualTo(2);
  }

  @Test
  void of_many_kinds_the_most_frequent_are_told_and_all_are_counted() {
    long job = labelled(IntStream.range(0, 150).mapToObj(i -> "n" + i).toList());
    jdbc.sql(
            "update job_instance set fingerprint = 'k' || greatest(ordinal, 5) where job_id = :job")
        .param("job", job)
        .update();
    Seen seen = failures.of(job);
    assertThat(seen.kinds()).isEqualTo(145);
    assertThat(seen.hosts()).isEqualTo(150);
    assertThat(seen.groups()).hasSize(Failures.MOST_GROUPS);
    assertThat(seen.groups().getFirst().hosts().text(Language.EN)).isEqualTo("n[0-5]");
  }

  // ---- hosts ----

  /** A job whose hosts are called so, and all failed alike. */
  private long labelled(List<String> labels) {
    long job = given.resolved(labels.size());
    jdbc.sql(
            """
            update job_instance i set label = l.label, outcome = 'FAILED', reason = 'AUTH', fingerprint = 'alike',
              detail = 'no', ended_at = now()
            from unnest(cast(:labels as text[])) with ordinality l (label, n)
            where i.job_id = :job and i.ordinal = l.n - 1
            """)
        .param("labels", labels.toArray(String[]::new))
        .param("job", job)
        .update();
    return job;
  }

  private FoldedHosts folded(List<String> labels) {
    return failures.of(labelled(labels)).groups().getFirst().hosts();
  }

  static Stream<Arguments> names() {
    return Stream.of(
        Arguments.of("10.0.0.[1-3,5]", "10.0.0.3 10.0.0.1 10.0.0.5 10.0.0.2"),
        Arguments.of("10.0.2.[9-10],10.0.10.1", "10.0.10.1 10.0.2.10 10.0.2.9"),
        Arguments.of("web-[01-03].prod", "web-01.prod web-02.prod web-03.prod"),
        Arguments.of("web-[01-03].dc2.prod", "web-01.dc2.prod web-02.dc2.prod web-03.dc2.prod"),
        Arguments.of("n[9-11]", "n9 n10 n11"),
        Arguments.of("n[98-101]", "n98 n99 n100 n101"),
        Arguments.of("n[08-10,100]", "n08 n09 n10 n100"),
        Arguments.of("n[1,01,001]", "n1 n01 n001"),
        Arguments.of("10.0.0.[1-2].example", "10.0.0.1.example 10.0.0.2.example"),
        Arguments.of("%_[1-2]a\\\\", "%_1a\\\\ %_2a\\\\"),
        Arguments.of("99999999999.1.1.[1-2]", "99999999999.1.1.1 99999999999.1.1.2"),
        Arguments.of("..[1-2],...", "... ..1 ..2"),
        Arguments.of("web.dc[1-2].prod", "web.dc1.prod web.dc2.prod"),
        Arguments.of("fe80::1,fe80::2", "fe80::2 fe80::1"),
        Arguments.of("a,ab", "ab a"),
        Arguments.of("a[1-2]x,a[1-2]y", "a1x a1y a2x a2y"),
        Arguments.of("n[1],n[2]", "n[1] n[2]"),
        Arguments.of("10.0.0.1", "10.0.0.1 10.0.0.1"),
        Arguments.of("n123[000000000-000000001]", "n123000000000 n123000000001"));
  }

  @ParameterizedTest(name = "{1} are {0}")
  @MethodSource("names")
  void names_are_folded(String expected, String labels) {
    assertThat(folded(List.of(labels.split(" "))).text(Language.EN)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void what_is_folded_unfolds_to_the_same_hosts(long seed) {
    Random random = new Random(seed);
    List<String> shapes = List.of("10.0.0.%d", "web-%02d.prod", "n%d", "fe80::%x", "db%03dx", "%d");
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      labels.add(
          shapes.get(random.nextInt(shapes.size())).formatted(random.nextInt(1 << (seed + 1))));
    }
    FoldedHosts folded = folded(labels);
    Set<String> shown =
        folded.ranges().stream()
            .flatMap(FailuresIT::unfolded)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new HashSet<>(labels);
    assertThat(all).containsAll(shown);
    assertThat(shown.size() + folded.more()).isEqualTo(all.size());
    assertThat(folded.ranges()).hasSizeLessThanOrEqualTo(Failures.MOST_RANGES);
    assertThat(folded.more() == 0 || folded.ranges().size() == Failures.MOST_RANGES).isTrue();
  }

  private static Stream<String> unfolded(Range range) {
    Run run = range.run();
    if (run == null) {
      return Stream.of(range.before());
    }
    String number = run.width() == 0 ? "%d" : "%0" + run.width() + "d";
    return IntStream.rangeClosed(run.first(), run.last())
        .mapToObj(n -> range.before() + number.formatted(n) + range.after());
  }

  @Test
  void of_many_ranges_twenty_are_shown() {
    List<String> labels =
        new ArrayList<>(IntStream.range(0, 30).mapToObj(i -> "n" + 2 * i).toList());
    Collections.shuffle(labels, new Random(1));
    assertThat(folded(labels).text(Language.EN))
        .isEqualTo("n[0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,38] … and 10 more");
  }

  // ---- as many as there can be ----

  @Test
  void a_hundred_thousand_hosts_that_failed_alike_are_told_quickly() {
    long job = given.resolved(100_000);
    for (String label :
        List.of(
            "'10.' || ordinal / 65536 || '.' || ordinal / 256 % 256 || '.' || ordinal % 256",
            "'10.' || ordinal / 32768 || '.' || ordinal / 128 % 256 || '.' || ordinal % 128 * 2",
            "'web-' || lpad(ordinal::text, 6, '0') || '.prod.example'",
            "'fd00::' || to_hex(ordinal)")) {
      jdbc.sql(
              "update job_instance set label = %s, outcome = 'FAILED', reason = 'AUTH', fingerprint = 'alike', ended_at = now() where job_id = :job"
                  .formatted(label))
          .param("job", job)
          .update();
      Instant begin = Instant.now();
      assertThat(failures.of(job).groups().getFirst().count()).isEqualTo(100_000);
      assertThat(Duration.between(begin, Instant.now()))
          .as(label)
          .isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void a_hundred_thousand_kinds_of_failures_are_told_quickly() {
    long job = given.resolved(100_000);
    jdbc.sql(
            "update job_instance set outcome = 'FAILED', reason = 'AUTH', fingerprint = 'k' || ordinal, ended_at = now() where job_id = :job")
        .param("job", job)
        .update();
    Instant begin = Instant.now();
    Seen seen = failures.of(job);
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
    assertThat(seen.kinds()).isEqualTo(100_000);
    assertThat(seen.groups()).hasSize(Failures.MOST_GROUPS);
  }
}
