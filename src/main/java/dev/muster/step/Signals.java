package dev.muster.step;

/** What reaches a running stage from outside. */
interface Signals {

  /** The gate is closed: start nothing, end what runs. */
  boolean stopped();

  /** The stage itself found the gate closed. */
  void stop();

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
}
