package dev.muster.job;

import java.time.Duration;

/**
 * Rounds that retry the failed hosts by themselves.
 *
 * @param rounds how many, 0 for none
 * @param after how long to wait before each
 */
public record RetryFailed(int rounds, Duration after) {

  public static final RetryFailed NONE = new RetryFailed(0, Duration.ZERO);

  public RetryFailed {
    if (rounds < 0 || rounds > Limits.RETRY_ROUNDS) {
      throw new IllegalArgumentException(
          "retry_failed.rounds is %d, it must be 0 to %d".formatted(rounds, Limits.RETRY_ROUNDS));
    }
    if (after.isNegative() || after.compareTo(Limits.RETRY_AFTER) > 0) {
      throw new IllegalArgumentException(
          "retry_failed.after is %s, it must be PT0S to %s".formatted(after, Limits.RETRY_AFTER));
    }
  }
}
