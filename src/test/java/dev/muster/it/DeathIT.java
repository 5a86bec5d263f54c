package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.Behaviour;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.local.NeedsTemporal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Processes die in the middle of a job. Each host is restarted once, none is lost, and nobody has
 * to lend a hand; the hosts' own ledgers are the judge.
 */
@NeedsLab
@NeedsTemporal
class DeathIT {

  private static final int HOSTS = 28;
  private static final Duration SOON = Duration.ofMinutes(3);
  private static final String ALL =
      "{\"job_type\": \"RESTART_AGENT\", \"bk_biz_id\": [2], \"exclude_hosts\": []}";

  @TempDir static Path home;
  private static Lab lab;
  private static MusterProcess muster;

  @BeforeAll
  static void start() {
    lab = Lab.start(HOSTS);
    muster = MusterProcess.start(home, Map.of());
    muster.api().importLines(Fleet.lines(lab));
  }

  @AfterAll
  static void stop() {
    muster.close();
    lab.close();
  }

  @BeforeEach
  void musterIsUpAndRestartsTakeTwoToFiveSeconds() {
    if (!muster.alive()) {
      muster.start();
    }
    restartsTake(2, 5);
  }

  private static void restartsTake(int least, int most) {
    lab.hosts()
        .forEach(
            h ->
                h.behave(
                    Behaviour.works()
                        .delayed(Duration.ofSeconds(least), Duration.ofSeconds(most))));
  }

  @Test
  void musterKilledThreeTimesWhileCommandsRun() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL.replace("}", ", \"window\": 8}"));
    for (int kill = 1; kill <= 3; kill++) {
      int inside = 5 + random.nextInt(2);
      Awaitility.await("commands inside, before kill " + kill)
          .atMost(SOON)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> lab.inside() >= inside);
      muster.kill9();
      assertThat(lab.inside()).as("commands in flight at kill " + kill).isGreaterThanOrEqualTo(1);
      muster.start();
    }
    everyHostSucceededOnce(since, job);
  }

  @ParameterizedTest
  @EnumSource(value = DyingMuster.Point.class, names = "FORGETS", mode = EnumSource.Mode.EXCLUDE)
  void musterKilledAtAPointOfTheProtocol(DyingMuster.Point point) {
    muster.terminate();
    muster.start(DyingMuster.class, Map.of("dies.at", point.name()));
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL);
    Awaitility.await("death at " + point).atMost(SOON).until(() -> !muster.alive());
    muster.start();
    everyHostSucceededOnce(since, job);
  }

  @ParameterizedTest
  @ValueSource(strings = {"temporal", "postgres"})
  void aServerKilledWhileCommandsRun(String server) {
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL);
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 5);
    long pid = muster.server(server).pid();
    muster.server(server).destroyForcibly();
    everyHostSucceededOnce(since, job);
    assertThat(muster.server(server).pid()).isNotEqualTo(pid);
  }

  @Test
  void aClosingMusterHandsOver() {
    restartsTake(15, 20);
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL);
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 5);
    muster.terminate();
    assertThat(lab.inside()).as("commands go on").isGreaterThanOrEqualTo(1);
    muster.start();
    everyHostSucceededOnce(since, job);
  }

  @Test
  void withoutItsMemoryTheSameDeathWouldRestartHostsTwice() {
    muster.terminate();
    muster.start(DyingMuster.class, Map.of("dies.at", "FORGETS"));
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL);
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 5);
    muster.kill9();
    muster.start(DyingMuster.class, Map.of("dies.at", "FORGETS"));
    muster.api().awaitEnd(job, SOON);
    int starts = since.starts().values().stream().mapToInt(Integer::intValue).sum();
    muster.terminate();
    muster.start();
    assertThat(starts).as("starts that the ledger shows").isGreaterThan(HOSTS);
  }

  @Test
  void aLinkThatGoesSilentIsWaitedForAndTheCommandIsNotRepeated() {
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL);
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 10);
    lab.hosts().subList(0, 5).forEach(h -> h.link(false));
    Awaitility.await()
        .pollDelay(Duration.ofSeconds(5))
        .atMost(Duration.ofSeconds(10))
        .until(() -> true);
    lab.hosts().subList(0, 5).forEach(h -> h.link(true));
    everyHostSucceededOnce(since, job);
  }

  private static void everyHostSucceededOnce(Since since, long job) {
    JsonNode details = muster.api().awaitEnd(job, SOON);
    String failures =
        details.get("list").values().stream()
            .filter(r -> !r.get("status").asString().equals("SUCCESS"))
            .map(JsonNode::toString)
            .collect(Collectors.joining("\n"));
    assertThat(details.get("status").asString()).as(failures).isEqualTo("SUCCESS");
    for (LabHost host : lab.hosts()) {
      assertThat(since.starts(host)).as("starts on host " + host.id()).isEqualTo(1);
    }
  }
}
