package dev.muster.transport;

import dev.muster.transport.Effect.Seen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The run records of one host. Time alone moves a command on, so nothing has to run meanwhile.
 * Thread-safe.
 */
final class SimulatedHost {

  private static final int KILLED = 143;

  private final long id;
  private final SimulatedTransport.Settings settings;
  private final SimulatedLedger ledger;
  private final AtomicInteger sessions = new AtomicInteger();
  private final Map<RunKey, Run> runs = new HashMap<>(4);
  private final Set<RunKey> forbidden = new HashSet<>(1);
  private @Nullable Run current;
  private long fence;
  private Seen.Running agent = new Seen.Running(1, 0, "-");

  SimulatedHost(long id, SimulatedTransport.Settings settings, SimulatedLedger ledger) {
    this.id = id;
    this.settings = settings;
    this.ledger = ledger;
  }

  /** A command that began here. */
  private final class Run implements SimulatedLedger.Effect {

    private final RunOrder order;
    private final long beganNs;
    private final Seen before;
    private long endsNs;
    private int exitCode;

    Run(RunOrder order, long beganNs, Seen before) {
      SplittableRandom random =
          settings.random(id, order.key().step() + "/" + order.key().execution());
      long most = settings.longest().toNanos();
      this.order = order;
      this.beganNs = beganNs;
      this.before = before;
      this.endsNs = beganNs + random.nextLong(settings.shortest().toNanos(), most + 1);
      this.exitCode = random.nextDouble() < settings.exitCodeFailures() ? 1 : 0;
    }

    @Override
    public SimulatedLedger.Entry entry() {
      synchronized (SimulatedHost.this) {
        return new SimulatedLedger.Entry(id, order.key(), beganNs, endsNs);
      }
    }

    boolean ended(long now) {
      return now - endsNs >= 0;
    }

    byte[] output(long now) {
      String begun = "host %d: %s begins%n".formatted(id, order.key().step());
      String text = ended(now) ? begun + "exit %d%n".formatted(exitCode) : begun;
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  int nextSession() {
    return sessions.incrementAndGet();
  }

  synchronized RunState probe(RunKey key, String digest) {
    Run run = runs.get(key);
    if (run != null && !run.order.digest().equals(digest)) {
      return new RunState.Conflict();
    }
    return state(key);
  }

  private RunState state(RunKey key) {
    settle();
    Run run = runs.get(key);
    if (run == null) {
      return current == null
          ? new RunState.NotStarted()
          : new RunState.Busy(current.order.key().toString());
    }
    long now = System.nanoTime();
    return run.ended(now)
        ? new RunState.Done(run.exitCode)
        : new RunState.Running(hundredths(now - run.beganNs));
  }

  synchronized StartReply start(RunOrder order) {
    settle();
    if (runs.containsKey(order.key())) {
      return new StartReply.Started();
    }
    if (current != null) {
      return new StartReply.Refused(StartReply.Why.BUSY);
    }
    if (forbidden.contains(order.key())) {
      return new StartReply.Refused(StartReply.Why.CANCELLED);
    }
    if (order.token() < fence) {
      return new StartReply.Refused(StartReply.Why.FENCED);
    }
    fence = order.token();
    Run run = new Run(order, System.nanoTime(), agent);
    current = run;
    runs.put(order.key(), run);
    ledger.add(run);
    return new StartReply.Started();
  }

  synchronized Followed follow(RunKey key, long offset, int mostBytes) {
    RunState state = state(key);
    Run run = runs.get(key);
    byte[] output = run == null ? new byte[0] : run.output(System.nanoTime());
    int from = (int) Math.min(offset, output.length);
    int length = Math.min(mostBytes, output.length - from);
    return new Followed(state, ByteBuffer.wrap(output, from, length).slice());
  }

  /** How long there will be nothing new beyond the offset. */
  synchronized long nothingNewForNs(RunKey key, long offset) {
    Run run = runs.get(key);
    long now = System.nanoTime();
    if (run == null) {
      return Long.MAX_VALUE;
    }
    return run.ended(now) || run.output(now).length > offset ? 0 : run.endsNs - now;
  }

  synchronized boolean halt(RunKey key) {
    settle();
    forbidden.add(key);
    Run run = runs.get(key);
    if (run == null || run != current) {
      return false;
    }
    run.endsNs = System.nanoTime();
    run.exitCode = KILLED;
    settle();
    return true;
  }

  synchronized Effect effect(RunKey key) {
    settle();
    Run run = runs.get(key);
    return run == null
        ? new Effect(0, new Seen.Absent(), agent)
        : new Effect(hundredths(run.beganNs), run.before, agent);
  }

  synchronized Seen agent() {
    settle();
    return agent;
  }

  /** Takes in what has come to its end since anybody looked. */
  private void settle() {
    Run run = current;
    if (run == null || !run.ended(System.nanoTime())) {
      return;
    }
    if (run.exitCode == 0) {
      agent = new Seen.Running(agent.pid() + 1, hundredths(run.endsNs), "-");
    }
    current = null;
  }

  private static long hundredths(long ns) {
    return TimeUnit.NANOSECONDS.toMillis(ns) / 10;
  }
}
