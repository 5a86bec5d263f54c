package dev.muster.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a job is carried through.
 *
 * @param window hosts at once
 * @param onBusy what is done about a host that another job holds
 * @param waits how long hosts, and the job, may take
 * @param version of the package that hosts are given; null is the latest
 */
public record JobOptions(
    int window, RetryFailed retryFailed, OnBusy onBusy, Waits waits, @Nullable String version) {

  public static final JobOptions DEFAULT = new JobOptions(Limits.WINDOW, RetryFailed.NONE);

  public JobOptions {
    if (window < 1 || window > Limits.WIDEST_WINDOW) {
      throw new IllegalArgumentException(
          "window is %d, it must be 1 to %d".formatted(window, Limits.WIDEST_WINDOW));
    }
  }

  public JobOptions(int window, RetryFailed retryFailed) {
    this(window, retryFailed, OnBusy.QUEUE, Waits.NONE, null);
  }

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
      if (after.isNegative() || after.compareTo(Limits.LONGEST_WAIT) > 0) {
        throw new IllegalArgumentException(
            "retry_failed.after is %s, it must be PT0S to %s"
                .formatted(after, Limits.LONGEST_WAIT));
      }
    }
  }

  /** What is done about a host that another job holds. */
  public enum OnBusy {
    /** It waits for its turn. */
    QUEUE,
    /** It is skipped. */
    SKIP,
    /** The job is refused; a host that becomes busy afterwards is skipped. */
    REJECT
  }

  /**
   * How long is waited.
   *
   * @param offline for a host that does not answer at its turn, counted from its turn
   * @param host for the whole of one host, counted from its turn; null is no limit
   * @param job for the whole job, counted from its acceptance; null is no limit
   */
  public record Waits(Duration offline, @Nullable Duration host, @Nullable Duration job) {

    public static final Waits NONE = new Waits(Duration.ZERO, null, null);
  }
}
