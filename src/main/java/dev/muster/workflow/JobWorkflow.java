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
   * Verbs were said to the job, up to this version of its row. The row is what holds; this only
   * makes the workflow look at it at once.
   *
   * @param version one that was heeded before is rejected and leaves no event
   */
  @UpdateMethod(name = "told")
  void told(long version);

  @UpdateValidatorMethod(updateName = "told")
  void validateTold(long version);

  /** What is not a verb has changed in the rows: the job's share, or a hold over its area. */
  @SignalMethod(name = "look")
  void look();

  /** A wave gives so many slots back, and could use so many more. */
  @SignalMethod(name = "balance")
  void balance(int wave, int back, int more);

  /** The number of the job. */
  record JobInput(long job) {}

  record JobResult(String state, int succeeded, int failed, int skipped) {}
}
