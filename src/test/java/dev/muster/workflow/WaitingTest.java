package dev.muster.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WaitingTest {

  private final Waiting<String> waiting = new Waiting<>();

  @Test
  void what_comes_back_in_the_same_second_comes_back_together() {
    waiting.add("a", 10_001);
    waiting.add("b", 10_999);
    waiting.add("c", 11_001);
    assertThat(waiting.next()).hasValue(11_000);
    assertThat(waiting.take(10_999)).isEmpty();
    assertThat(waiting.take(11_000)).containsExactly("a", "b");
    assertThat(waiting.next()).hasValue(12_000);
    assertThat(waiting.size()).isEqualTo(1);
  }

  @Test
  void what_is_long_due_comes_back_in_order() {
    waiting.add("late", 3_000);
    waiting.add("early", 1_000);
    assertThat(waiting.take(9_000)).containsExactly("early", "late");
    assertThat(waiting.next()).isEmpty();
    assertThat(waiting.size()).isZero();
  }

  @Test
  void nothing_waits_any_more_once_it_was_cleared() {
    waiting.add("a", 1_000);
    waiting.clear();
    assertThat(waiting.size()).isZero();
    assertThat(waiting.take(2_000)).isEmpty();
  }
}
