package dev.muster.workflow;

import dev.muster.projection.Progress;
import dev.muster.roster.Roster;
import dev.muster.step.Scouts;
import dev.muster.step.Stages;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/**
 * The timeouts and retries of every activity, and why. No schedule-to-close anywhere: an outage of
 * ours must not burn a host's tries, nor a job.
 */
public final class ActivityPolicy {

  /** The task queue of workflows and of what they ask of rows. */
  public static final String CONTROL = "muster-control";

  static final String SSH = "muster-ssh";

  /**
   * Rows of a job: a second usually, a minute for 100,000 hosts; its heartbeat tells a dead worker
   * within ten seconds. Tried again until the database answers.
   */
  private static final ActivityOptions ROWS =
      ActivityOptions.newBuilder()
          .setTaskQueue(CONTROL)
          .setStartToCloseTimeout(Duration.ofMinutes(5))
          .setHeartbeatTimeout(Duration.ofSeconds(10))
          .setRetryOptions(
              RetryOptions.newBuilder()
                  .setInitialInterval(Duration.ofSeconds(1))
                  .setMaximumInterval(Duration.ofSeconds(15))
                  .build())
          .build();

  private ActivityPolicy() {}

  static Roster roster() {
    return Workflow.newActivityStub(Roster.class, ROWS);
  }

  static Progress progress() {
    return Workflow.newActivityStub(Progress.class, ROWS);
  }

  /** A hint that is not worth a second attempt. */
  static Scouts scouts() {
    return Workflow.newActivityStub(
        Scouts.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(SSH)
            .setStartToCloseTimeout(Duration.ofMinutes(1))
            .setScheduleToStartTimeout(Duration.ofMinutes(1))
            .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
            .build());
  }

  /**
   * One host. An attempt may last as long as its steps, which end themselves; its heartbeat tells a
   * dead worker within ten seconds. A stage names the delay of its own retries.
   */
  static Stages stage(String summary) {
    return Workflow.newActivityStub(
        Stages.class,
        ActivityOptions.newBuilder()
            .setTaskQueue(SSH)
            .setStartToCloseTimeout(Duration.ofHours(6))
            .setHeartbeatTimeout(Duration.ofSeconds(Stages.HEARTBEAT_SECONDS * 5L))
            .setCancellationType(ActivityCancellationType.TRY_CANCEL)
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofSeconds(1))
                    .setMaximumInterval(Duration.ofSeconds(30))
                    .build())
            .setSummary(summary)
            .build());
  }
}
