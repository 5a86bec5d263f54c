package dev.muster.workflow;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/**
 * Carries one job through. Its id is {@code job/<id>}; it can be entered again at any time, for
 * everything it knows is in the roster: first start, retry, sweeper and restore are the same start.
 */
@WorkflowInterface
public interface JobWorkflow {

  @WorkflowMethod(name = "Job")
  JobResult run(JobInput input);

  /**
   * The gate of the job was closed. The row is the stop; this only makes the workflow look at once.
   *
   * @param version of the control row; one that was heeded before is rejected and leaves no event
   */
  @UpdateMethod(name = "stop")
  void stop(long version);

  @UpdateValidatorMethod(updateName = "stop")
  void validateStop(long version);

  /** A wave has begun its last host and keeps this many slots until it ends. */
  @SignalMethod(name = "exhausted")
  void exhausted(int wave, int slots);

  /** The number of the job. */
  record JobInput(long job) {}

  record JobResult(String state, int succeeded, int failed, int skipped) {}
}
