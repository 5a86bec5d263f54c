package dev.muster.workflow;

import dev.muster.temporal.TemporalConfiguration;
import dev.muster.workflow.JobWorkflow.JobInput;
import dev.muster.workflow.JobWorkflow.JobResult;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.util.Optional;

/**
 * Our workflows on an engine in memory that skips time. Nothing is cached, so that every task
 * replays its workflow from the start.
 */
final class Engine implements AutoCloseable {

  private final TestWorkflowEnvironment environment;

  private Engine(TestWorkflowEnvironment environment) {
    this.environment = environment;
  }

  static Engine with(FakeFleet fleet) {
    return with(fleet, JobWorkflowImpl.class);
  }

  /** With another workflow in the place of the job's. */
  static Engine with(FakeFleet fleet, Class<? extends JobWorkflow> job) {
    TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(TemporalConfiguration.payloads())
                        .build())
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder().setWorkflowCacheSize(0).build())
                .build());
    fleet.tellsTimeBy(environment::currentTimeMillis);
    Worker control = environment.newWorker(ActivityPolicy.CONTROL);
    control.registerWorkflowImplementationTypes(job, WaveWorkflowImpl.class);
    control.registerActivitiesImplementations(fleet);
    Worker ssh =
        environment.newWorker(
            ActivityPolicy.SSH,
            WorkerOptions.newBuilder()
                .setMaxConcurrentActivityExecutionSize(1_000)
                .setUsingVirtualThreadsOnActivityWorker(true)
                .build());
    ssh.registerActivitiesImplementations(fleet);
    environment.start();
    return new Engine(environment);
  }

  /** Starts a job and leaves it running. */
  WorkflowStub start(long job) {
    JobWorkflow workflow =
        environment
            .getWorkflowClient()
            .newWorkflowStub(
                JobWorkflow.class,
                WorkflowOptions.newBuilder()
                    .setWorkflowId("job/" + job)
                    .setTaskQueue(ActivityPolicy.CONTROL)
                    .build());
    WorkflowClient.start(workflow::run, new JobInput(job));
    return WorkflowStub.fromTyped(workflow);
  }

  /** Carries a job to its end. */
  JobResult carry(long job) {
    return start(job).getResult(JobResult.class);
  }

  /** How many runs a workflow had: more than one when it continued as new. */
  int runs(String workflow) {
    int runs = 1;
    Optional<String> run = Optional.empty();
    while (true) {
      HistoryEvent begin =
          environment
              .getWorkflowClient()
              .fetchHistory(workflow, run.orElse(""))
              .getEvents()
              .getFirst();
      String before =
          begin.getWorkflowExecutionStartedEventAttributes().getContinuedExecutionRunId();
      if (before.isEmpty()) {
        return runs;
      }
      run = Optional.of(before);
      runs++;
    }
  }

  @Override
  public void close() {
    environment.close();
  }
}
