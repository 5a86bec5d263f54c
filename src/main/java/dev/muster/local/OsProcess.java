package dev.muster.local;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process of this machine.
 *
 * @param started tells it from a later process with the same number; compared, never interpreted
 */
record OsProcess(long pid, String started) {

  private static final Duration POLL = Duration.ofMillis(20);

  /** After KILL only the kernel is waited for. */
  private static final Duration KILL_LIMIT = Duration.ofSeconds(5);

  /** The process with this number, unless it has ended. */
  static Optional<OsProcess> find(long pid) {
    return started(pid).map(started -> new OsProcess(pid, started));
  }

  /**
   * Starts a program that outlives this one, with its output appended to {@code log}.
   *
   * <p>It gets a session of its own where a program for that exists, so that Ctrl-C in the terminal
   * does not reach it. All programs in front of the server replace themselves by the next one: the
   * returned process is the server.
   *
   * <p>A shell holds the server back until {@code recorder} has returned. If that fails, or this
   * process is killed before, the shell reads the end of its input and the server never runs: there
   * is no moment in which it runs unrecorded.
   */
  static OsProcess start(List<String> command, Path log, Recorder recorder) throws IOException {
    List<String> line = new ArrayList<>(ownSession());
    line.addAll(List.of("/bin/sh", "-c", "read -r go && exec \"$0\" \"$@\" </dev/null"));
    line.addAll(command);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .directory(new File("/"))
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .redirectErrorStream(true);
    // A PGDATA or TEMPORAL_ADDRESS meant for another server must not steer this one.
    builder.environment().keySet().removeIf(OsProcess::steersServers);
    Process shell = builder.start();
    try (OutputStream input = shell.getOutputStream()) {
      OsProcess process =
          find(shell.pid()).orElseThrow(() -> new IOException("no shell starts: " + line));
      recorder.record(process);
      input.write("go\n".getBytes(StandardCharsets.US_ASCII));
      return process;
    }
  }

  /** Makes a process known to the next muster. */
  interface Recorder {
    void record(OsProcess process) throws IOException;
  }

  static boolean steersServers(String variable) {
    return variable.startsWith("PG") || variable.startsWith("TEMPORAL_");
  }

  private static List<String> ownSession() {
    if (SearchPath.find("setsid").isPresent()) {
      return List.of("setsid");
    }
    if (SearchPath.find("perl").isPresent()) {
      return List.of("perl", "-MPOSIX", "-e", "POSIX::setsid(); exec {$ARGV[0]} @ARGV");
    }
    return List.of();
  }

  boolean alive() {
    return started(pid).filter(started::equals).isPresent();
  }

  /**
   * Ends the process: {@code signal}, at most {@code limit} of patience, then KILL. Does nothing to
   * another process that has its number by now.
   *
   * @return whether it has ended
   */
  boolean stop(String signal, Duration limit) {
    kill(signal);
    if (awaitEnd(limit)) {
      return true;
    }
    kill("KILL");
    return awaitEnd(KILL_LIMIT);
  }

  private void kill(String signal) {
    if (!alive()) {
      return;
    }
    try {
      // Java itself knows only TERM and KILL.
      new ProcessBuilder("/bin/sh", "-c", "kill -%s %d".formatted(signal, pid))
          .redirectErrorStream(true)
          .redirectOutput(Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
    }
  }

  /** Interruption does not shorten the wait: a half-stopped database helps nobody. */
  private boolean awaitEnd(Duration limit) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + limit.toNanos();
    while (alive() && System.nanoTime() < deadline) {
      try {
        Thread.sleep(POLL);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !alive();
  }

  private static Optional<String> started(long pid) {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    if (Files.exists(Path.of("/proc/self/stat"))) {
      return started(stat);
    }
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .flatMap(handle -> handle.info().startInstant())
        .map(String::valueOf);
  }

  /**
   * On Linux the kernel's own count of ticks since boot: unlike an instant it does not move when
   * the clock is set. A zombie counts as ended, because nobody may ever reap an adopted one.
   */
  private static Optional<String> started(Path stat) {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      String line = Files.readString(stat);
      // The name in parentheses may hold anything; the state (field 3) follows its last one.
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      boolean ended = fields[0].equals("Z") || fields[0].equals("X");
      return ended ? Optional.empty() : Optional.of(boot + "/" + fields[22 - 3]);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
