package dev.muster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.job.JobOptions.RetryFailed;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobOptionsTest {

  @Test
  void a_hundred_hosts_at_once_and_no_rounds_by_default() {
    assertThat(JobOptions.DEFAULT)
        .isEqualTo(new JobOptions(100, new RetryFailed(0, Duration.ZERO)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 512})
  void a_window_within_its_limits_is_taken(int window) {
    assertThat(new JobOptions(window, RetryFailed.NONE).window()).isEqualTo(window);
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 513, Integer.MAX_VALUE})
  void a_window_beyond_its_limits_is_refused_with_them(int window) {
    assertThatThrownBy(() -> new JobOptions(window, RetryFailed.NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window is " + window + ", it must be 1 to 512");
  }

  @ParameterizedTest(name = "{0} rounds after {1}")
  @CsvSource({"0, PT0S", "1, PT0.5S", "20, PT168H", "20, P7D"})
  void rounds_within_their_limits_are_taken(int rounds, Duration after) {
    assertThat(new RetryFailed(rounds, after).after()).isEqualTo(after);
  }

  @ParameterizedTest(name = "{0} rounds after {1}")
  @CsvSource({
    "-1, PT0S, 'retry_failed.rounds is -1, it must be 0 to 20'",
    "21, PT0S, 'retry_failed.rounds is 21, it must be 0 to 20'",
    "1, PT-1S, 'retry_failed.after is PT-1S, it must be PT0S to PT168H'",
    "1, PT168H0.001S, 'retry_failed.after is PT168H0.001S, it must be PT0S to PT168H'"
  })
  void rounds_beyond_their_limits_are_refused_with_them(int rounds, Duration after, String why) {
    assertThatThrownBy(() -> new RetryFailed(rounds, after))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }
}
