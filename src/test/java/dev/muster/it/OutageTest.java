package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.history.v1.WorkflowExecutionStartedEventAttributes;
import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An outage of muster of 31 minutes, simulated in what the engine was told: in no recorded history
 * is there a limit that such an outage would spend. What an attempt loses by its heartbeat is tried
 * again without end, and DeathIT shows that the further attempt finds the host as the last one left
 * it.
 */
class OutageTest {

  private static final long OUTAGE_SECONDS = 31 * 60;

  static List<Path> histories() throws IOException {
    return ReplayTest.histories();
  }

  @ParameterizedTest
  @MethodSource("histories")
  void spendsNoLimitOfAJob(Path history) throws Exception {
    for (HistoryEvent event :
        WorkflowExecutionHistory.fromJson(Files.readString(history)).getEvents()) {
      if (event.getEventType() == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED) {
        WorkflowExecutionStartedEventAttributes started =
            event.getWorkflowExecutionStartedEventAttributes();
        assertOutlasts(started.getWorkflowExecutionTimeout());
        assertOutlasts(started.getWorkflowRunTimeout());
      }
      if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
        ActivityTaskScheduledEventAttributes scheduled =
            event.getActivityTaskScheduledEventAttributes();
        if (scheduled.getActivityType().getName().equals("Scout")) {
          // A hint: without it, hosts that do not answer have their turn among the others.
          continue;
        }
        assertOutlasts(scheduled.getScheduleToCloseTimeout());
        assertOutlasts(scheduled.getScheduleToStartTimeout());
        assertThat(scheduled.getRetryPolicy().getMaximumAttempts())
            .as("unlimited attempts")
            .isZero();
        assertThat(scheduled.getRetryPolicy().getNonRetryableErrorTypesList()).isEmpty();
      }
    }
  }

  /** Zero is no limit; the engine writes its own largest value where none was set. */
  private static void assertOutlasts(Duration limit) {
    assertThat(Durations.toSeconds(limit))
        .satisfiesAnyOf(
            s -> assertThat(s).isZero(), s -> assertThat(s).isGreaterThan(OUTAGE_SECONDS));
  }
}
