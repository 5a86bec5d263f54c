package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A halt ends what runs, wholly and soon, and leaves the truth behind. */
interface HaltContract {

  Bench bench();

  @Test
  default void a_halt_ends_the_whole_process_group() throws Exception {
    HostSession session = bench().session();
    RunOrder order =
        bench()
            .order(bench().key(), "env sleep 7771 & sh -c 'env sleep 7772; :' & env sleep 7773; :");
    bench().start(session, order);
    for (String sleep : new String[] {"sleep 7771", "sleep 7772", "sleep 7773"}) {
      await().until(() -> bench().processes(sleep).size() == 1);
    }
    Instant begin = Instant.now();
    assertThat(session.halt(order.key())).isTrue();
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(3));
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(143));
    await().until(() -> bench().processes("sleep 777[123]").isEmpty());
  }

  @Test
  default void a_command_that_ignores_the_first_signals_is_killed() throws Exception {
    HostSession session = bench().session();
    RunOrder order =
        bench().order(bench().key(), "trap '' TERM; echo deaf; while :; do sleep 0.2; done");
    bench().start(session, order);
    await().until(() -> session.follow(order.key(), 0, 10).output().hasRemaining());
    Instant begin = Instant.now();
    assertThat(session.halt(order.key())).isTrue();
    assertThat(Duration.between(begin, Instant.now()))
        .isBetween(Duration.ofSeconds(3), Duration.ofSeconds(10));
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(137));
  }

  @Test
  default void a_command_may_use_the_time_between_the_signals_to_end_well() throws Exception {
    HostSession session = bench().session();
    RunOrder order =
        bench()
            .order(
                bench().key(), "trap 'echo tidy; exit 5' TERM; env sleep 7774 & echo ready; wait");
    bench().start(session, order);
    await().until(() -> session.follow(order.key(), 0, 10).output().hasRemaining());
    assertThat(session.halt(order.key())).isTrue();
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(5));
    // On a slow machine the second signal may find the command still tidying, and have it begin
    // anew.
    assertThat(bench().output(session, order.key(), 100)).asString().startsWith("ready\ntidy\n");
  }

  @Test
  default void a_command_that_ended_by_itself_was_not_ended() throws Exception {
    HostSession session = bench().session();
    // Its exit code is recorded a moment later, as what it left behind holds its output open.
    RunOrder order = bench().order(bench().key(), "env sleep 7776 & exit 0");
    bench().start(session, order);
    await().until(() -> bench().processes("sleep 7776").size() == 1);
    assertThat(session.halt(order.key())).isFalse();
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(0));
  }

  @Test
  default void a_halt_ends_an_orphan_too() throws Exception {
    HostSession session = bench().session();
    RunOrder order = bench().order(bench().key(), "exec env sleep 7775");
    bench().start(session, order);
    await().until(() -> bench().processes("sleep 7775").size() == 1);
    bench().killRunner(order.key());
    assertThat(session.halt(order.key())).isFalse();
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Interrupted());
    assertThat(bench().processes("sleep 7775")).isEmpty();
  }

  @Test
  default void a_halt_that_races_with_a_start_wins_or_ends_it() throws Exception {
    RandomGenerator random = CrashContract.random("halt races with start");
    HostSession starting = bench().session();
    HostSession halting = bench().session();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        RunOrder order = bench().order(bench().key(), "exec env sleep 7770");
        long moment = random.nextLong(40_000_000);
        Future<Boolean> halted =
            executor.submit(
                () -> {
                  LockSupport.parkNanos(moment);
                  return halting.halt(order.key());
                });
        StartReply reply = starting.start(order, () -> true);
        boolean ended = halted.get();
        RunState state = bench().end(starting, order.key());
        if (reply instanceof StartReply.Started) {
          assertThat(state)
              .as("halt after %d ns: %s", moment, ended)
              .isEqualTo(new RunState.Done(143));
        } else {
          assertThat(reply).isEqualTo(new StartReply.Refused(StartReply.Why.CANCELLED));
          assertThat(state).isEqualTo(new RunState.NotStarted());
          assertThat(bench().effects(order.key())).isZero();
        }
        assertThat(bench().processes("sleep 7770")).isEmpty();
      }
    }
  }
}
