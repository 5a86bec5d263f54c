package dev.muster.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotsTest {

  @Test
  void a_wave_gets_everything_that_is_free() {
    Slots slots = new Slots(100);
    assertThat(slots.grantTo(1)).isEqualTo(100);
    assertThat(slots.free()).isZero();
    assertThat(slots.grantTo(2)).isZero();
  }

  @Test
  void what_a_wave_gives_back_goes_to_the_next() {
    Slots slots = new Slots(100);
    slots.grantTo(1);
    slots.keep(1, 30);
    assertThat(slots.grantTo(2)).isEqualTo(70);
    slots.release(1);
    assertThat(slots.grantTo(2)).isEqualTo(30);
    slots.release(2);
    assertThat(slots.free()).isEqualTo(100);
  }

  @Test
  void a_wave_cannot_keep_more_than_it_has() {
    Slots slots = new Slots(10);
    slots.grantTo(1);
    slots.keep(1, 11);
    assertThat(slots.free()).isZero();
    slots.keep(1, 10);
    assertThat(slots.free()).isZero();
    slots.keep(1, 0);
    assertThat(slots.free()).isEqualTo(10);
  }

  @Test
  void a_wave_that_is_unknown_or_has_ended_gives_nothing_back() {
    Slots slots = new Slots(10);
    slots.keep(7, 0);
    slots.release(7);
    slots.grantTo(1);
    slots.release(1);
    slots.release(1);
    slots.keep(1, 0);
    assertThat(slots.free()).isEqualTo(10);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void what_is_held_and_what_is_free_is_always_the_window(long seed) {
    Random random = new Random(seed);
    int window = 1 + random.nextInt(512);
    Slots slots = new Slots(window);
    Map<Integer, Integer> held = new HashMap<>();
    for (int i = 0; i < 10_000; i++) {
      int wave = random.nextInt(6);
      switch (random.nextInt(3)) {
        case 0 -> held.merge(wave, slots.grantTo(wave), Integer::sum);
        case 1 -> {
          int kept = random.nextInt(window + 2);
          slots.keep(wave, kept);
          held.computeIfPresent(wave, (w, had) -> Math.min(had, kept));
        }
        default -> {
          slots.release(wave);
          held.remove(wave);
        }
      }
      int sum = held.values().stream().mapToInt(Integer::intValue).sum();
      assertThat(sum + slots.free()).as("after step %d", i).isEqualTo(window);
      assertThat(slots.free()).isNotNegative();
    }
    held.keySet().forEach(slots::release);
    assertThat(slots.free()).isEqualTo(window);
  }
}
