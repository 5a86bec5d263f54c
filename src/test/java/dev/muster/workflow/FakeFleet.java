package dev.muster.workflow;

import dev.muster.projection.Progress;
import dev.muster.roster.Roster;
import dev.muster.step.Stages;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * A roster, a projection and hosts in memory. What a host does is told by a {@link Behaviour}; how
 * many are at work is counted, and the most at once remembered. Thread-safe.
 */
final class FakeFleet implements Roster, Progress, Stages {

  static final StageReport DONE = new StageReport(Verdict.DONE, 0, "SUCCEEDED");
  static final StageReport FAILED = new StageReport(Verdict.DONE, 0, "FAILED");

  /** What a host does when its stage is run for the n-th time, from 1. */
  interface Behaviour {
    StageReport run(int ordinal, int time) throws InterruptedException;
  }

  /** Every host is done at once. */
  static final Behaviour WELL = (ordinal, time) -> DONE;

  private final int window;
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
  private boolean stopped;
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

  /** Closes the gate. */
  synchronized void stop() {
    stopped = true;
  }

  static StageReport later(int seconds) {
    return new StageReport(Verdict.LATER, seconds, "not now");
  }

  @Override
  public synchronized Resolved resolve(long job) {
    resolvedAt = resolvedAt == 0 ? clock.getAsLong() : resolvedAt;
    return new Resolved(hosts, window, "RESTART_AGENT", "restart", "admin");
  }

  @Override
  public synchronized Plan plan(long job) {
    if (stopped) {
      unfinished().stream()
          .filter(o -> !times.containsKey(o))
          .forEach(o -> outcomes.put(o, "STOPPED"));
    }
    List<Integer> left = unfinished();
    List<WaveRange> ranges = new ArrayList<>();
    for (int first = 0; first < left.size() && ranges.size() < Plan.MOST_WAVES; first += waveSize) {
      int last = Math.min(first + waveSize, left.size()) - 1;
      ranges.add(new WaveRange(++waves, left.get(first), left.get(last)));
    }
    return new Plan(ranges, stopped);
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
    if (stopped || round >= rounds || failed.isEmpty()) {
      return new Round(0, 0, 0);
    }
    long now = clock.getAsLong();
    if (nextRoundAt == 0) {
      nextRoundAt = now + after.toMillis();
    }
    if (nextRoundAt > now) {
      return new Round(round + 1, (nextRoundAt - now + 999) / 1000, failed.size());
    }
    nextRoundAt = 0;
    failed.forEach(outcomes::remove);
    return new Round(++round, 0, failed.size());
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
  public StageReport run(StageOrder stage) {
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

  synchronized int mostAtWork() {
    return mostAtWork;
  }

  synchronized int waves() {
    return waves;
  }

  synchronized int briefs() {
    return briefs;
  }
}
