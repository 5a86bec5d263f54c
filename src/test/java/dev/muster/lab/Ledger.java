package dev.muster.lab;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What really happened to one host's agent, in the order in which the host wrote it down; the
 * authority for "at most once" and "never more than n at a time". Times are nanoseconds of the
 * machine's clock since the epoch, process ids are the host's own.
 */
public record Ledger(List<Entry> entries) {

  /** The end of an interval that has not ended. */
  public static final long OPEN = Long.MAX_VALUE;

  /** The key of what no runner began. */
  public static final String NOBODY = "-";

  /** One line of the ledger. */
  public sealed interface Entry {
    long ns();
  }

  /**
   * A restart began.
   *
   * @param key of muster's runner that began it, or {@link #NOBODY}
   */
  public record Enter(long ns, long pid, String key) implements Entry {}

  /** An agent was started by a restart or by {@code gsectl start}: the effect. */
  public record Start(long ns, long agentPid, String key) implements Entry {}

  /** {@code gsectl check} was run, which changes nothing. */
  public record Check(long ns, long pid, String key) implements Entry {}

  /** A restart ended by itself or by a signal it could act on. */
  public record Leave(long ns, int rc, long pid) implements Entry {}

  /** The host came up, with this agent, or 0 on a bare host. */
  public record Boot(long ns, long agentPid) implements Entry {}

  /** The host went down; whatever was open ended here. */
  public record Halt(long ns) implements Entry {}

  /**
   * A restart from its first to its last instant; {@code toNs} is {@link #OPEN} while it runs, or
   * if it was killed unseen.
   */
  public record Interval(long pid, long fromNs, long toNs) {
    public boolean open() {
      return toNs == OPEN;
    }
  }

  public Ledger {
    entries = List.copyOf(entries);
  }

  /** Reads whole lines; an unfinished last one is left out. */
  public static Ledger parse(String text) {
    List<Entry> entries = new ArrayList<>();
    int end = text.lastIndexOf('\n');
    if (end >= 0) {
      text.substring(0, end).lines().map(Ledger::entry).forEach(entries::add);
    }
    return new Ledger(entries);
  }

  private static Entry entry(String line) {
    List<String> words = List.of(line.split(" ", -1));
    long ns = Long.parseLong(words.get(1));
    return switch (words.getFirst()) {
      case "enter" -> new Enter(ns, Long.parseLong(words.get(2)), key(words));
      case "start" -> new Start(ns, Long.parseLong(words.get(2)), key(words));
      case "check" -> new Check(ns, Long.parseLong(words.get(2)), key(words));
      case "leave" -> new Leave(ns, Integer.parseInt(words.get(2)), Long.parseLong(words.get(3)));
      case "boot" -> new Boot(ns, Long.parseLong(words.get(2)));
      case "halt" -> new Halt(ns);
      default -> throw new IllegalStateException("not a line of a ledger: " + line);
    };
  }

  private static String key(List<String> words) {
    return words.size() > 3 ? words.get(3) : NOBODY;
  }

  public List<Enter> enters() {
    return only(Enter.class);
  }

  public List<Start> starts() {
    return only(Start.class);
  }

  public List<Leave> leaves() {
    return only(Leave.class);
  }

  public List<Boot> boots() {
    return only(Boot.class);
  }

  private <T extends Entry> List<T> only(Class<T> type) {
    return entries.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** All restarts, those that ended first, then the open ones. */
  public List<Interval> intervals() {
    List<Interval> intervals = new ArrayList<>();
    Map<Long, Enter> open = new LinkedHashMap<>();
    for (Entry entry : entries) {
      switch (entry) {
        case Enter enter -> open.put(enter.pid(), enter);
        case Leave leave -> {
          Enter enter = open.remove(leave.pid());
          if (enter != null) {
            intervals.add(interval(enter, leave.ns()));
          }
        }
        case Halt halt -> endAll(intervals, open, halt.ns());
        case Boot boot -> endAll(intervals, open, boot.ns());
        case Start start -> {}
        case Check check -> {}
      }
    }
    endAll(intervals, open, OPEN);
    return List.copyOf(intervals);
  }

  private static void endAll(List<Interval> intervals, Map<Long, Enter> open, long ns) {
    open.values().forEach(enter -> intervals.add(interval(enter, ns)));
    open.clear();
  }

  private static Interval interval(Enter enter, long toNs) {
    return new Interval(enter.pid(), enter.ns(), toNs);
  }

  /** Whether a restart runs now. */
  public boolean inside() {
    return intervals().stream().anyMatch(Interval::open);
  }

  /**
   * The largest number of restarts that ran at the same instant; one that ends when another begins
   * does not count twice.
   */
  static int maxInFlight(Collection<Ledger> ledgers) {
    record Change(long ns, int by) {}
    List<Change> changes = new ArrayList<>();
    for (Ledger ledger : ledgers) {
      for (Interval interval : ledger.intervals()) {
        changes.add(new Change(interval.fromNs(), 1));
        changes.add(new Change(interval.toNs(), -1));
      }
    }
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
