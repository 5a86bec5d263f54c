package dev.muster.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The agent of one demo host: a process of its own that outlives whoever starts it, known by its
 * pid file.
 */
final class Agent {

  /** What the next restart says when it fails; read once by the agent. */
  static final String TROUBLE = "agent.trouble";

  private static final int START_SECONDS = 30;

  private final Account account;
  private final Path program;
  private final Path pidFile;

  Agent(Account account) {
    this.account = account;
    this.program = account.home().resolve("agent");
    this.pidFile = account.home().resolve("agent.pid");
  }

  /**
   * What its files and its process tell.
   *
   * @param pid 0 if it does not run
   * @param starts how often it was ever started
   * @param failures how many restarts ever failed
   */
  record Look(long pid, int starts, int failures) {}

  Look look() {
    long pid = process().map(ProcessHandle::pid).orElse(0L);
    return new Look(pid, lines("agent.starts"), lines("agent.failures"));
  }

  private int lines(String name) {
    Path file = account.home().resolve(name);
    try {
      return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the agent; one that is left from an earlier demo is ended first. */
  void start() throws IOException, InterruptedException {
    end();
    Files.deleteIfExists(pidFile);
    // Read by a shell and not executed: a process that is forked for another host at this moment
    // may still hold the fresh file open for writing.
    Process start =
        account
            .shell("sh ./agent start")
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(account.home().resolve("agent.log").toFile()))
            .start();
    start.getOutputStream().close();
    if (!start.waitFor(START_SECONDS, TimeUnit.SECONDS) || start.exitValue() != 0) {
      throw new IOException("an agent does not start, see " + account.home().resolve("agent.log"));
    }
  }

  /** Makes the next restart fail, once, and change nothing. */
  void trouble() throws IOException {
    Files.writeString(
        account.home().resolve(TROUBLE),
        "agent: the lock of a configuration update is held by pid 1741; nothing was changed, try again\n");
  }

  /** Tells the process that the pid file names to end, which it does at once. */
  void end() {
    process().ifPresent(ProcessHandle::destroy);
  }

  /** Only a process that runs this very program: a number may belong to another one by now. */
  private Optional<ProcessHandle> process() {
    try {
      long pid = Long.parseLong(Files.readString(pidFile).strip());
      return ProcessHandle.of(pid)
          .filter(process -> process.info().commandLine().orElse("").contains(program + " run"));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
