package dev.muster.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The one table of retries. */
class ReasonTest {

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_says_what_it_means_and_what_can_be_done(Reason reason) {
    assertThat(reason.meaning()).matches("\\p{L}.+\\.");
    assertThat(reason.hint()).matches("\\p{Lu}.+\\.");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_has_a_limit_and_waits_a_minute_at_most(Reason reason) {
    assertThat(reason.tries()).isBetween(1, 100);
    Duration last = Duration.ZERO;
    for (int attempt = 1; attempt < 100; attempt++) {
      Duration delay = reason.delayAfter(attempt);
      assertThat(delay).isBetween(last, Duration.ofMinutes(1));
      last = delay;
    }
    assertThat(last.isZero())
        .as("only what is never tried again has no wait")
        .isEqualTo(reason.permanent());
  }

  @Test
  void what_another_try_cannot_change_is_permanent() {
    assertThat(Stream.of(Reason.values()).filter(Reason::permanent))
        .contains(
            Reason.AUTH,
            Reason.HOST_KEY,
            Reason.PRIVILEGE,
            Reason.EXIT_CODE,
            Reason.VERIFY,
            Reason.TIMEOUT,
            Reason.UNKNOWN,
            Reason.STOPPED,
            Reason.NO_PROFILE,
            Reason.OS_NOT_SUPPORTED)
        .doesNotContain(Reason.CONNECT, Reason.LINK, Reason.BUSY, Reason.ENGINE);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void waits_double_up_to_a_minute(Reason reason) {
    long first = reason.delayAfter(1).toSeconds();
    assertThat(IntStream.rangeClosed(1, 7).mapToObj(n -> reason.delayAfter(n).toSeconds()))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 7).mapToObj(n -> Math.min(first << (n - 1), 60)).toList());
  }

  @Test
  void an_attempt_that_cannot_be_waits_like_the_first() {
    assertThat(Reason.CONNECT.delayAfter(0)).isEqualTo(Reason.CONNECT.delayAfter(1));
    assertThat(Reason.CONNECT.delayAfter(-5)).isEqualTo(Reason.CONNECT.delayAfter(1));
    assertThat(Reason.CONNECT.delayAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(1));
  }
}
