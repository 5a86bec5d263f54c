package dev.muster.step;

/**
 * What a heartbeat carries: how far the output of a step was read. Only a hint; the truth is on the
 * host.
 */
record Hint(int step, int execution, long offset) {

  static final Hint NONE = new Hint(-1, 0, 0);

  long offsetOf(int ofStep, int ofExecution) {
    return step == ofStep && execution == ofExecution ? offset : 0;
  }
}
