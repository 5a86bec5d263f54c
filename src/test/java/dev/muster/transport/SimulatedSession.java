package dev.muster.transport;

import dev.muster.host.Watch;
import dev.muster.job.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A session on a simulated host, which may be lost at any request. */
final class SimulatedSession implements HostSession, Inspection {

  private static final String DIRECTORY = "/var/lib/muster";
  private static final long PERMIT_KEEPS_NS = TimeUnit.MILLISECONDS.toNanos(900);
  private static final long FOLLOW_NS = TimeUnit.SECONDS.toNanos(1);

  private final SimulatedTransport transport;
  private final SimulatedHost host;
  private final SimulatedTransport.Settings settings;
  private final SplittableRandom random;
  private final AtomicBoolean open = new AtomicBoolean();

  SimulatedSession(
      SimulatedTransport transport,
      SimulatedHost host,
      SimulatedTransport.Settings settings,
      SplittableRandom random) {
    this.transport = transport;
    this.host = host;
    this.settings = settings;
    this.random = random;
  }

  void begin() {
    open.set(true);
  }

  @Override
  public String directory(@Nullable String recorded) throws TransportException {
    return ask(() -> recorded == null ? DIRECTORY : recorded);
  }

  @Override
  public RunState probe(RunKey key, String digest) throws TransportException {
    return ask(() -> host.probe(key, digest));
  }

  @Override
  public StartReply start(RunOrder order, BooleanSupplier permit) throws TransportException {
    long ready = ask(System::nanoTime);
    boolean permitted = permit.getAsBoolean();
    return ask(
        () -> {
          if (!permitted) {
            return new StartReply.Withdrawn();
          }
          return System.nanoTime() - ready > PERMIT_KEEPS_NS
              ? new StartReply.Refused(StartReply.Why.STALE)
              : host.start(order);
        });
  }

  @Override
  public Followed follow(RunKey key, long offset, int mostBytes) throws TransportException {
    long until = System.nanoTime() + FOLLOW_NS;
    while (true) {
      long left = until - System.nanoTime();
      long quiet = Math.min(left, host.nothingNewForNs(key, offset));
      if (quiet <= 0 || !open.get()) {
        return ask(() -> host.follow(key, offset, mostBytes));
      }
      pause(quiet);
    }
  }

  @Override
  public boolean halt(RunKey key) throws TransportException {
    return ask(() -> host.halt(key));
  }

  @Override
  public Effect effect(RunKey key, Watch watch) throws TransportException {
    Effect effect = ask(() -> host.effect(key));
    Effect.Seen nothing = new Effect.Seen.Absent();
    return watch.kind() == Watch.Kind.NOTHING
        ? new Effect(effect.began(), nothing, nothing)
        : effect;
  }

  @Override
  public String machine() {
    return "x86_64";
  }

  @Override
  public String receive(String digest, Path file, BooleanSupplier goOn) throws TransportException {
    return ask(() -> DIRECTORY + "/files/" + digest);
  }

  @Override
  public Optional<String> file(String path) throws TransportException {
    return ask(Optional::empty);
  }

  @Override
  public long uid() {
    return 0;
  }

  @Override
  public Instant date() throws TransportException {
    return ask(Instant::now);
  }

  @Override
  public Room room(@Nullable String recorded) throws TransportException {
    return ask(() -> new Room(recorded == null ? DIRECTORY : recorded, true, 1 << 20));
  }

  @Override
  public Optional<Found> process(Watch watch) throws TransportException {
    return ask(
        () ->
            host.agent() instanceof Effect.Seen.Running agent
                ? Optional.of(new Found(agent.pid(), Duration.ZERO))
                : Optional.empty());
  }

  /** Sends a request and waits for its answer; either may be lost, and the session with it. */
  private <T> T ask(Supplier<T> request) throws TransportException {
    boolean loses = random.nextDouble() < settings.linkLosses();
    boolean acts = !loses || random.nextBoolean();
    roundTrip();
    if (!open.get()) {
      throw new TransportException(Reason.LINK, "the session is closed");
    }
    T answer = acts ? request.get() : null;
    if (loses || answer == null) {
      transport.lost();
      close();
      throw new TransportException(Reason.LINK, "the connection broke: simulated");
    }
    return answer;
  }

  void roundTrip() throws TransportException {
    long ns = settings.roundTrip().toNanos();
    if (ns > 0) {
      pause(ns / 2 + random.nextLong(ns));
    }
  }

  private static void pause(long ns) throws TransportException {
    long until = System.nanoTime() + ns;
    for (long left = ns; left > 0; left = until - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        throw new TransportException(Reason.LINK, "interrupted");
      }
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() {
    if (open.getAndSet(false)) {
      transport.closed();
    }
  }
}
