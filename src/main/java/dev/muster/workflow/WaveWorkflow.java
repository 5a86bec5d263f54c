package dev.muster.workflow;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Works on at most 500 hosts of a job, a few at once. Its id is {@code job/<id>/wave/<n>}. */
@WorkflowInterface
public interface WaveWorkflow {

  @WorkflowMethod(name = "Wave")
  WaveResult run(WaveInput input);

  /** More hosts may be worked on at once. */
  @SignalMethod(name = "widen")
  void widen(int slots);

  /** No further host is begun; those at work end by themselves, for their gate is closed. */
  @SignalMethod(name = "halt")
  void halt();

  /**
   * A part of a job.
   *
   * @param from first ordinal
   * @param to last ordinal
   * @param slots hosts at once, to begin with
   */
  record WaveInput(long job, int wave, int from, int to, int slots) {}

  /**
   * How many hosts have their outcome now, and how many were not begun because the job was stopped.
   */
  record WaveResult(int done, int left) {}
}
