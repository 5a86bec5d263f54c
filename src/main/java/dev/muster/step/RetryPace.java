package dev.muster.step;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * When a host of a cloud area is tried again: after about as long as wanted, by chance up to a half
 * more or less, and never with more than {@link #IN_A_SECOND} others of its area in the same
 * second. An area that comes back is not met by the retries of all its hosts at once.
 */
final class RetryPace {

  /** What the sshd of one proxy takes in beside its other work. */
  static final int IN_A_SECOND = 50;

  private static final long SECOND = 1_000_000_000;

  private final Map<Long, Map<Long, Integer>> reserved = new HashMap<>();
  private final LongSupplier nanos;
  private final DoubleSupplier chance;

  /**
   * @param nanos a clock that only grows
   * @param chance evenly from 0 to 1
   */
  RetryPace(LongSupplier nanos, DoubleSupplier chance) {
    this.nanos = nanos;
    this.chance = chance;
  }

  /** How long to wait before the next try, whose place is reserved by asking. */
  synchronized Duration next(long cloud, Duration wanted) {
    long now = nanos.getAsLong();
    long at = now + (long) (wanted.toNanos() * (0.5 + chance.getAsDouble()));
    Map<Long, Integer> seconds = reserved.computeIfAbsent(cloud, c -> new HashMap<>());
    seconds.keySet().removeIf(second -> second < Math.floorDiv(now, SECOND));
    while (seconds.getOrDefault(Math.floorDiv(at, SECOND), 0) >= IN_A_SECOND) {
      at += SECOND;
    }
    seconds.merge(Math.floorDiv(at, SECOND), 1, Integer::sum);
    return Duration.ofNanos(at - now);
  }
}
