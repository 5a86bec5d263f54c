package dev.muster.workflow;

import dev.muster.projection.Progress;
import dev.muster.roster.Roster;
import dev.muster.step.Scouts;
import dev.muster.step.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * A roster, a projection and hosts in memory. What a host does is told by a {@link Behaviour}; how
 * many are at work is counted, and the most at once remembered. Thread-safe.
 */
final class FakeFleet implements Roster, Progress, Stages, Scouts {

  static final StageReport DONE = new StageReport(Verdict.DONE, 0, "SUCCEEDED");
  static final StageReport FAILED = new StageReport(Verdict.DONE, 0, "FAILED");

  private volatile List<Integer> absent = List.of();
  private volatile Runnable scouted = () -> {};

  /** Hosts that do not answer a scout. */
  FakeFleet lacking(List<Integer> ordinals, Runnable asked) {
    absent = ordinals;
    scouted = asked;
    return this;
  }

  /** What a host does when its stage is run for the n-th time, from 1. */
  interface Behaviour {
    StageReport run(int ordinal, int time) throws InterruptedException;
  }

  /** Every host is done at once. */
  static final Behaviour WELL = (ordinal, time) -> DONE;

  private int window;
  private final int waveSize;
  private final Behaviour behaviour;
  private final Map<Integer, String> outcomes = new TreeMap<>();
  private final Map<Integer, Integer> times = new HashMap<>();
  private final List<Integer> order = new ArrayList<>();
  private final List<String> settled = new ArrayList<>();
  private final int hosts;
  private LongSupplier clock = System::currentTimeMillis;
  private int rounds;
  private Duration after = Duration.ZERO;
  private int round;
  private long nextRoundAt;
  private long resolvedAt;
  private long finishedAt;
  private Order ordered = Order.GO_ON;
  private int plans;
  private int turnedAway;
  private int waves;
  private int briefs;
  private int atWork;
  private int mostAtWork;

  FakeFleet(int hosts, int window, int waveSize, Behaviour behaviour) {
    this.hosts = hosts;
    this.window = window;
    this.waveSize = waveSize;
    this.behaviour = behaviour;
  }

  /** Time that is skipped passes here too. */
  synchronized void tellsTimeBy(LongSupplier newClock) {
    clock = newClock;
  }

  synchronized void retries(int newRounds, Duration newAfter) {
    rounds = newRounds;
    after = newAfter;
  }

  /** What the rows say from now on. */
  synchronized void order(Order newOrder) {
    ordered = newOrder;
  }

  synchronized void window(int newWindow) {
    window = newWindow;
  }

  /** Opens a host again that had its outcome. */
  synchronized void retry(int ordinal) {
    if (outcomes.remove(ordinal) == null) {
      throw new IllegalStateException("host " + ordinal + " has no outcome");
    }
  }

  static StageReport later(int seconds) {
    return new StageReport(Verdict.LATER, seconds, "not now");
  }

  @Override
  public synchronized Resolved resolve(long job) {
    resolvedAt = resolvedAt == 0 ? clock.getAsLong() : resolvedAt;
    return new Resolved(hosts, "RESTART_AGENT", "restart", "admin");
  }

  @Override
  public synchronized Plan plan(long job, List<WaveRange> open) {
    plans++;
    if (ordered == Order.HALT) {
      unfinished().stream()
          .filter(o -> !times.containsKey(o))
          .forEach(o -> outcomes.put(o, "STOPPED"));
    }
    List<WaveRange> ranges = new ArrayList<>();
    List<Integer> wave = new ArrayList<>();
    for (int ordinal = 0; ordinal <= hosts; ordinal++) {
      boolean cut = ordinal == hosts || isIn(open, ordinal);
      if (!cut && !outcomes.containsKey(ordinal)) {
        wave.add(ordinal);
      }
      if (!wave.isEmpty() && (cut || wave.size() == waveSize) && ranges.size() < Plan.MOST_WAVES) {
        ranges.add(new WaveRange(++waves, wave.getFirst(), wave.getLast(), wave.size()));
        wave.clear();
      }
    }
    return new Plan(ranges, ordered, window);
  }

  private static boolean isIn(List<WaveRange> ranges, int ordinal) {
    return ranges.stream().anyMatch(range -> range.from() <= ordinal && ordinal <= range.to());
  }

  private List<Integer> unfinished() {
    return IntStream.range(0, hosts).filter(o -> !outcomes.containsKey(o)).boxed().toList();
  }

  @Override
  public synchronized Brief brief(long job, int from, int to) {
    briefs++;
    return new Brief(
        "restart",
        unfinished().stream()
            .filter(o -> o >= from && o <= to)
            .map(o -> new Participant(o, "10.0.0." + o))
            .toList());
  }

