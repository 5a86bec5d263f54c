package dev.muster.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.workflow.Allowance.Balance;
import org.junit.jupiter.api.Test;

class AllowanceTest {

  @Test
  void hosts_may_be_begun_while_there_are_slots_that_are_not_owed() {
    Allowance allowance = new Allowance(3, 0, 0);
    assertThat(allowance.hasRoom(2)).isTrue();
    assertThat(allowance.hasRoom(3)).isFalse();
    allowance.narrow(1);
    assertThat(allowance.hasRoom(2)).isFalse();
    allowance.widen(2);
    assertThat(allowance.hasRoom(3)).isTrue();
  }

  @Test
  void slots_are_given_back_at_each_halving_and_all_of_them_when_nobody_is_at_work() {
    Allowance allowance = new Allowance(100, 0, 0);
    assertThat(allowance.due(51, 0)).isEmpty();
    assertThat(allowance.due(50, 0)).contains(new Balance(50, 0));
    allowance.tell(new Balance(50, 0));
    assertThat(allowance.due(26, 0)).isEmpty();
    assertThat(allowance.due(0, 0)).contains(new Balance(50, 0));
    allowance.tell(new Balance(50, 0));
    assertThat(allowance.slots()).isZero();
    assertThat(allowance.due(0, 0)).isEmpty();
  }

  @Test
  void slots_are_kept_while_there_are_hosts_to_begin() {
    assertThat(new Allowance(100, 200, 0).due(0, 300)).isEmpty();
  }

  @Test
  void more_is_asked_for_once_and_again_when_that_was_given() {
    Allowance allowance = new Allowance(0, 0, 0);
    assertThat(allowance.due(0, 30)).contains(new Balance(0, 30));
    allowance.tell(new Balance(0, 30));
    assertThat(allowance.due(0, 35)).isEmpty();
    allowance.widen(10);
    assertThat(allowance.due(10, 25)).isEmpty();
    allowance.widen(20);
    assertThat(allowance.due(30, 5)).contains(new Balance(0, 5));
  }

  @Test
  void what_is_owed_is_given_back_first_and_then_asked_for_again() {
    Allowance allowance = new Allowance(10, 0, 6);
    assertThat(allowance.due(10, 4)).isEmpty();
    assertThat(allowance.due(8, 4)).isEmpty();
    assertThat(allowance.due(7, 4)).contains(new Balance(3, 4));
    allowance.tell(new Balance(3, 4));
    assertThat(allowance.due(4, 4)).contains(new Balance(3, 4));
    allowance.tell(new Balance(3, 4));
    assertThat(allowance.owed()).isZero();
    assertThat(allowance.slots()).isEqualTo(4);
    assertThat(allowance.wanted()).isEqualTo(4);
  }

  @Test
  void a_widening_that_nobody_needs_any_more_is_given_back() {
    Allowance allowance = new Allowance(0, 5, 0);
    allowance.widen(5);
    assertThat(allowance.wanted()).isZero();
    assertThat(allowance.due(0, 0)).contains(new Balance(5, 0));
  }
}
