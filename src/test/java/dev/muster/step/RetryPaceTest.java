package dev.muster.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPaceTest {

  private static final Duration WANTED = Duration.ofSeconds(4);

  private long now = -5_000_000_000L;

  @Test
  void a_wait_is_what_was_wanted_a_half_more_or_less() {
    RetryPace pace = new RetryPace(() -> now, new Random(7)::nextDouble);
    assertThat(IntStream.range(0, 100).mapToObj(i -> pace.next(i, WANTED)))
        .allMatch(wait -> wait.toMillis() >= 2_000 && wait.toMillis() <= 6_000)
        .doesNotHaveDuplicates();
  }

  @Test
  void an_area_that_fails_as_a_whole_comes_back_a_few_hosts_at_a_time() {
    RetryPace pace = new RetryPace(() -> now, new Random(7)::nextDouble);
    Map<Long, Long> perSecond =
        IntStream.range(0, 5_000)
            .mapToObj(i -> now + pace.next(3, WANTED).toNanos())
            .collect(
                Collectors.groupingBy(
                    at -> Math.floorDiv(at, 1_000_000_000L), Collectors.counting()));
    assertThat(perSecond.values()).allMatch(hosts -> hosts <= RetryPace.IN_A_SECOND);
    assertThat(perSecond).hasSizeLessThanOrEqualTo(5_000 / RetryPace.IN_A_SECOND + 5);
  }

  @Test
  void one_area_does_not_wait_for_another_nor_for_the_past() {
    RetryPace pace = new RetryPace(() -> now, () -> 0.5);
    IntStream.range(0, 5_000).forEach(i -> pace.next(3, WANTED));
    assertThat(pace.next(4, WANTED)).isEqualTo(WANTED);
    now += Duration.ofMinutes(5).toNanos();
    assertThat(pace.next(3, WANTED)).isEqualTo(WANTED);
  }

  @Test
  void a_long_wait_does_not_hold_up_short_ones() {
    RetryPace pace = new RetryPace(() -> now, () -> 0.5);
    pace.next(3, Duration.ofHours(1));
    assertThat(pace.next(3, WANTED)).isEqualTo(WANTED);
  }
}
