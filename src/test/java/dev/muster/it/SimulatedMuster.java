package dev.muster.it;

import dev.muster.Muster;
import dev.muster.host.Access;
import dev.muster.host.Watch;
import dev.muster.job.Reason;
import dev.muster.transport.Effect;
import dev.muster.transport.Followed;
import dev.muster.transport.HostSession;
import dev.muster.transport.Inspection;
import dev.muster.transport.RunKey;
import dev.muster.transport.RunOrder;
import dev.muster.transport.RunState;
import dev.muster.transport.StartReply;
import dev.muster.transport.Transport;
import dev.muster.transport.TransportException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/**
 * muster with a fleet that is only simulated, for load: every host takes a few milliseconds, some
 * refuse the first connection, a few fail. The seed decides which; commands are still started at
 * most once per key.
 */
final class SimulatedMuster {

  private SimulatedMuster() {}

  public static void main(String[] arguments) {
    SpringApplication.run(new Class<?>[] {Muster.class, Parts.class}, arguments);
  }

  /** Not annotated, so that only {@link #main} takes it in. */
  static class Parts {

    @Bean
    @Primary
    static Transport simulatedTransport() {
      return new Fleet(
          Long.getLong("fleet.seed", 1),
          Integer.getInteger("fleet.millis", 40),
          Long.getLong("fleet.dead", Long.MAX_VALUE));
    }
  }

  private static final class Fleet implements Transport {

    private static final int REFUSING_PERCENT = 2;
    private static final int FAILING_PERCENT = 1;

    private final long seed;
    private final int millis;
    private final long dead;
    private final Map<String, Integer> exitCodes = new ConcurrentHashMap<>();
    private final Map<Long, Integer> connections = new ConcurrentHashMap<>();

    /**
     * @param dead from this number on hosts swallow every packet, as behind a firewall
     */
    private Fleet(long seed, int millis, long dead) {
      this.seed = seed;
      this.millis = millis;
      this.dead = dead;
    }

    @Override
    public boolean answers(Access access) {
      if (access.hostId() >= dead) {
        pause(3_000);
        return false;
      }
      return true;
    }

    @Override
    public Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn)
        throws TransportException {
      Session session = open(access);
      loggedIn.accept(new Inspection.Login("root", access.address(), 22, "simulated"));
      return new Look(session);
    }

    @Override
    public Session open(Access access) throws TransportException {
      if (access.hostId() >= dead) {
        pause(10_000);
        throw new TransportException(Reason.CONNECT, "simulated: no answer");
      }
      Random random = new Random(seed * 31 + access.hostId());
      boolean refuses = random.nextInt(100) < REFUSING_PERCENT;
      boolean fails = random.nextInt(100) < FAILING_PERCENT;
      pause(5 + random.nextInt(20));
      if (connections.merge(access.hostId(), 1, Integer::sum) == 1 && refuses) {
        throw new TransportException(Reason.CONNECT, "simulated: refused at first");
      }
      return new Session(this, fails, 10 + random.nextInt(millis));
    }
  }

  private record Look(Session session) implements Inspection {

    @Override
    public long uid() {
      return 0;
    }

    @Override
    public Instant date() {
      return Instant.now();
    }

    @Override
    public Room room(@Nullable String recorded) {
      return new Room(session.directory(recorded), true, 1 << 20);
    }

    @Override
    public Optional<Found> process(Watch watch) {
      return Optional.of(new Found(7, Duration.ofSeconds(1)));
    }

    @Override
    public void close() {}
  }

  private record Session(Fleet fleet, boolean fails, int millis) implements HostSession {

    @Override
    public String directory(@Nullable String recorded) {
      return "/simulated";
    }

    @Override
    public RunState probe(RunKey key, String digest) {
      Integer exitCode = fleet.exitCodes.get(key.toString());
      return exitCode == null ? new RunState.NotStarted() : new RunState.Done(exitCode);
    }

    @Override
    public StartReply start(RunOrder order, BooleanSupplier permit) {
      if (!permit.getAsBoolean()) {
        return new StartReply.Withdrawn();
      }
      pause(millis);
      fleet.exitCodes.putIfAbsent(order.key().toString(), fails ? 1 : 0);
      return new StartReply.Started();
    }

    @Override
    public Followed follow(RunKey key, long offset, int mostBytes) {
      return new Followed(probe(key, ""), ByteBuffer.allocate(0));
    }

    @Override
    public boolean halt(RunKey key) {
      return false;
    }

    @Override
    public long uid() {
      return 0;
    }

    @Override
    public String machine() {
      return "x86_64";
    }

    @Override
    public String receive(String digest, Path file, BooleanSupplier goOn) {
      return "/simulated/files/" + digest;
    }

    @Override
    public Optional<String> file(String path) {
      return Optional.empty();
    }

    @Override
    public Effect effect(RunKey key, Watch watch) {
      return new Effect(1, new Effect.Seen.Absent(), new Effect.Seen.Running(7, 2, "-"));
    }

    @Override
    public void close() {}
  }

  private static void pause(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
