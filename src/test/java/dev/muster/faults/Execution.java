package dev.muster.faults;

import dev.muster.lab.Ledger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One command that ran on a host under a key, as the host wrote it down.
 *
 * @param effects when it took effect: once, if at all
 * @param toNs when it ended, {@link Ledger#OPEN} if it did not
 * @param exitCode {@link #NONE} if the host went down first
 */
record Execution(long host, Key key, long fromNs, List<Long> effects, long toNs, int exitCode) {

  static final int NONE = -1;

  /** The parts of a key. */
  record Key(UUID job, int ordinal, String step, int execution) {

    static Key parse(String text) {
      String[] parts = text.split("/", -1);
      return new Key(
          UUID.fromString(parts[0]),
          Integer.parseInt(parts[1]),
          parts[2],
          Integer.parseInt(parts[3]));
    }

    /** Whether the step changes the host; the other one only looks. */
    boolean restarts() {
      return step.startsWith("restart");
    }

    boolean sameStep(Key other) {
      return job.equals(other.job) && ordinal == other.ordinal && step.equals(other.step);
    }
  }

  Execution {
    effects = List.copyOf(effects);
  }

  boolean open() {
    return toNs == Ledger.OPEN;
  }

  boolean overlaps(Execution other) {
    return fromNs < other.toNs && other.fromNs < toNs;
  }

  /** All commands of a host, in the order in which they began. */
  static List<Execution> of(long host, Ledger ledger) {
    List<Execution> all = new ArrayList<>();
    Map<Long, Integer> running = new HashMap<>();
    for (Ledger.Entry entry : ledger.entries()) {
      switch (entry) {
        case Ledger.Enter enter -> {
          if (!enter.key().equals(Ledger.NOBODY)) {
            running.put(enter.pid(), all.size());
            Key key = Key.parse(enter.key());
            all.add(new Execution(host, key, enter.ns(), List.of(), Ledger.OPEN, NONE));
          }
        }
        case Ledger.Start start -> takesEffect(all, start);
        case Ledger.Check check -> {
          if (!check.key().equals(Ledger.NOBODY)) {
            Key key = Key.parse(check.key());
            all.add(new Execution(host, key, check.ns(), List.of(check.ns()), check.ns(), 0));
          }
        }
        case Ledger.Leave leave -> {
          Integer at = running.remove(leave.pid());
          if (at != null) {
            all.set(at, all.get(at).ended(leave.ns(), leave.rc()));
          }
        }
        case Ledger.Halt halt -> down(all, running, halt.ns());
        case Ledger.Boot boot -> down(all, running, boot.ns());
      }
    }
    return List.copyOf(all);
  }

  private static void takesEffect(List<Execution> all, Ledger.Start start) {
    for (int i = all.size() - 1; i >= 0; i--) {
      Execution execution = all.get(i);
      if (!start.key().equals(Ledger.NOBODY) && execution.key.equals(Key.parse(start.key()))) {
        List<Long> effects = new ArrayList<>(execution.effects);
        effects.add(start.ns());
        all.set(
            i,
            new Execution(
                execution.host,
                execution.key,
                execution.fromNs,
                effects,
                execution.toNs,
                execution.exitCode));
        return;
      }
    }
  }

  private Execution ended(long ns, int rc) {
    return new Execution(host, key, fromNs, effects, ns, rc);
  }

  private static void down(List<Execution> all, Map<Long, Integer> running, long ns) {
    running.values().forEach(at -> all.set(at, all.get(at).ended(ns, NONE)));
    running.clear();
  }
}
