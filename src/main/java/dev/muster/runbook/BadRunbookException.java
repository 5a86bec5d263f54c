package dev.muster.runbook;

/** A runbook, a profile or a host's profile text is wrong; the message says where and why. */
public final class BadRunbookException extends RuntimeException {

  public BadRunbookException(String message) {
    super(message);
  }
}
