package dev.muster.transport;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/** Every command that began on a simulated host; thread-safe, and read at any time. */
public final class SimulatedLedger {

  private final Queue<Effect> effects = new ConcurrentLinkedQueue<>();

  /**
   * A command that began, and when it ended or will end; nanoseconds of {@link System#nanoTime}.
   */
  public record Entry(long host, RunKey key, long fromNs, long toNs) {}

  /** A command that began; its end may still be moved by a halt. */
  interface Effect {
    Entry entry();
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  /** In the order of their beginnings, nearly. */
  public List<Entry> entries() {
    return effects.stream().map(Effect::entry).toList();
  }

  /** How many commands began. */
  public int starts() {
    return effects.size();
  }

  /** How often this one began. */
  public int starts(RunKey key) {
    return (int) entries().stream().filter(entry -> entry.key().equals(key)).count();
  }

  /** The keys that began more than once: none, if a host does what it promises. */
  public List<RunKey> doubled() {
    Map<RunKey, Long> counts =
        entries().stream().collect(Collectors.groupingBy(Entry::key, Collectors.counting()));
    return counts.entrySet().stream().filter(e -> e.getValue() > 1).map(Map.Entry::getKey).toList();
  }

  /** On how many hosts a command runs now. */
  public int inFlight() {
    long now = System.nanoTime();
    return (int) entries().stream().filter(entry -> entry.toNs() - now > 0).count();
  }

  /** The largest number of hosts on which a command ran at the same instant. */
  public int maxInFlight() {
    return maxInFlight(entries());
  }

  static int maxInFlight(Collection<Entry> entries) {
    record Change(long ns, int by) {}
    List<Change> changes = new ArrayList<>();
    for (Entry entry : entries) {
      changes.add(new Change(entry.fromNs(), 1));
      changes.add(new Change(entry.toNs(), -1));
    }
    // One that ends when another begins does not count twice.
    changes.sort(Comparator.comparingLong(Change::ns).thenComparingInt(Change::by));
    int now = 0;
    int max = 0;
    for (Change change : changes) {
      now += change.by();
      max = Math.max(max, now);
    }
    return max;
  }
}
