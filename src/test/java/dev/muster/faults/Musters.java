package dev.muster.faults;

import dev.muster.Muster;
import dev.muster.it.Api;
import dev.muster.it.MusterProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Two musters on one database and one Temporal, which belong to the first. Only one thread does
 * them harm; any may ask them.
 */
final class Musters implements AutoCloseable {

  static final int COUNT = 2;

  private static final int MOST_STARTS = 5;

  private final List<MusterProcess> processes = new ArrayList<>();
  private final Class<?> main;
  private final Map<String, String> properties;
  private Map<String, String> shared = Map.of();

  private Musters(Class<?> main, Map<String, String> properties) {
    this.main = main;
    this.properties = properties;
  }

  /**
   * @param first a directory that is found before muster's own resources
   * @param main muster, or muster with parts of the tests
   */
  static Musters start(
      Path home,
      Map<String, String> settings,
      Optional<Path> first,
      Class<?> main,
      Map<String, String> properties) {
    Musters musters = new Musters(main, properties);
    try {
      musters.add(MusterProcess.of(home.resolve("first"), settings), first);
      musters.add(MusterProcess.of(home.resolve("second"), settings), first);
    } catch (RuntimeException e) {
      musters.close();
      throw e;
    }
    return musters;
  }

  private void add(MusterProcess process, Optional<Path> first) {
    first.ifPresent(process::finding);
    processes.add(process);
    start(processes.size() - 1);
  }

  /** Those that run, in random order; both if none does. */
  List<Integer> shuffled(RandomGenerator random) {
    List<Integer> order = random.nextBoolean() ? List.of(0, 1) : List.of(1, 0);
    List<Integer> alive = order.stream().filter(i -> processes.get(i).alive()).toList();
    return alive.isEmpty() ? order : alive;
  }

  Api api(int which) {
    return processes.get(which).api();
  }

  /**
   * Starts it again. When the first was stopped, its servers were too, and somebody else on this
   * machine may have taken their ports: then the second is told where they are now.
   */
  void start(int which) {
    if (which > 0) {
      shared = processes.getFirst().shared();
      processes.get(which).configure(shared);
    }
    begin(processes.get(which));
    if (which == 0 && processes.size() == COUNT && !processes.getFirst().shared().equals(shared)) {
      processes.getLast().kill9();
      start(1);
    }
  }

  /** As a service manager does: a muster that finds no database ends, and is started again. */
  private void begin(MusterProcess process) {
    for (int attempt = 1; ; attempt++) {
      try {
        if (main == Muster.class) {
          process.start();
        } else {
          process.start(main, properties);
        }
        return;
      } catch (IllegalStateException e) {
        if (attempt == MOST_STARTS) {
          throw e;
        }
      }
    }
  }

  void kill(int which) {
    processes.get(which).kill9();
  }

  void terminate(int which) {
    processes.get(which).terminate();
  }

  /** Starts again whichever does not run. */
  void revive() {
    for (int i = 0; i < COUNT; i++) {
      if (!processes.get(i).alive()) {
        start(i);
      }
    }
  }

  void signal(int which, String signal) {
    signal(signal, Stream.of(processes.get(which).handle()));
  }

  ProcessHandle temporal() {
    return processes.getFirst().server("temporal");
  }

  ProcessHandle postgres() {
    return processes.getFirst().server("postgres");
  }

  static void signal(String signal, Stream<ProcessHandle> handles) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
    handles.map(handle -> Long.toString(handle.pid())).forEach(command::add);
    try {
      // Some of them may have ended meanwhile.
      new ProcessBuilder(command)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How the database is reached. */
  Map<String, String> database() {
    return processes.getFirst().shared();
  }

  List<Path> logs() {
    return processes.stream().map(MusterProcess::log).toList();
  }

  @Override
  public void close() {
    processes.reversed().forEach(MusterProcess::close);
  }
}