  @Override
  public synchronized Round nextRound(long job) {
    List<Integer> failed =
        outcomes.entrySet().stream()
            .filter(e -> e.getValue().equals("FAILED"))
            .map(Map.Entry::getKey)
            .toList();
    if (ordered == Order.HALT || round >= rounds || failed.isEmpty()) {
      return new Round(0, 0, 0, false);
    }
    if (ordered == Order.HOLD) {
      return new Round(round + 1, 0, failed.size(), true);
    }
    long now = clock.getAsLong();
    if (nextRoundAt == 0) {
      nextRoundAt = now + after.toMillis();
    }
    if (nextRoundAt > now) {
      return new Round(round + 1, (nextRoundAt - now + 999) / 1000, failed.size(), false);
    }
    nextRoundAt = 0;
    failed.forEach(outcomes::remove);
    return new Round(++round, 0, failed.size(), false);
  }

  @Override
  public synchronized Ended finish(long job) {
    finishedAt = clock.getAsLong();
    int left = unfinished().size();
    int failed = count("FAILED") + count("STOPPED");
    String state =
        left > 0
            ? "RUNNING"
            : failed == 0 ? "SUCCEEDED" : count("SUCCEEDED") == 0 ? "FAILED" : "PARTIALLY_FAILED";
    return new Ended(state, count("SUCCEEDED"), failed, 0, left);
  }

  @Override
  public void show(long job) {}

  @Override
  public synchronized void settle(long job, int from, int to) {
    settled.add(from + "-" + to);
  }

  @Override
  public Absent absent(ScoutOrder order) {
    scouted.run();
    return new Absent(absent);
  }

  @Override
  public StageReport run(StageOrder stage) {
    Optional<StageReport> away = turnAway(stage.ordinal());
    if (away.isPresent()) {
      return away.get();
    }
    int time = begin(stage.ordinal());
    try {
      StageReport report = behaviour.run(stage.ordinal(), time);
      if (report.verdict() == Verdict.DONE) {
        end(stage.ordinal(), report.why());
      }
      return report;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      leave();
    }
  }

  /** As the real stage does with hosts that were never touched, for it reads the rows itself. */
  private synchronized Optional<StageReport> turnAway(int ordinal) {
    if (ordered == Order.GO_ON || times.containsKey(ordinal)) {
      return Optional.empty();
    }
    turnedAway++;
    if (ordered == Order.HOLD) {
      return Optional.of(later(86_400));
    }
    outcomes.put(ordinal, "STOPPED");
    return Optional.of(new StageReport(Verdict.DONE, 0, "STOPPED"));
  }

  private synchronized int begin(int ordinal) {
    atWork++;
    mostAtWork = Math.max(mostAtWork, atWork);
    order.add(ordinal);
    notifyAll();
    return times.merge(ordinal, 1, Integer::sum);
  }

  private synchronized void end(int ordinal, String outcome) {
    outcomes.put(ordinal, outcome);
  }

  private synchronized void leave() {
    atWork--;
    notifyAll();
  }

  /**
   * For behaviours: holds the host at work until so many are at once, or a moment has passed in
   * which one too many would have come.
   */
  synchronized void awaitCrowd(int many, Duration moment) throws InterruptedException {
    long until = System.nanoTime() + moment.toNanos();
    while (atWork <= many && System.nanoTime() < until) {
      wait(10);
    }
  }

  /** For behaviours: holds the host at work until so many stages were begun, or a while. */
  synchronized void awaitBegun(int many, Duration atMost) throws InterruptedException {
    long until = System.nanoTime() + atMost.toNanos();
    while (order.size() < many && System.nanoTime() < until) {
      wait(10);
    }
  }

  synchronized int count(String outcome) {
    return (int) outcomes.values().stream().filter(outcome::equals).count();
  }

  /** How often each host's stage was run. */
  synchronized Map<Integer, Integer> times() {
    return Map.copyOf(times);
  }

  /** Hosts in the order in which their stages were begun. */
  synchronized List<Integer> order() {
    return List.copyOf(order);
  }

  synchronized List<String> settled() {
    return List.copyOf(settled);
  }

  /** How long the job took, time that was skipped included. */
  synchronized Duration took() {
    return Duration.ofMillis(finishedAt - resolvedAt);
  }

  synchronized int atWork() {
    return atWork;
  }

  synchronized int mostAtWork() {
    return mostAtWork;
  }

  synchronized int waves() {
    return waves;
  }

  /** How often a stage was run in vain, because the job was held or stopped. */
  synchronized int turnedAway() {
    return turnedAway;
  }

  synchronized int plans() {
    return plans;
  }

  synchronized int briefs() {
    return briefs;
  }
}
