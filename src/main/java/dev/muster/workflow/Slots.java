package dev.muster.workflow;

import java.util.HashMap;
import java.util.Map;

/**
 * Who may use how much of a job's window. The sum of what waves hold never exceeds the window: a
 * wave that has begun its last host gives back all but what it still needs, and the rest when it
 * ends. Pure.
 */
final class Slots {

  private final Map<Integer, Integer> held = new HashMap<>();
  private int free;

  Slots(int window) {
    this.free = window;
  }

  int free() {
    return free;
  }

  /** Gives a wave everything that is free. */
  int grantTo(int wave) {
    int granted = free;
    held.merge(wave, granted, Integer::sum);
    free = 0;
    return granted;
  }

  /** The wave keeps this many. */
  void keep(int wave, int slots) {
    Integer had = held.get(wave);
    if (had != null && slots < had) {
      held.put(wave, slots);
      free += had - slots;
    }
  }

  /** The wave has ended. */
  void release(int wave) {
    Integer had = held.remove(wave);
    if (had != null) {
      free += had;
    }
  }
}
