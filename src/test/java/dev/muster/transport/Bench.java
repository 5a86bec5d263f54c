package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.host.Watch;
import dev.muster.lab.Executed;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One test's work on a machine: its sessions, its keys, and a ledger of effects beside the run
 * directory. Whatever it started is ended when it is closed.
 */
final class Bench implements Subject, AutoCloseable {

  static final String DIRECTORY = "/var/lib/muster";

  private static final AtomicLong TOKENS = new AtomicLong();
  private static final String LEDGER = "/tmp/effects";
  private static final String LEAVE_EFFECT = "umask 0; printf '%s\\n' \"$1\" >>" + LEDGER + "; ";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Machine machine;
  private final UUID job = UUID.randomUUID();

  /** Higher than that of any bench before, for the machine remembers. */
  private final long token = TOKENS.addAndGet(10);

  private final AtomicInteger keys = new AtomicInteger();
  private final Queue<RunKey> used = new ConcurrentLinkedQueue<>();
  private final Queue<HostSession> sessions = new ConcurrentLinkedQueue<>();
  private final Queue<Inspection> inspections = new ConcurrentLinkedQueue<>();

  Bench(Machine machine) {
    this.machine = machine;
  }

  Machine machine() {
    return machine;
  }

  @Override
  public HostSession session() throws TransportException {
    return session(DIRECTORY);
  }

  HostSession session(String directory) throws TransportException {
    HostSession session = visit();
    session.directory(directory);
    return session;
  }

  /** A session whose directory is not yet decided. */
  HostSession visit() throws TransportException {
    return closedLater(machine.transport().open(machine.access()));
  }

  /** A login that only looks. */
  Inspection inspection() throws TransportException {
    Inspection inspection = machine.transport().inspect(machine.access(), login -> {});
    inspections.add(inspection);
    return inspection;
  }

  HostSession closedLater(HostSession session) {
    sessions.add(session);
    return session;
  }

  @Override
  public RunKey key() {
    RunKey key = new RunKey(job, 7, "step_" + keys.incrementAndGet(), 1);
    used.add(key);
    return key;
  }

  @Override
  public RunOrder order(RunKey key) {
    return order(key, "sleep 2");
  }

  /** Leaves an effect, then runs this script with these arguments as $2 and following. */
  RunOrder order(RunKey key, String script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", LEAVE_EFFECT + script, "sh"));
    command.add(key.toString());
    command.addAll(Arrays.asList(arguments));
    return command(key, command.toArray(String[]::new));
  }

  /** Runs exactly this, and leaves no effect by itself. */
  RunOrder command(RunKey key, String... command) {
    return new RunOrder(key, "digest", token, Watch.NOTHING, "", List.of(List.of(command)));
  }

  @Override
  public int effects(RunKey key) {
    Executed ledger = machine.exec("cat", LEDGER);
    return (int) ledger.out().lines().filter(key.toString()::equals).count();
  }

  Executed exec(String... argv) {
    return machine.exec(argv);
  }

  /** Runs a script there as root, with these arguments as $1 and following. */
  String script(String script, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(Arrays.asList(arguments));
    return machine.exec(argv.toArray(String[]::new)).orThrow();
  }

  /** Starts a command that nothing prevents. */
  void start(HostSession session, RunOrder order) throws TransportException {
    assertThat(StartContract.start(session, order)).isEqualTo(StartContract.STARTED);
  }

  /** Follows a command to its end, or to that of its orphan. */
  RunState end(HostSession session, RunKey key) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> {
              RunState state = session.probe(key, "digest");
              return runs(state) ? session.follow(key, 0, 0).state() : state;
            },
            state -> !runs(state));
  }

  private static boolean runs(RunState state) {
    return state instanceof RunState.Running || state instanceof RunState.Orphan;
  }

  /** Starts a command in a new session and waits for its end, if need be again and again. */
  RunState complete(RunOrder order) throws TransportException {
    HostSession session = session();
    await()
        .atMost(PATIENCE)
        .until(() -> session.start(order, () -> true) instanceof StartReply.Started);
    return end(session, order.key());
  }

  /** All recorded output of a command that has ended, read in pieces of this size. */
  byte[] output(HostSession session, RunKey key, int piece) throws TransportException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    while (true) {
      Followed followed = session.follow(key, output.size(), piece);
      byte[] bytes = new byte[followed.output().remaining()];
      assertThat(bytes.length).isLessThanOrEqualTo(piece);
      if (bytes.length == 0) {
        return output.toByteArray();
      }
      followed.output().get(bytes);
      output.writeBytes(bytes);
    }
  }

  /** Kills the runner of a key as the kernel would when memory runs out. */
  void killRunner(RunKey key) {
    script(
        """
        runner=$(pgrep -o -f "$1")
        kill -KILL "$runner"
        while [ -d "/proc/$runner" ]; do sleep 0.01; done
        """,
        runnerOf(key));
  }

  /** Matches the command line of the runner, and of the reader that it forks. */
  static String runnerOf(RunKey key) {
    return "/runner-[0-9a-f]* run " + key;
  }

  /** The processes whose command line is exactly this. */
  List<Long> processes(String commandLine) {
    return exec("pgrep", "-f", "-x", commandLine).out().lines().map(Long::valueOf).toList();
  }

  @Override
  public void close() throws TransportException {
    HostSession last = session();
    for (RunKey key : used) {
      if (!(last.probe(key, "digest") instanceof RunState.Done)) {
        last.halt(key);
      }
    }
    sessions.forEach(HostSession::close);
    inspections.forEach(Inspection::close);
  }
}
