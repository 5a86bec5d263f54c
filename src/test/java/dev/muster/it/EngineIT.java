package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.Behaviour;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What people and accidents do to the engine behind muster's back. */
@NeedsLab
@NeedsTemporal
class EngineIT {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String ALL =
      "{\"job_type\": \"RESTART_AGENT\", \"bk_biz_id\": [2], \"exclude_hosts\": []%s}";

  @TempDir static Path temp;
  private static Lab lab;
  private static MusterProcess muster;

  @BeforeAll
  static void start() {
    lab = Lab.start(8);
    muster = MusterProcess.start(temp.resolve("home"), Map.of());
    muster.api().importLines(Fleet.lines(lab));
  }

  @AfterAll
  static void stop() {
    muster.close();
    lab.close();
  }

  @Test
  void aJobWhoseWorkflowWasDeletedIsContinued() {
    slowly();
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL.formatted(", \"window\": 3"));
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 2);
    muster.temporal("workflow", "delete", "-w", "job/" + job);
    JsonNode details = muster.api().awaitEnd(job, SOON);
    assertThat(details.get("status").asString()).isEqualTo("SUCCESS");
    assertEveryHostStartedOnce(since);
  }

  @Test
  void aJobTerminatedInTheEngineIsStoppedWithThatReason() {
    slowly();
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL.formatted(", \"window\": 3"));
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 2);
    muster.temporal("workflow", "terminate", "-w", "job/" + job, "--reason", "wrong fleet");
    muster.api().awaitEnd(job, SOON);
    JsonNode summary = muster.api().summary(job);
    assertThat(summary.get("why").asString())
        .contains("terminated in Temporal")
        .contains("wrong fleet");
    assertThat(summary.get("status").asString()).isIn("FAILED", "PART_FAILED");
    assertThat(since.enters().size()).as("restarts begun").isLessThan(8);
    assertThat(lab.inside()).as("commands that still run").isZero();
  }

  @Test
  void aJobIsAcceptedWhileTheEngineIsAwayAndStartsOnceItIsBack() {
    lab.hosts().forEach(h -> h.behave(Behaviour.works()));
    Since since = Since.now(lab);
    ProcessHandle engine = muster.server("temporal");
    signal(engine.pid(), "STOP");
    long job;
    try {
      job = muster.api().operate(ALL.formatted(""));
      assertThat(muster.api().summary(job).get("status").asString()).isEqualTo("PENDING");
      muster.kill9();
    } finally {
      signal(engine.pid(), "CONT");
    }
    muster.start();
    JsonNode details = muster.api().awaitEnd(job, SOON);
    assertThat(details.get("status").asString()).isEqualTo("SUCCESS");
    assertEveryHostStartedOnce(since);
  }

  @Test
  void aFreshDatabaseIsNotFooledByOldRunRecords() {
    lab.hosts().forEach(h -> h.behave(Behaviour.works()));
    long first = muster.api().operate(ALL.formatted(""));
    muster.api().awaitEnd(first, SOON);
    Since since = Since.now(lab);
    try (MusterProcess fresh = MusterProcess.start(temp.resolve("fresh"), Map.of())) {
      fresh.api().importLines(Fleet.lines(lab));
      long job = fresh.api().operate(ALL.formatted(""));
      assertThat(fresh.api().awaitEnd(job, SOON).get("status").asString()).isEqualTo("SUCCESS");
      assertEveryHostStartedOnce(since);
    }
  }

  private static void slowly() {
    lab.hosts()
        .forEach(
            h -> h.behave(Behaviour.works().delayed(Duration.ofSeconds(2), Duration.ofSeconds(3))));
  }

  private static void assertEveryHostStartedOnce(Since since) {
    for (LabHost host : lab.hosts()) {
      assertThat(since.starts(host)).as("starts on host " + host.id()).isEqualTo(1);
    }
  }

  private static void signal(long pid, String signal) {
    run(List.of("kill", "-" + signal, String.valueOf(pid)));
  }

  private static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
