package dev.muster.step;

import dev.muster.job.Verb.Mode;
import dev.muster.roster.Gate;

/** What reaches a running stage from outside. */
interface Signals {

  /** The newest that is known of the gate. */
  Gate gate();

  /** The stage itself has read the gate. */
  void gate(Gate newest);

  /** Nothing may be started any more, and the host's part is to be ended. */
  default boolean stopped() {
    return gate() instanceof Gate.Stopped;
  }

  /** What runs is to be ended. */
  default boolean cut() {
    return switch (gate()) {
      case Gate.Open open -> false;
      case Gate.Late late -> false;
      case Gate.Held held -> held.cut();
      case Gate.Stopped stopped -> stopped.mode() == Mode.KILL;
    };
  }

  /**
   * To be called often.
   *
   * @throws HandOverException if another attempt goes on with this host
   */
  void check();

  /** How far the last attempt had read the output. */
  Hint hint();

  /** How far the output was read, for the next attempt. */
  void hint(Hint newest);

  /**
   * What a heartbeat carries: how far the output of a step was read. Only a hint; the truth is on
   * the host.
   */
  record Hint(int step, int execution, long offset) {

    static final Hint NONE = new Hint(-1, 0, 0);

    long offsetOf(int ofStep, int ofExecution) {
      return step == ofStep && execution == ofExecution ? offset : 0;
    }
  }
}
