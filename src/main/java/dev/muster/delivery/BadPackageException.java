package dev.muster.delivery;

/** An archive that is not taken; the message says what is wrong with it, for people. */
public final class BadPackageException extends Exception {

  BadPackageException(String message) {
    super(message);
  }
}
