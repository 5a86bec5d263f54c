package dev.muster.it;

import dev.muster.Muster;
import dev.muster.host.Access;
import dev.muster.host.Watch;
import dev.muster.job.Outcome;
import dev.muster.roster.Grant;
import dev.muster.roster.Instances;
import dev.muster.transport.Effect;
import dev.muster.transport.Followed;
import dev.muster.transport.HostSession;
import dev.muster.transport.Inspection;
import dev.muster.transport.RunKey;
import dev.muster.transport.RunOrder;
import dev.muster.transport.RunState;
import dev.muster.transport.SshTransport;
import dev.muster.transport.StartReply;
import dev.muster.transport.Transport;
import dev.muster.transport.TransportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * muster as it is, but that it ends itself with {@code kill -9} at a chosen point of the protocol,
 * when it comes there for the fifth time; or that it forgets what it did, which proves that the
 * tests would notice.
 */
final class DyingMuster {

  /** Where it dies. */
  enum Point {
    /** A command was started, its exit code is not there yet. */
    STARTED,
    /** The exit code was read, the outcome is not committed. */
    EXIT_CODE,
    /** The outcome is committed, the engine was not told. */
    OUTCOME,
    /**
     * Never; but every attempt forgets the executions before it, as if nothing were ever probed.
     */
    FORGETS
  }

  private static final AtomicInteger ARRIVALS = new AtomicInteger();

  private DyingMuster() {}

  public static void main(String[] arguments) {
    SpringApplication.run(new Class<?>[] {Muster.class, Parts.class}, arguments);
  }

  private static void arrive(Point here) {
    if (Point.valueOf(System.getProperty("dies.at")) == here && ARRIVALS.incrementAndGet() == 5) {
      try {
        new ProcessBuilder("kill", "-9", String.valueOf(ProcessHandle.current().pid()))
            .start()
            .waitFor();
        while (true) {
          Thread.onSpinWait();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Not annotated, so that only {@link #main} takes it in. */
  static class Parts {

    @Bean
    @Primary
    static Transport dyingTransport(SshTransport ssh) {
      return new Transport() {
        @Override
        public HostSession open(Access access) throws TransportException {
          return new DyingSession(ssh.open(access));
        }

        @Override
        public Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn)
            throws TransportException {
          return ssh.inspect(access, loggedIn);
        }
      };
    }

    @Bean
    @Primary
    static Instances dyingInstances(JdbcClient jdbc) {
      return new Instances(jdbc) {
        @Override
        public boolean finish(Grant grant, int step, Outcome outcome) {
          boolean finished = super.finish(grant, step, outcome);
          arrive(Point.OUTCOME);
          return finished;
        }
      };
    }
  }

  private record DyingSession(HostSession session) implements HostSession {

    /** What the key would be if nothing were remembered: another one at every attempt. */
    private RunKey key(RunKey key) {
      if (Point.valueOf(System.getProperty("dies.at")) != Point.FORGETS) {
        return key;
      }
      return new RunKey(
          key.job(),
          key.ordinal(),
          key.step(),
          (int) (ProcessHandle.current().pid() % 1_000_000) + 2);
    }

    @Override
    public String directory(@Nullable String recorded) throws TransportException {
      return session.directory(recorded);
    }

    @Override
    public RunState probe(RunKey key, String digest) throws TransportException {
      RunState state = session.probe(key(key), digest);
      if (state instanceof RunState.Done) {
        arrive(Point.EXIT_CODE);
      }
      // Without its memory muster would not see who holds the host either.
      return state instanceof RunState.Busy && !key(key).equals(key)
          ? new RunState.NotStarted()
          : state;
    }

    @Override
    public StartReply start(RunOrder order, BooleanSupplier permit) throws TransportException {
      RunOrder forgetful =
          new RunOrder(
              key(order.key()),
              order.digest(),
              order.token(),
              order.watch(),
              order.directory(),
              order.commands());
      StartReply reply = session.start(forgetful, permit);
      if (reply instanceof StartReply.Started && order.key().step().startsWith("restart")) {
        arrive(Point.STARTED);
      }
      return reply;
    }

    @Override
    public Followed follow(RunKey key, long offset, int mostBytes) throws TransportException {
      return session.follow(key(key), offset, mostBytes);
    }

    @Override
    public boolean halt(RunKey key) throws TransportException {
      return session.halt(key(key));
    }

    @Override
    public Effect effect(RunKey key, Watch watch) throws TransportException {
      return session.effect(key(key), watch);
    }

    @Override
    public long uid() {
      return session.uid();
    }

    @Override
    public String machine() {
      return session.machine();
    }

    @Override
    public String receive(String digest, Path file, BooleanSupplier goOn)
        throws TransportException {
      return session.receive(digest, file, goOn);
    }

    @Override
    public Optional<String> file(String path) throws TransportException {
      return session.file(path);
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
