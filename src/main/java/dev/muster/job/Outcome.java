package dev.muster.job;

/**
 * What became of one host's part in a job. The detail is a sentence for the operator: bounded, one
 * line, without secrets.
 */
public sealed interface Outcome {

  /** Every step was done and its effect was seen. */
  record Succeeded() implements Outcome {}

  record Failed(Reason reason, String detail) implements Outcome {}

  /**
   * The host could not be reached, or not for long enough.
   *
   * @param reason one that says so
   */
  record Unreachable(Reason reason, String detail) implements Outcome {}

  /** A step ran over its time and was ended. */
  record TimedOut(String detail) implements Outcome {}

  /** Nothing was touched, on purpose. */
  record Skipped(Reason reason, String detail) implements Outcome {}

  /** The job was stopped; the proof says what that meant for this host. */
  record Stopped(Proof proof, String detail) implements Outcome {}

  /** What becomes of a host that is given up for this reason. */
  static Outcome givenUp(Reason reason, String detail) {
    if (reason.unreachable()) {
      return new Unreachable(reason, detail);
    }
    return reason.countsAsFailure() ? new Failed(reason, detail) : new Skipped(reason, detail);
  }
}
