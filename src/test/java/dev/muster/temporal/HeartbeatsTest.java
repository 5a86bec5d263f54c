package dev.muster.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.workflow.ActivityPolicy;
import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.RetryOptions;
import io.temporal.common.interceptors.WorkerInterceptor;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Rows that take longer than a heartbeat's time are the work of one attempt, not of several. */
class HeartbeatsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** Any rows. */
  @ActivityInterface
  public interface Rows {
    void read();
  }

  /** Any job. */
  @WorkflowInterface
  public interface Job {
    @WorkflowMethod
    void run();
  }

  /** Two attempts at most. */
  public static final class JobImpl implements Job {
    @Override
    public void run() {
      Workflow.newActivityStub(
              Rows.class,
              ActivityOptions.newBuilder()
                  .setStartToCloseTimeout(Duration.ofMinutes(1))
                  .setHeartbeatTimeout(TIMEOUT)
                  .setRetryOptions(
                      RetryOptions.newBuilder()
                          .setInitialInterval(Duration.ofMillis(100))
                          .setMaximumAttempts(2)
                          .build())
                  .build())
          .read();
    }
  }

  @Test
  void a_slow_attempt_that_lives_is_the_only_one() {
    assertThat(attempts(new Heartbeats())).isEqualTo(1);
  }

  @Test
  void a_silent_attempt_is_taken_over() {
    assertThat(attempts()).isEqualTo(2);
  }

  private static int attempts(WorkerInterceptor... interceptors) {
    AtomicInteger attempts = new AtomicInteger();
    try (TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder().setWorkerInterceptors(interceptors).build())
                .build())) {
      Worker worker = environment.newWorker(ActivityPolicy.CONTROL);
      worker.registerWorkflowImplementationTypes(JobImpl.class);
      Rows slowAtFirst =
          () -> {
            if (attempts.incrementAndGet() == 1) {
              sleep(TIMEOUT.multipliedBy(3));
            }
          };
      worker.registerActivitiesImplementations(slowAtFirst);
      environment.start();
      environment
          .getWorkflowClient()
          .newWorkflowStub(
              Job.class, WorkflowOptions.newBuilder().setTaskQueue(ActivityPolicy.CONTROL).build())
          .run();
    }
    return attempts.get();
  }

  private static void sleep(Duration pause) {
    try {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
