package dev.muster.faults;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Asks one muster after the other until one answers, as a patient client would. */
final class Asker {

  private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(300);

  private final Musters musters;
  private volatile boolean waiting = true;

  Asker(Musters musters) {
    this.musters = musters;
  }

  static final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** From now on nobody is waited for. */
  void giveUp() {
    waiting = false;
  }

  /**
   * Null, or an exception, is no answer.
   *
   * @param question for the muster of this number
   */
  <T> T ask(Random random, Function<Integer, T> question) {
    while (waiting) {
      for (int which : musters.shuffled(random)) {
        Optional<T> answer = ask(which, question);
        if (answer.isPresent()) {
          return answer.get();
        }
      }
      rest(BETWEEN_ROUNDS);
    }
    throw new GivenUpException();
  }

  private static <T> Optional<T> ask(int which, Function<Integer, T> question) {
    try {
      return Optional.ofNullable(question.apply(which));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  static void rest(Duration pause) {
    try {
      TimeUnit.MILLISECONDS.sleep(pause.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
