package dev.muster.job;

/**
 * How a job is carried through.
 *
 * @param window hosts at once
 */
public record JobOptions(int window, RetryFailed retryFailed) {

  public static final JobOptions DEFAULT = new JobOptions(Limits.WINDOW, RetryFailed.NONE);

  public JobOptions {
    if (window < 1 || window > Limits.WIDEST_WINDOW) {
      throw new IllegalArgumentException(
          "window is %d, it must be 1 to %d".formatted(window, Limits.WIDEST_WINDOW));
    }
  }
}
