package dev.muster.transport;

import dev.muster.job.Reason;

/** The host could not be reached or understood; the reason decides what is done about it. */
public final class TransportException extends Exception {

  private final Reason reason;

  public TransportException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
