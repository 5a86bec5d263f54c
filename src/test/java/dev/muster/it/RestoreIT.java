package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.Behaviour;
import dev.muster.lab.Behaviour.Kind;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Yesterday's database: what was done since is known by the hosts alone. */
@NeedsLab
@NeedsTemporal
class RestoreIT {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String ALL = "{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [1, 2, 3]}";
  private static final String RETRY = "{\"instance_id_list\": []}";

  @TempDir private Path temp;

  @Test
  void aRetryAfterARestoreRunsNothingAgainThatTheHostsKnowToBeDone() throws Exception {
    try (Lab lab = Lab.start(3);
        MusterProcess muster = MusterProcess.start(temp.resolve("home"), Map.of())) {
      muster.api().importLines(Fleet.lines(lab));
      lab.host(2).behave(Behaviour.of(Kind.FAIL));
      long job = muster.api().operate(ALL);
      muster.api().awaitEnd(job, SOON);
      muster.terminate();
      Path data = temp.resolve("home/pg/data");
      Path yesterday = temp.resolve("yesterday");
      shell("cp", "-a", data.toString(), yesterday.toString());
      muster.start();
      lab.host(2).behave(Behaviour.works());
      retried(muster, job);
      assertThat(enters(lab)).containsExactly(1, 2, 1);
      muster.terminate();
      shell("rm", "-rf", data.toString());
      shell("mv", yesterday.toString(), data.toString());
      muster.start();
      assertThat(muster.api().details(job).get("status").asString())
          .as("as it was yesterday")
          .isEqualTo("PART_FAILED");

      retried(muster, job);
      assertThat(enters(lab)).containsExactly(1, 2, 1);
    }
  }

  private static void retried(MusterProcess muster, long job) {
    JsonNode answer = muster.api().post("/api/job/" + job + "/retry/", RETRY);
    assertThat(answer.get("code").asInt()).as(answer.toString()).isZero();
    assertThat(muster.api().awaitEnd(job, SOON).get("status").asString()).isEqualTo("SUCCESS");
  }

  /** How many restarts began on each host. */
  private static List<Integer> enters(Lab lab) {
    return lab.hosts().stream().map(LabHost::ledger).map(ledger -> ledger.enters().size()).toList();
  }

  private static void shell(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
