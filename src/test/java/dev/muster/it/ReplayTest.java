package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.workflow.JobWorkflowImpl;
import dev.muster.workflow.WaveWorkflowImpl;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.WorkflowReplayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every history that a release has left behind is replayed by the code of today. */
class ReplayTest {

  private static final Path HISTORIES = Path.of("src/test/resources/histories");

  static List<Path> histories() throws IOException {
    try (Stream<Path> files = Files.walk(HISTORIES)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
  }

  @Test
  void thereIsAHistoryOfEveryScenario() throws IOException {
    assertThat(histories()).hasSizeGreaterThanOrEqualTo(6);
  }

  @ParameterizedTest
  @MethodSource("histories")
  void replays(Path history) throws Exception {
    replay(Files.readString(history));
  }

  @Test
  void aHistoryOfOtherCodeIsNoticed() throws IOException {
    Path job =
        histories().stream().filter(f -> f.toString().contains("Job")).findFirst().orElseThrow();
    String other = Files.readString(job).replace("\"Resolve\"", "\"Guess\"");
    assertThatThrownBy(() -> replay(other)).hasStackTraceContaining("NonDeterministic");
  }

  private static void replay(String history) throws Exception {
    WorkflowReplayer.replayWorkflowExecution(
        WorkflowExecutionHistory.fromJson(history), JobWorkflowImpl.class, WaveWorkflowImpl.class);
  }
}
