package dev.muster.transport;

import dev.muster.host.Access;
import dev.muster.job.Reason;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Any number of hosts in memory, told apart by {@link Access#hostId}, for tests of load: each keeps
 * its run records as a real one does, and does at most one thing at a time. A host that nobody
 * talks to costs one small object and no thread. What becomes of a host's n-th session and of a
 * step's n-th execution is decided by the seed alone, not by the order of calls between hosts.
 */
public final class SimulatedTransport implements Transport {

  private final Settings settings;
  private final Map<Long, SimulatedHost> hosts = new ConcurrentHashMap<>();
  private final SimulatedLedger ledger = new SimulatedLedger();
  private final LongAdder opened = new LongAdder();
  private final LongAdder lost = new LongAdder();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();

  /**
   * @param connectFailures which part of all connections fails
   * @param roundTrip what a request and its answer take on average; from half of it to half as much
   *     again
   * @param shortest the shortest time that a command takes
   * @param longest the longest such time
   * @param exitCodeFailures which part of all executions ends with an exit code other than 0
   * @param linkLosses which part of all requests loses the session, before or after the host has
   *     acted on it
   */
  public record Settings(
      long seed,
      double connectFailures,
      Duration roundTrip,
      Duration shortest,
      Duration longest,
      double exitCodeFailures,
      double linkLosses) {

    public Settings {
      if (shortest.isNegative() || longest.compareTo(shortest) < 0 || roundTrip.isNegative()) {
        throw new IllegalArgumentException(
            "no such times: " + roundTrip + " " + shortest + " " + longest);
      }
      for (double rate : new double[] {connectFailures, exitCodeFailures, linkLosses}) {
        if (!(rate >= 0 && rate <= 1)) {
          throw new IllegalArgumentException("not a part of 1: " + rate);
        }
      }
    }

    /** Nothing fails, and an answer takes no time. */
    public static Settings faultless(long seed, Duration shortest, Duration longest) {
      return new Settings(seed, 0, Duration.ZERO, shortest, longest, 0, 0);
    }

    /** Random numbers for one matter of one host. */
    SplittableRandom random(long host, String matter) {
      long mixed = seed * 0x9e3779b97f4a7c15L + host;
      return new SplittableRandom(mixed * 0xc2b2ae3d27d4eb4fL + matter.hashCode());
    }
  }

  public SimulatedTransport(Settings settings) {
    this.settings = settings;
  }

  @Override
  public HostSession open(Access access) throws TransportException {
    return begin(access);
  }

  @Override
  public Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn)
      throws TransportException {
    SimulatedSession session = begin(access);
    loggedIn.accept(
        new Inspection.Login("root", access.address(), 22, "ssh-ed25519 SHA256:simulated"));
    return session;
  }

  private SimulatedSession begin(Access access) throws TransportException {
    if (access.address().isBlank()) {
      throw new TransportException(Reason.NO_ADDRESS, "no address");
    }
    SimulatedHost host =
        hosts.computeIfAbsent(access.hostId(), id -> new SimulatedHost(id, settings, ledger));
    SplittableRandom random = settings.random(access.hostId(), "session " + host.nextSession());
    SimulatedSession session = new SimulatedSession(this, host, settings, random.split());
    session.roundTrip();
    if (random.nextDouble() < settings.connectFailures()) {
      throw new TransportException(Reason.CONNECT, access.address() + ": simulated");
    }
    opened.increment();
    mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
    session.begin();
    return session;
  }

  void closed() {
    open.decrementAndGet();
  }

  void lost() {
    lost.increment();
  }

  /** What was really done. */
  public SimulatedLedger ledger() {
    return ledger;
  }

  /** How many sessions there were so far. */
  public long sessions() {
    return opened.sum();
  }

  /** How many of them were lost. */
  public long lostSessions() {
    return lost.sum();
  }

  /** How many are open now. */
  public int openSessions() {
    return open.get();
  }

  /** The largest number of sessions that were open at the same time. */
  public int mostOpenSessions() {
    return mostOpen.get();
  }
}
