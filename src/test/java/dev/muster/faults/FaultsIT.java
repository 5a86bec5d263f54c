package dev.muster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.NeedsLab;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything fails at random, and every promise holds. {@code mvn -Pfaults verify} runs it for
 * longer; {@code src/docs/faults.md} says how, and what came of it so far.
 */
@NeedsLab
@NeedsTemporal
class FaultsIT {

  private static final int HOSTS = 24;
  private static final int CLIENTS = 10;
  private static final Duration GRACE = Duration.ofMinutes(5);

  @TempDir private Path home;

  @Test
  void nothingIsLostNothingIsDoneTwiceAndEverythingEnds() throws IOException {
    long seed = Long.getLong("faults.seed", new Random().nextInt(1_000_000));
    System.out.println("faults.seed=" + seed);
    FaultRun.Result result =
        FaultRun.run(
            new FaultRun.Order(
                seed,
                Way.valueOf(System.getProperty("faults.over", "ssh").toUpperCase(Locale.ROOT)),
                Integer.getInteger("faults.hosts", HOSTS),
                Integer.getInteger("faults.clients", CLIENTS),
                Duration.ofSeconds(
                    Math.round(60 * Double.parseDouble(System.getProperty("faults.minutes", "1")))),
                GRACE,
                Optional.empty()),
            home);
    FaultReport report = FaultReport.of(result);
    System.out.println(report.row());
    System.out.println(result.faults());
    System.out.println(outcomes(result));
    Optional.ofNullable(System.getProperty("faults.report"))
        .ifPresent(file -> report.mergeInto(Path.of(file)));
    assertThat(result.failures()).as("faults that could not be brought about").isEmpty();
    assertThat(result.violations()).as("with faults.seed=" + seed).isEmpty();
    assertThat(result.evidence().executions()).as("commands").isNotEmpty();
  }

  /** How many hosts of jobs ended how. */
  private static Map<String, Long> outcomes(FaultRun.Result result) {
    return result.evidence().jobs().stream()
        .flatMap(job -> job.rows().values().stream())
        .collect(
            Collectors.groupingBy(
                row -> (row.status() + " " + row.reason() + " " + row.proof()).strip(),
                TreeMap::new,
                Collectors.counting()));
  }

  @ParameterizedTest
  @EnumSource
  void withoutASafeguardTheJudgesNotice(RunnerMutant mutant) throws IOException {
    FaultRun.Result result =
        FaultRun.run(
            new FaultRun.Order(
                1, Way.SSH, 6, 3, Duration.ofSeconds(15), Duration.ZERO, Optional.of(mutant)),
            home);
    System.out.println(mutant + ": " + result.violations().stream().limit(3).toList());
    assertThat(result.violations()).extracting(Violation::kind).contains(Violation.Kind.DUPLICATE);
  }
}
