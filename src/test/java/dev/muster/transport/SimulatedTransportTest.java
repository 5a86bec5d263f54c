package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.Watch;
import dev.muster.job.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What the simulated hosts have in common with real ones, and what load tests ask of them. */
class SimulatedTransportTest implements StartContract {

  private static final Duration MOMENT = Duration.ofMillis(1);
  private static final Watch WATCH = new Watch(Watch.Kind.PIDFILE, "/run/agent.pid");

  private final UUID job = UUID.randomUUID();

  @Override
  public Subject subject() {
    return subject;
  }

  private final Subject subject =
      new Subject() {
        private final SimulatedTransport transport =
            new SimulatedTransport(
                SimulatedTransport.Settings.faultless(
                    7, Duration.ofSeconds(2), Duration.ofSeconds(2)));
        private final AtomicInteger keys = new AtomicInteger();

        @Override
        public HostSession session() throws TransportException {
          return transport.open(host(1));
        }

        @Override
        public RunKey key() {
          return new RunKey(job, keys.incrementAndGet(), "restart", 1);
        }

        @Override
        public RunOrder order(RunKey key) {
          return SimulatedTransportTest.order(key);
        }

        @Override
        public int effects(RunKey key) {
          return transport.ledger().starts(key);
        }
      };

  private static Access host(long id) {
    return new Access(id, "simulated-" + id, null, null, null, null, Become.NONE);
  }

  private RunKey key(long host) {
    return new RunKey(job, (int) host, "restart", 1);
  }

  private static RunOrder order(RunKey key) {
    return new RunOrder(key, "digest", 1, WATCH, "", List.of(List.of("restart")));
  }

  /** One host's whole way, as often as sessions are lost on it; answers the exit code. */
  private int operate(SimulatedTransport transport, long host) {
    while (true) {
      try (HostSession session = transport.open(host(host))) {
        session.directory(null);
        while (true) {
          switch (session.probe(key(host), "digest")) {
            case RunState.NotStarted never -> session.start(order(key(host)), () -> true);
            case RunState.Running running -> session.follow(key(host), 1000, 1000);
            case RunState.Done done -> {
              assertThat(session.effect(key(host), WATCH).restarted())
                  .isEqualTo(done.exitCode() == 0);
              return done.exitCode();
            }
            default -> throw new AssertionError("host " + host);
          }
        }
      } catch (TransportException e) {
        assertThat(e.reason()).isIn(Reason.CONNECT, Reason.LINK);
      }
    }
  }

  private List<Integer> operateAll(SimulatedTransport transport, int hosts, int atOnce)
      throws Exception {
    Semaphore window = new Semaphore(atOnce);
    List<Future<Integer>> exits = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 1; i <= hosts; i++) {
        long host = i;
        window.acquire();
        exits.add(
            executor.submit(
                () -> {
                  try {
                    return operate(transport, host);
                  } finally {
                    window.release();
                  }
                }));
      }
    }
    List<Integer> codes = new ArrayList<>();
    for (Future<Integer> exit : exits) {
      codes.add(exit.get());
    }
    return codes;
  }

  @Test
  void a_hundred_thousand_hosts_are_operated_once_each_within_the_window() throws Exception {
    SimulatedTransport transport =
        new SimulatedTransport(
            new SimulatedTransport.Settings(
                1, 0.01, Duration.ofNanos(100_000), MOMENT, MOMENT.multipliedBy(3), 0.02, 0.01));
    List<Integer> exits = operateAll(transport, 100_000, 512);
    assertThat(transport.ledger().starts()).isEqualTo(100_000);
    assertThat(transport.ledger().doubled()).isEmpty();
    assertThat(transport.ledger().maxInFlight()).isBetween(100, 512);
    assertThat(transport.mostOpenSessions()).isBetween(100, 512);
    assertThat(transport.openSessions()).isZero();
    assertThat(transport.ledger().inFlight()).isZero();
    assertThat(exits.stream().filter(exit -> exit != 0).count() / 100_000.0)
        .isCloseTo(0.02, within(0.003));
  }

  @Test
  void faults_come_as_often_as_told_and_never_cost_a_second_effect() throws Exception {
    SimulatedTransport transport =
        new SimulatedTransport(
            new SimulatedTransport.Settings(3, 0.2, Duration.ZERO, MOMENT, MOMENT, 0.5, 0.3));
    List<Integer> exits = operateAll(transport, 2_000, 100);
    assertThat(transport.ledger().starts()).isEqualTo(2_000);
    assertThat(transport.ledger().doubled()).isEmpty();
    assertThat(transport.lostSessions()).isGreaterThan(500);
    assertThat(transport.sessions()).isEqualTo(2_000 + transport.lostSessions());
    assertThat(exits.stream().filter(exit -> exit != 0).count()).isBetween(900L, 1_100L);
  }

  @Test
  void the_seed_decides_what_becomes_of_every_host() throws Exception {
    SimulatedTransport.Settings settings =
        new SimulatedTransport.Settings(5, 0.3, Duration.ZERO, MOMENT, MOMENT, 0.5, 0.2);
    SimulatedTransport first = new SimulatedTransport(settings);
    SimulatedTransport second = new SimulatedTransport(settings);
    assertThat(operateAll(first, 300, 50)).isEqualTo(operateAll(second, 300, 3));
  }

  @Test
  void the_most_in_flight_is_what_was_in_flight_at_once() {
    List<SimulatedLedger.Entry> entries =
        List.of(
            new SimulatedLedger.Entry(1, key(1), 0, 10),
            new SimulatedLedger.Entry(2, key(2), 5, 20),
            new SimulatedLedger.Entry(1, key(3), 10, 30),
            new SimulatedLedger.Entry(3, key(4), 30, 40));
    assertThat(SimulatedLedger.maxInFlight(entries)).isEqualTo(2);
  }

  @Test
  void output_arrives_at_its_offsets() throws Exception {
    HostSession session = subject.session();
    RunKey key = subject.key();
    session.start(order(key), () -> true);
    Followed begun = session.follow(key, 0, 4);
    assertThat(StandardCharsets.UTF_8.decode(begun.output()).toString()).isEqualTo("host");
    session.halt(key);
    String all = StandardCharsets.UTF_8.decode(session.follow(key, 0, 1000).output()).toString();
    assertThat(all).isEqualTo("host 1: restart begins\nexit 143\n");
    assertThat(session.follow(key, all.length(), 1000).output().hasRemaining()).isFalse();
    assertThat(session.effect(key, WATCH).restarted()).isFalse();
    assertThat(session.effect(key, Watch.NOTHING).running()).isFalse();
  }

  @Test
  void a_closed_session_is_of_no_use_and_an_address_is_needed() throws Exception {
    HostSession session = subject.session();
    session.close();
    session.close();
    assertThatThrownBy(() -> session.probe(subject.key(), "digest"))
        .isInstanceOf(TransportException.class);
    SimulatedTransport transport =
        new SimulatedTransport(SimulatedTransport.Settings.faultless(1, MOMENT, MOMENT));
    Access nowhere = new Access(9, "", null, null, null, null, Become.NONE);
    assertThatThrownBy(() -> transport.open(nowhere)).isInstanceOf(TransportException.class);
  }
}
