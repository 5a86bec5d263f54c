package dev.muster.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Who may use how much of a job's window: the job's side. Slots are tokens that messages carry to
 * waves and back, so that a message on its way never counts twice, and the sum of what waves hold
 * exceeds the window only while it has been narrowed and they give back. Pure; the waves' side is
 * {@link Allowance}.
 */
final class Slots {

  /** In the place of a wave's number: the next one that is not open yet. */
  static final int NEXT = 0;

  private final TreeMap<Integer, Part> waves = new TreeMap<>();
  private int window;
  private boolean newestIsDue = true;

  private static final class Part {
    private int held;
    private int wanted;
    private int owed;
  }

  void window(int newWindow) {
    window = newWindow;
  }

  /** Negative while waves still hold more than the window. */
  int free() {
    return window - waves.values().stream().mapToInt(part -> part.held).sum();
  }

  int held(int wave) {
    Part part = waves.get(wave);
    return part == null ? 0 : part.held;
  }

  /** A wave begins, with as many slots as it can use and are free. */
  int open(int wave, int hosts) {
    int granted = Math.min(Math.max(free(), 0), hosts);
    Part part = new Part();
    part.wanted = hosts;
    waves.put(wave, part);
    give(wave, granted);
    return granted;
  }

  /**
   * Whose turn it is to get what is free. The newest wave begins hosts that had no turn yet, the
   * older ones have some that came back: they take turns, so that neither keep the others waiting.
   *
   * @param toCome whether there is a wave that is not open yet
   * @return the number of a wave, or {@link #NEXT}
   */
  OptionalInt turn(boolean toCome) {
    if (free() <= 0) {
      return OptionalInt.empty();
    }
    OptionalInt newest =
        waves.isEmpty() || waves.lastEntry().getValue().wanted == 0
            ? (toCome ? OptionalInt.of(NEXT) : OptionalInt.empty())
            : OptionalInt.of(waves.lastKey());
    OptionalInt older =
        waves.isEmpty()
            ? OptionalInt.empty()
            : waves.headMap(waves.lastKey()).entrySet().stream()
                .filter(wave -> wave.getValue().wanted > 0)
                .mapToInt(Map.Entry::getKey)
                .findFirst();
    boolean newestNow = older.isEmpty() || (newest.isPresent() && newestIsDue);
    return newestNow ? newest : older;
  }

  /** Gives a wave what it wants of what is free. */
  int widen(int wave) {
    Part part = waves.get(wave);
    int granted = part == null ? 0 : Math.min(Math.max(free(), 0), part.wanted);
    give(wave, granted);
    return granted;
  }

  private void give(int wave, int granted) {
    Part part = waves.get(wave);
    if (part != null) {
      part.held += granted;
      part.wanted -= granted;
      newestIsDue = wave != waves.lastKey();
    }
  }

  /** The wave gave so many back, and could use so many more. */
  void balance(int wave, int back, int more) {
    Part part = waves.get(wave);
    if (part != null) {
      part.held -= back;
      part.owed -= Math.min(part.owed, back);
      part.wanted = more;
    }
  }

  /** The wave has ended. */
  void release(int wave) {
    waves.remove(wave);
  }

  /** How many slots waves must give back of which nobody asked them yet: from now on they owe. */
  Map<Integer, Integer> recall() {
    Map<Integer, Integer> asked = new TreeMap<>();
    int missing = -free() - waves.values().stream().mapToInt(part -> part.owed).sum();
    List<Integer> newestFirst = new ArrayList<>(waves.descendingKeySet());
    for (int wave : newestFirst) {
      Part part = waves.get(wave);
      int more = part == null ? 0 : Math.min(part.held - part.owed, missing);
      if (part != null && more > 0) {
        part.owed += more;
        missing -= more;
        asked.put(wave, more);
      }
    }
    return asked;
  }

  /** Whether {@link #recall} would ask anybody. */
  boolean tooMany() {
    return -free() > waves.values().stream().mapToInt(part -> part.owed).sum();
  }
}
