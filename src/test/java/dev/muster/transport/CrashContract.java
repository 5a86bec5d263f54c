package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.job.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/**
 * Whatever is killed and whenever: what the host says is true, and no key has a second effect.
 * Seeds are printed; {@code -Dtransport.seed} repeats one.
 */
interface CrashContract {

  Bench bench();

  /** How often a random moment is tried. */
  int trials();

  /** Later than this after its beginning a start is always over. */
  Duration startTakes();

  static RandomGenerator random(String what) {
    long seed = Long.getLong("transport.seed", System.nanoTime() & 0xffffff);
    System.out.println(what + ": seed " + seed);
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  private Duration moment(RandomGenerator random) {
    return Duration.ofNanos(random.nextLong(startTakes().toNanos()));
  }

  @Test
  default void a_session_lost_at_any_moment_of_a_start_leaves_the_truth_behind() throws Exception {
    RandomGenerator random = random("session lost");
    List<RunState> seen = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < trials(); i++) {
        RunOrder order = bench().order(bench().key(), "exit 0");
        HostSession session = bench().session();
        Duration moment = moment(random);
        Future<?> cut =
            executor.submit(
                () -> {
                  LockSupport.parkNanos(moment.toNanos());
                  session.close();
                });
        startOrLose(session, order);
        cut.get();
        RunState state = bench().session().probe(order.key(), "digest");
        seen.add(state);
        assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
        assertThat(bench().effects(order.key())).as("%s after %s", order.key(), moment).isOne();
      }
    }
    // A runner holds the host for an instant before it has said for whom.
    assertThat(seen)
        .allMatch(
            state ->
                state instanceof RunState.NotStarted
                    || state instanceof RunState.Busy
                    || state instanceof RunState.Running
                    || state.equals(new RunState.Done(0)));
  }

  private static void startOrLose(HostSession session, RunOrder order) {
    try {
      assertThat(session.start(order, () -> true)).isEqualTo(new StartReply.Started());
    } catch (TransportException e) {
      assertThat(e.reason()).isEqualTo(Reason.LINK);
    }
  }

  @Test
  default void a_session_lost_before_the_permit_arrives_starts_nothing() throws Exception {
    HostSession session = bench().session();
    RunOrder order = bench().order(bench().key(), "exit 0");
    assertThatThrownBy(
            () ->
                session.start(
                    order,
                    () -> {
                      session.close();
                      return true;
                    }))
        .isInstanceOf(TransportException.class);
    HostSession next = bench().session();
    assertThat(next.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    assertThat(bench().effects(order.key())).isOne();
  }

  @Test
  default void a_killed_runner_leaves_an_orphan_and_then_an_interruption() throws Exception {
    HostSession session = bench().session();
    RunOrder order = bench().order(bench().key(), "exec env sleep 7777");
    bench().start(session, order);
    await().until(() -> bench().processes("sleep 7777").size() == 1);
    bench().killRunner(order.key());
    assertThat(session.probe(order.key(), "digest")).isInstanceOf(RunState.Orphan.class);
    assertThat(session.follow(order.key(), 0, 10).state()).isInstanceOf(RunState.Orphan.class);
    bench().start(session, order);
    bench().exec("pkill", "-KILL", "-f", "-x", "sleep 7777").orThrow();
    await()
        .untilAsserted(
            () ->
                assertThat(session.probe(order.key(), "digest"))
                    .isEqualTo(new RunState.Interrupted()));
    bench().start(session, order);
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Interrupted());
    assertThat(bench().effects(order.key())).isOne();
  }

  @Test
  default void a_runner_killed_at_any_moment_never_claims_an_end_it_did_not_see() throws Exception {
    RandomGenerator random = random("runner killed");
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < trials(); i++) {
        RunOrder order = bench().order(bench().key(), "exec env sleep 0.1");
        HostSession session = bench().session();
        Duration moment = moment(random).multipliedBy(2);
        Future<?> kill = executor.submit(() -> kill(order.key(), moment));
        StartReply reply = session.start(order, () -> true);
        kill.get();
        RunState state = bench().end(session, order.key());
        int before = bench().effects(order.key());
        switch (state) {
          case RunState.NotStarted never -> {
            assertThat(reply).isNotInstanceOf(StartReply.Started.class);
            assertThat(before).isZero();
            bench().complete(order);
            assertThat(bench().effects(order.key())).isOne();
          }
          case RunState.Done done -> {
            assertThat(done.exitCode()).isZero();
            assertThat(before).isOne();
          }
          case RunState.Interrupted interrupted -> {
            bench().start(session, order);
            // Nothing that was begun may still be on its way.
            await()
                .during(Duration.ofMillis(200))
                .until(() -> bench().effects(order.key()) == before && before < 2);
          }
          default -> throw new AssertionError("after " + moment + ": " + state);
        }
      }
    }
  }

  /** Waits on the machine itself for the runner to appear, and this much longer. */
  private void kill(RunKey key, Duration moment) {
    bench()
        .script(
            """
            tries=0
            until pid=$(pgrep -o -f "$1"); do
              tries=$((tries + 1))
              [ $tries -lt 60 ] || exit 0
              sleep 0.005
            done
            sleep "$2"
            kill -KILL "$pid" 2>/dev/null || :
            while [ -d "/proc/$pid" ]; do sleep 0.01; done
            """,
            Bench.runnerOf(key),
            "0.%09d".formatted(moment.toNanos()));
  }

  @Test
  default void a_dead_runner_frees_the_host_for_one_at_a_time() throws Exception {
    HostSession session = bench().session();
    for (int round = 0; round < 3; round++) {
      RunOrder killed = bench().order(bench().key(), "exec env sleep 7776");
      bench().start(session, killed);
      bench().killRunner(killed.key());
      List<Callable<RunState>> next = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        RunOrder order =
            bench()
                .order(bench().key(), "mkdir /tmp/inside || exit 9; sleep 0.02; rmdir /tmp/inside");
        next.add(() -> bench().complete(order));
      }
      try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
        for (Future<RunState> ended : executor.invokeAll(next)) {
          assertThat(ended.get()).isEqualTo(new RunState.Done(0));
        }
      }
      assertThat(session.halt(killed.key())).isFalse();
      assertThat(session.probe(killed.key(), "digest")).isEqualTo(new RunState.Interrupted());
    }
  }
}
