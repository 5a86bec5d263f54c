package dev.muster.step;

/**
 * This attempt ends without an outcome; another one goes on with the host. Never burns a host's
 * tries.
 */
final class HandOverException extends RuntimeException {

  HandOverException(String message) {
    super(message);
  }
}
