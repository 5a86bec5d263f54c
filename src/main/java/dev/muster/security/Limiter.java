package dev.muster.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.Optional;

/** How often each of many may do something; those that were quiet for longest are forgotten. */
final class Limiter {

  /** Whoever may ask from so many places at once has other ways to be a nuisance. */
  private static final int MOST = 10_000;

  private final int times;
  private final Duration per;
  private final Cache<String, Bucket> buckets;

  Limiter(int times, Duration per) {
    this.times = times;
    this.per = per;
    this.buckets =
        Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(per.plusSeconds(1)).build();
  }

  /** Counts once; if that was too often, answers how long to wait. */
  Optional<Duration> take(String who) {
    ConsumptionProbe probe = bucket(who).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  /** Takes back one count. */
  void giveBack(String who) {
    bucket(who).addTokens(1);
  }

  private Bucket bucket(String who) {
    return buckets.get(
        who,
        key ->
            Bucket.builder()
                .addLimit(limit -> limit.capacity(times).refillGreedy(times, per))
                .build());
  }
}
