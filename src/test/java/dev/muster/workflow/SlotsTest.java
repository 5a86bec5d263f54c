package dev.muster.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotsTest {

  private static final OptionalInt NEXT = OptionalInt.of(Slots.NEXT);

  private static Slots of(int window) {
    Slots slots = new Slots();
    slots.window(window);
    return slots;
  }

  @Test
  void a_wave_gets_what_it_can_use_and_the_next_one_the_rest() {
    Slots slots = of(100);
    assertThat(slots.turn(true)).isEqualTo(NEXT);
    assertThat(slots.open(1, 70)).isEqualTo(70);
    assertThat(slots.turn(true)).isEqualTo(NEXT);
    assertThat(slots.open(2, 500)).isEqualTo(30);
    assertThat(slots.turn(true)).isEmpty();
  }

  @Test
  void what_a_wave_gives_back_goes_to_the_one_that_wants_more() {
    Slots slots = of(100);
    slots.open(1, 100);
    slots.open(2, 500);
    slots.balance(1, 30, 0);
    assertThat(slots.turn(true)).hasValue(2);
    assertThat(slots.widen(2)).isEqualTo(30);
    slots.release(1);
    assertThat(slots.widen(2)).isEqualTo(70);
    slots.release(2);
    assertThat(slots.free()).isEqualTo(100);
  }

  @Test
  void nobody_has_a_turn_who_wants_nothing() {
    Slots slots = of(10);
    assertThat(slots.turn(false)).isEmpty();
    slots.open(1, 4);
    assertThat(slots.turn(false)).isEmpty();
    assertThat(slots.turn(true)).isEqualTo(NEXT);
    slots.balance(1, 4, 0);
    assertThat(slots.widen(1)).isZero();
    assertThat(slots.free()).isEqualTo(10);
  }

  @Test
  void hosts_that_came_back_and_hosts_that_had_no_turn_yet_take_turns() {
    Slots slots = of(10);
    slots.open(1, 10);
    slots.balance(1, 10, 0);
    slots.open(2, 500);
    slots.balance(1, 0, 50);
    slots.balance(2, 4, 300);
    assertThat(slots.turn(true)).hasValue(1);
    assertThat(slots.widen(1)).isEqualTo(4);
    slots.balance(2, 2, 300);
    assertThat(slots.turn(true)).hasValue(2);
    assertThat(slots.widen(2)).isEqualTo(2);
    slots.balance(1, 1, 50);
    assertThat(slots.turn(true)).hasValue(1);
  }

  @Test
  void a_wave_that_is_unknown_or_has_ended_gives_nothing_back_and_gets_nothing() {
    Slots slots = of(10);
    slots.balance(7, 3, 5);
    slots.release(7);
    slots.open(1, 10);
    slots.release(1);
    slots.balance(1, 3, 5);
    assertThat(slots.widen(1)).isZero();
    assertThat(slots.free()).isEqualTo(10);
  }

  @Test
  void a_window_that_is_narrowed_is_asked_back_once_and_from_the_newest_first() {
    Slots slots = of(100);
    slots.open(1, 60);
    slots.open(2, 40);
    slots.window(50);
    assertThat(slots.tooMany()).isTrue();
    assertThat(slots.recall()).isEqualTo(Map.of(2, 40, 1, 10));
    assertThat(slots.tooMany()).isFalse();
    assertThat(slots.recall()).isEmpty();
    slots.balance(2, 25, 15);
    assertThat(slots.free()).isEqualTo(-25);
    assertThat(slots.recall()).isEmpty();
    slots.window(49);
    assertThat(slots.recall()).isEqualTo(Map.of(1, 1));
    slots.release(2);
    slots.balance(1, 11, 0);
    assertThat(slots.free()).isZero();
  }

  /**
   * A job and its waves that talk to each other by messages that take their time. Hosts begin, end
   * and come back by chance, the window changes by chance.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void the_window_holds_whatever_is_on_its_way_and_in_the_end_everybody_is_served(long seed) {
    Talk talk = new Talk(new Random(seed));
    for (int i = 0; i < 20_000; i++) {
      talk.step();
      assertThat(talk.atWork()).as("after step %d", i).isLessThanOrEqualTo(talk.mostAllowed());
    }
    talk.settle();
    assertThat(talk.waiting()).as("hosts that were never served").isZero();
    assertThat(talk.slots.free()).isGreaterThanOrEqualTo(talk.window / 2 - 1);
  }

  private static final class Wave {
    private final Allowance allowance;
    private final Deque<Runnable> mail = new ArrayDeque<>();
    private int ready;
    private int atWork;

    private Wave(Allowance allowance, int ready) {
      this.allowance = allowance;
      this.ready = ready;
    }
  }

  private static final class Talk {
    private final Random random;
    private final Slots slots = new Slots();
    private final Map<Integer, Wave> waves = new TreeMap<>();
    private final Deque<Runnable> mail = new ArrayDeque<>();
    private int window;

    /** While slots are on their way back, as many as were allowed before. */
    private int widest;

    private int opened;

    Talk(Random random) {
      this.random = random;
      window(100);
    }

    private void window(int newWindow) {
      window = newWindow;
      slots.window(newWindow);
    }

    int atWork() {
      return waves.values().stream().mapToInt(w -> w.atWork).sum();
    }

    int waiting() {
      return waves.values().stream().mapToInt(w -> w.ready + w.atWork).sum();
    }

    int mostAllowed() {
      widest = slots.free() >= 0 ? window : Math.max(widest, window);
      return widest;
    }

    void step() {
      int what = random.nextInt(20);
      if (what == 0 && waves.size() < 6) {
        open(1 + random.nextInt(80));
      } else if (what == 1 && random.nextInt(20) == 0) {
        widest = Math.max(widest, window);
        window(1 + random.nextInt(150));
      } else if (what == 2) {
        pick().ifPresent(w -> w.ready += random.nextInt(30));
      } else if (what < 8) {
        pick().filter(w -> w.atWork > 0).ifPresent(w -> w.atWork--);
      } else if (what < 12) {
        pick().ifPresent(w -> deliver(w.mail));
      } else if (what < 16) {
        deliver(mail);
      } else {
        act();
      }
    }

    private void act() {
      slots.recall().forEach((n, less) -> post(n, w -> w.allowance.narrow(less)));
      OptionalInt turn = slots.turn(false);
      if (turn.isPresent()) {
        int more = slots.widen(turn.getAsInt());
        post(turn.getAsInt(), w -> w.allowance.widen(more));
      }
      waves.forEach(this::work);
    }

    private void work(int number, Wave wave) {
      while (wave.ready > 0 && wave.allowance.hasRoom(wave.atWork)) {
        wave.ready--;
        wave.atWork++;
      }
      Optional<Allowance.Balance> due = wave.allowance.due(wave.atWork, wave.ready);
      if (due.isPresent()) {
        wave.allowance.tell(due.get());
        mail.add(() -> slots.balance(number, due.get().back(), due.get().more()));
        assertThat(wave.allowance.due(wave.atWork, wave.ready)).as("said at once").isEmpty();
      }
    }

    private void open(int hosts) {
      if (slots.free() > 0) {
        int granted = slots.open(++opened, hosts);
        waves.put(opened, new Wave(new Allowance(granted, hosts - granted, 0), hosts));
      }
    }

    private void post(int number, Consumer<Wave> message) {
      Wave wave = waves.get(number);
      wave.mail.add(() -> message.accept(wave));
    }

    private static void deliver(Deque<Runnable> mail) {
      if (!mail.isEmpty()) {
        mail.remove().run();
      }
    }

    private Optional<Wave> pick() {
      return waves.values().stream().skip(random.nextInt(6)).findFirst();
    }

    /** No host comes back any more, and everything arrives in time. */
    void settle() {
      for (int i = 0; i < 200_000 && (i < 1_000 || waiting() > 0); i++) {
        act();
        deliver(mail);
        for (Wave wave : waves.values()) {
          deliver(wave.mail);
          wave.atWork -= Math.min(wave.atWork, 1);
        }
      }
    }
  }
}
