package dev.muster.local;

/**
 * Muster cannot start a local server, and only the operator can change that.
 *
 * <p>The message is the whole report: one line that says what is wrong and what to do.
 */
public final class LocalServerRefusal extends RuntimeException {

  LocalServerRefusal(String line) {
    super(line);
  }

  LocalServerRefusal(String line, Throwable cause) {
    super(line, cause);
  }
}
