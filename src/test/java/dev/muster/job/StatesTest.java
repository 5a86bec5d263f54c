package dev.muster.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a job becomes when its hosts have ended (details-view.md §3). */
class StatesTest {

  @Test
  void every_mixture_of_ended_hosts_makes_a_job_what_the_table_says() {
    for (Tally tally : everyTally()) {
      if (tally.unfinished() > 0) {
        assertThatThrownBy(() -> JobState.ended(tally))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("unfinished");
      } else {
        JobState expected =
            tally.failed() == 0
                ? JobState.SUCCEEDED
                : tally.succeeded() == 0 ? JobState.FAILED : JobState.PARTIALLY_FAILED;
        assertThat(JobState.ended(tally)).as(tally.toString()).isEqualTo(expected);
      }
    }
  }

  private static List<Tally> everyTally() {
    List<Tally> all = new ArrayList<>();
    for (int n = 0; n < 1_024; n++) {
      all.add(new Tally(n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6 & 3, n >> 8 & 3));
    }
    return all;
  }

  @ParameterizedTest(name = "{0} succeeded, {1} failed, {2} skipped: {3}")
  @CsvSource({
    "0, 0, 0, SUCCEEDED",
    "5, 0, 0, SUCCEEDED",
    "0, 0, 5, SUCCEEDED",
    "5, 0, 5, SUCCEEDED",
    "0, 1, 0, FAILED",
    "0, 1, 5, FAILED",
    "1, 1, 0, PARTIALLY_FAILED",
    "1, 9, 3, PARTIALLY_FAILED"
  })
  void skipped_hosts_neither_spoil_nor_soften(
      int succeeded, int failed, int skipped, JobState state) {
    assertThat(JobState.ended(new Tally(0, 0, succeeded, failed, skipped))).isEqualTo(state);
  }

  @Test
  void a_tally_adds_up() {
    for (Tally tally : everyTally()) {
      assertThat(tally.total())
          .isEqualTo(tally.unfinished() + tally.succeeded() + tally.failed() + tally.skipped());
    }
  }

  static Stream<Arguments> outcomes() {
    return Stream.of(
        Arguments.of(new Outcome.Succeeded(), InstanceState.SUCCEEDED),
        Arguments.of(new Outcome.Skipped(Reason.OS_NOT_SUPPORTED, ""), InstanceState.SKIPPED),
        Arguments.of(new Outcome.Failed(Reason.AUTH, ""), InstanceState.FAILED),
        Arguments.of(new Outcome.Unreachable(Reason.CONNECT, ""), InstanceState.FAILED),
        Arguments.of(new Outcome.TimedOut(""), InstanceState.FAILED),
        Arguments.of(new Outcome.Stopped(Proof.STOPPED, ""), InstanceState.FAILED));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("outcomes")
  void an_outcome_is_an_end(Outcome outcome, InstanceState state) {
    assertThat(InstanceState.of(outcome)).isEqualTo(state);
    assertThat(state.ended()).isTrue();
  }

  @Test
  void only_pending_and_running_are_no_ends() {
    assertThat(Stream.of(InstanceState.values()).filter(s -> !s.ended()))
        .containsExactly(InstanceState.PENDING, InstanceState.RUNNING);
    assertThat(Stream.of(JobState.values()).filter(s -> !s.ended()))
        .containsExactly(JobState.PENDING, JobState.RUNNING);
  }
}
