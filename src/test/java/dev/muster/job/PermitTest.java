package dev.muster.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.HostSelector.Ids;
import dev.muster.host.HostSelector.Matching;
import dev.muster.host.HostSelector.Nothing;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PermitTest {

  private static final Permit TWO_AND_THREE =
      new Permit(new Scope.Within(Set.of(3L, 2L)), Scope.nowhere(), Set.of());

  private static Matching of(Long... businesses) {
    return new Matching(
        List.of(businesses), List.of(new Condition.Manual(Set.of(true))), List.of(7L));
  }

  @Test
  void a_selection_without_businesses_means_those_that_are_permitted() {
    assertThat(TWO_AND_THREE.narrow(of())).isEqualTo(of(2L, 3L));
  }

  @Test
  void a_selection_with_businesses_means_those_of_them_that_are_permitted() {
    assertThat(TWO_AND_THREE.narrow(of(3L, 4L))).isEqualTo(of(3L));
  }

  @Test
  void what_is_left_of_nothing_is_nothing_and_never_everything() {
    assertThat(TWO_AND_THREE.narrow(of(4L))).isEqualTo(new Nothing());
    assertThat(new Permit(Scope.nowhere(), Scope.everywhere(), Set.of()).narrow(of()))
        .isEqualTo(new Nothing());
  }

  @Test
  void hosts_that_are_named_stay_so_that_they_can_be_refused() {
    HostSelector named = new Ids(List.of(1L, 2L));
    assertThat(TWO_AND_THREE.narrow(named)).isEqualTo(named);
  }

  @Test
  void whoever_may_operate_a_host_may_know_of_it() {
    assertThat(TWO_AND_THREE.known()).isEqualTo(new Scope.Within(Set.of(2L, 3L)));
  }

  @Test
  void whoever_may_everything_means_what_they_say() {
    assertThat(Permit.EVERYTHING.narrow(of())).isEqualTo(of());
  }
}
