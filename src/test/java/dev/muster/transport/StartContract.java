package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A command is started at most once per key, and only when nothing speaks against it. */
interface StartContract {

  StartReply STARTED = new StartReply.Started();

  Subject subject();

  /**
   * Starts it with a permit that is given at once; a machine under load may call even that late.
   */
  static StartReply start(HostSession session, RunOrder order) throws TransportException {
    StartReply reply = session.start(order, () -> true);
    for (int i = 0; i < 20 && reply.equals(refused(StartReply.Why.STALE)); i++) {
      reply = session.start(order, () -> true);
    }
    return reply;
  }

  private static StartReply refused(StartReply.Why why) {
    return new StartReply.Refused(why);
  }

  private void awaitEffect(RunKey key) {
    await().until(() -> subject().effects(key) == 1);
  }

  private static RunOrder with(RunOrder order, String digest, long token) {
    return new RunOrder(
        order.key(), digest, token, order.watch(), order.directory(), order.commands());
  }

  @Test
  default void a_command_is_not_started_then_running_then_done() throws Exception {
    HostSession session = subject().session();
    RunKey key = subject().key();
    assertThat(session.probe(key, "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(start(session, subject().order(key))).isEqualTo(STARTED);
    assertThat(session.probe(key, "digest")).isInstanceOf(RunState.Running.class);
    RunState end =
        await()
            .until(
                () -> session.follow(key, 0, 0).state(),
                state -> !(state instanceof RunState.Running));
    assertThat(end).isEqualTo(new RunState.Done(0));
    assertThat(session.probe(key, "digest")).isEqualTo(end);
    assertThat(subject().effects(key)).isEqualTo(1);
  }

  @Test
  default void a_key_that_was_started_has_no_second_effect() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    assertThat(start(session, order)).isEqualTo(STARTED);
    assertThat(start(session, order)).isEqualTo(STARTED);
    assertThat(start(subject().session(), order)).isEqualTo(STARTED);
    awaitEffect(order.key());
    session.halt(order.key());
    assertThat(session.probe(order.key(), "digest")).isInstanceOf(RunState.Done.class);
    assertThat(start(session, order)).isEqualTo(STARTED);
    assertThat(subject().effects(order.key())).isEqualTo(1);
  }

  @Test
  default void fifty_starts_at_once_have_one_effect() throws Exception {
    RunOrder order = subject().order(subject().key());
    List<HostSession> sessions = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      sessions.add(subject().session());
    }
    List<Future<StartReply>> replies = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      sessions.forEach(session -> replies.add(executor.submit(() -> start(session, order))));
    }
    List<StartReply> said = new ArrayList<>();
    for (Future<StartReply> reply : replies) {
      said.add(reply.get());
    }
    assertThat(said).containsOnly(STARTED);
    awaitEffect(order.key());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> sessions.getFirst().probe(order.key(), "digest").equals(new RunState.Done(0)));
    assertThat(subject().effects(order.key())).isEqualTo(1);
  }

  @Test
  default void another_key_is_refused_while_one_runs() throws Exception {
    HostSession session = subject().session();
    RunKey first = subject().key();
    RunKey second = subject().key();
    assertThat(start(session, subject().order(first))).isEqualTo(STARTED);
    assertThat(session.probe(second, "digest")).isEqualTo(new RunState.Busy(first.toString()));
    // A refusal must not loosen what it was refused for.
    for (int i = 0; i < 2; i++) {
      assertThat(start(session, subject().order(second))).isEqualTo(refused(StartReply.Why.BUSY));
    }
    assertThat(subject().effects(second)).isZero();
    assertThat(session.halt(first)).isTrue();
    assertThat(start(session, subject().order(second))).isEqualTo(STARTED);
    awaitEffect(second);
    assertThat(subject().effects(first)).isEqualTo(1);
  }

  @Test
  default void probing_disturbs_neither_a_probe_nor_a_start() throws Exception {
    RunOrder order = subject().order(subject().key());
    RunKey other = subject().key();
    HostSession starting = subject().session();
    List<HostSession> probing = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      probing.add(subject().session());
    }
    List<RunState> seen = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<RunState>>> probes = new ArrayList<>();
      for (HostSession session : probing) {
        probes.add(
            executor.submit(
                () -> {
                  List<RunState> states = new ArrayList<>();
                  for (int i = 0; i < 20; i++) {
                    states.add(session.probe(other, "digest"));
                  }
                  return states;
                }));
      }
      for (Future<List<RunState>> probe : probes) {
        seen.addAll(probe.get());
      }
      assertThat(seen).containsOnly(new RunState.NotStarted());
      assertThat(start(starting, order)).isEqualTo(STARTED);
    }
  }

  @Test
  default void a_lower_token_is_fenced_off() throws Exception {
    HostSession session = subject().session();
    RunOrder older = subject().order(subject().key());
    long token = older.token() + 1;
    RunOrder newer = with(subject().order(subject().key()), "digest", token);
    assertThat(start(session, newer)).isEqualTo(STARTED);
    session.halt(newer.key());
    assertThat(start(session, older)).isEqualTo(refused(StartReply.Why.FENCED));
    assertThat(session.probe(older.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(subject().effects(older.key())).isZero();
    RunOrder same = with(subject().order(subject().key()), "digest", token);
    assertThat(start(session, same)).isEqualTo(STARTED);
  }

  @Test
  default void a_key_of_other_commands_is_a_conflict() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    assertThat(start(session, order)).isEqualTo(STARTED);
    assertThat(session.probe(order.key(), "other")).isEqualTo(new RunState.Conflict());
    awaitEffect(order.key());
    start(session, with(order, "other", order.token()));
    session.halt(order.key());
    assertThat(session.probe(order.key(), "other")).isEqualTo(new RunState.Conflict());
    assertThat(subject().effects(order.key())).isEqualTo(1);
  }

  @Test
  default void without_a_permit_nothing_is_started() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    assertThat(session.start(order, () -> false)).isEqualTo(new StartReply.Withdrawn());
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(subject().effects(order.key())).isZero();
    assertThat(start(session, order)).isEqualTo(STARTED);
  }

  @Test
  default void a_permit_that_fails_starts_nothing() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    IllegalStateException noDatabase = new IllegalStateException("no database");
    assertThatThrownBy(
            () ->
                session.start(
                    order,
                    () -> {
                      throw noDatabase;
                    }))
        .isSameAs(noDatabase);
    session.close();
    HostSession next = subject().session();
    assertThat(next.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(start(next, order)).isEqualTo(STARTED);
    awaitEffect(order.key());
  }

  @Test
  default void a_permit_that_comes_late_starts_nothing() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    StartReply reply =
        session.start(
            order,
            () -> {
              await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
              return true;
            });
    assertThat(reply).isEqualTo(refused(StartReply.Why.STALE));
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(subject().effects(order.key())).isZero();
    assertThat(start(session, order)).isEqualTo(STARTED);
    awaitEffect(order.key());
  }

  @Test
  default void a_halt_before_the_start_forbids_it() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    assertThat(session.halt(order.key())).isFalse();
    assertThat(start(session, order)).isEqualTo(refused(StartReply.Why.CANCELLED));
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(subject().effects(order.key())).isZero();
  }

  @Test
  default void a_halt_ends_a_running_command_and_changes_nothing_after_the_end() throws Exception {
    HostSession session = subject().session();
    RunOrder order = subject().order(subject().key());
    assertThat(start(session, order)).isEqualTo(STARTED);
    awaitEffect(order.key());
    assertThat(session.halt(order.key())).isTrue();
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(143));
    assertThat(session.halt(order.key())).isFalse();
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(143));
    assertThat(subject().effects(order.key())).isEqualTo(1);
  }
}
