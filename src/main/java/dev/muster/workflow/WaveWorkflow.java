package dev.muster.workflow;

import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Works on at most 500 hosts of a job, a few at once. Its id is {@code job/<id>/wave/<n>}. */
@WorkflowInterface
public interface WaveWorkflow {

  @WorkflowMethod(name = "Wave")
  WaveResult run(WaveInput input);

  /** So many more hosts may be worked on at once. */
  @SignalMethod(name = "widen")
  void widen(int slots);

  /** So many slots are to be given back, as soon as no host is at work in them. */
  @SignalMethod(name = "narrow")
  void narrow(int slots);

  /** No further host is begun until the wave is to go on. */
  @SignalMethod(name = "hold")
  void hold();

  /**
   * Goes on, and looks at its part of the roster again: hosts of it may have been opened or ended
   * by others, and none has a reason to wait any longer.
   */
  @SignalMethod(name = "goOn")
  void goOn();

  /** No further host is begun; the wave ends with those that are at work. */
  @SignalMethod(name = "halt")
  void halt();

  /**
   * A part of a job.
   *
   * @param from first ordinal
   * @param to last ordinal
   * @param slots hosts at once, to begin with
   * @param wanted slots that the job knows to be of use besides
   * @param owed slots that the job wants back
   * @param held begins no host until it is to go on
   */
  record WaveInput(
      long job, int wave, int from, int to, int slots, int wanted, int owed, boolean held) {}

  /** How many hosts have their outcome now, and how many have not. */
  record WaveResult(int done, int left) {}
}
