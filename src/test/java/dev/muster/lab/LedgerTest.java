package dev.muster.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LedgerTest {

  @Test
  void restarts_are_paired_by_process_and_end_when_the_host_halts() {
    Ledger ledger =
        Ledger.parse(
            """
            boot 1 7
            enter 10 100
            enter 20 200
            start 25 300
            leave 30 0 100
            halt 40
            boot 50 7
            enter 60 9
            """);
    assertThat(ledger.intervals())
        .containsExactly(
            new Ledger.Interval(100, 10, 30),
            new Ledger.Interval(200, 20, 40),
            new Ledger.Interval(9, 60, Ledger.OPEN));
    assertThat(ledger.starts()).containsExactly(new Ledger.Start(25, 300, Ledger.NOBODY));
    assertThat(ledger.leaves()).containsExactly(new Ledger.Leave(30, 0, 100));
    assertThat(ledger.boots()).hasSize(2);
    assertThat(ledger.inside()).isTrue();
  }

  @Test
  void what_a_runner_began_bears_its_key() {
    Ledger ledger =
        Ledger.parse("enter 1 7 a/0/restart_0/1\nstart 2 8 a/0/restart_0/1\ncheck 3 9 -\n");
    assertThat(ledger.entries())
        .containsExactly(
            new Ledger.Enter(1, 7, "a/0/restart_0/1"),
            new Ledger.Start(2, 8, "a/0/restart_0/1"),
            new Ledger.Check(3, 9, Ledger.NOBODY));
  }

  @Test
  void a_line_that_is_still_being_written_is_left_out() {
    assertThat(Ledger.parse("enter 10 100\nleave 30 0 1").leaves()).isEmpty();
    assertThat(Ledger.parse("enter 1").entries()).isEmpty();
  }

  @Test
  void restarts_that_only_touch_do_not_overlap() {
    assertThat(maxInFlight("enter 1 1\nleave 5 0 1\n", "enter 5 1\nleave 9 0 1\n")).isEqualTo(1);
    assertThat(maxInFlight("enter 1 1\nleave 6 0 1\n", "enter 5 1\n", "enter 7 1\n")).isEqualTo(2);
    assertThat(maxInFlight("")).isZero();
  }

  @Test
  void a_missing_lab_skips_but_fails_where_skipping_is_not_allowed() {
    Optional<String> reason = Optional.of("sshd is missing: apt-get install openssh-server");
    NeedsLabCondition lenient = new NeedsLabCondition(reason, false);
    assertThat(lenient.evaluate().isDisabled()).isTrue();
    assertThat(lenient.evaluate().getReason())
        .hasValue("no lab here: sshd is missing: apt-get install openssh-server");

    NeedsLabCondition strict = new NeedsLabCondition(reason, true);
    assertThat(strict.evaluate().isDisabled()).isFalse();
    assertThatThrownBy(strict::demand)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("apt-get install openssh-server");

    assertThat(new NeedsLabCondition(Optional.empty(), true).evaluate().isDisabled()).isFalse();
  }

  private static int maxInFlight(String... ledgers) {
    return Ledger.maxInFlight(List.of(ledgers).stream().map(Ledger::parse).toList());
  }
}
