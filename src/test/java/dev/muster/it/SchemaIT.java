package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API does what its document says, whatever is sent to it. */
@NeedsTemporal
@NeedsSchemathesis
class SchemaIT {

  private static final Path HOOKS =
      Path.of("src/test/resources/schemathesis/hooks.py").toAbsolutePath();

  @TempDir static Path home;

  /**
   * Hosts at closed ports, so that jobs of any kind may be asked for; the fixed order of cases
   * makes a failure repeatable.
   */
  @Test
  void nothingThatIsSentMakesItBreakOrAnswerOtherThanDocumented() throws Exception {
    try (MusterProcess muster = MusterProcess.start(home, Map.of())) {
      muster.api().importLines(fleet());
      muster.api().operate("{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [1, 2]}");
      assertThat(attack(muster)).as(() -> read(report())).isZero();
      assertThat(read(report())).contains("Stateful", "passed");
      assertThat(muster.logText()).as("what only we can be blamed for").doesNotContain(" ERROR ");
    }
  }

  private static String fleet() {
    return IntStream.rangeClosed(1, 20)
        .mapToObj(
            i ->
                """
                {"bk_host_id": %1$d, "bk_biz_id": 2, "inner_ip": "127.0.0.%1$d", "port": 1, "os_type": "LINUX"}
                {"kind": "process", "bk_host_id": %1$d, "proc_type": "AGENT", "name": "gse_agent"}
                """
                    .formatted(i))
        .collect(Collectors.joining());
  }

  private static Path report() {
    return home.resolve("schemathesis.txt");
  }

  /** The stream never ends and so has no answer to check. */
  private static int attack(MusterProcess muster) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            NeedsSchemathesis.Executable.path().toString(),
            "run",
            muster.api().base() + "/api/openapi.yaml",
            "--exclude-operation-id=stream",
            "--checks=not_a_server_error,status_code_conformance,content_type_conformance,"
                + "response_schema_conformance",
            "--max-examples=30",
            "--generation-deterministic",
            "--no-color");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(report().toFile());
    builder.environment().put("SCHEMATHESIS_HOOKS", HOOKS.toString());
    Process process = builder.start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends in time").isTrue();
    return process.exitValue();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "no report: " + e;
    }
  }
}
