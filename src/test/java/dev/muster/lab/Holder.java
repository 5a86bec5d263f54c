package dev.muster.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A script that keeps something alive for as long as its input is open, and obeys lines. Not
 * thread-safe. Because the input closes with this JVM, nothing survives it, not even after a
 * SIGKILL.
 */
final class Holder implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(2);

  private final Process process;
  private final Writer orders;
  private final BufferedReader answers;
  private final Path log;

  private Holder(Process process, Path log) {
    this.process = process;
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.log = log;
  }

  /**
   * Starts it in a session of its own, so that an interrupt at the terminal reaches only the JVM.
   */
  static Holder start(List<String> argv, Map<String, String> environment, Path log) {
    List<String> command = new ArrayList<>(argv);
    command.addFirst("setsid");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().put("PATH", Command.PATH);
    builder.environment().putAll(environment);
    try {
      return new Holder(builder.start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long pid() {
    return process.pid();
  }

  void order(String line) {
    try {
      orders.write(line + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new IllegalStateException(failure("did not take the order " + line), e);
    }
  }

  /** Waits for the line that begins with this word and answers the rest of it. */
  String await(String word) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (!answers.ready()) {
        if (!process.isAlive() && !answers.ready()) {
          throw new IllegalStateException(failure("ended with " + process.exitValue()));
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(failure("said nothing for " + PATIENCE));
        }
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
      }
      String line = answers.readLine();
      if (!line.startsWith(word)) {
        throw new IllegalStateException(failure("said " + line));
      }
      return line.substring(word.length()).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + word, e);
    }
  }

  private String failure(String what) {
    try {
      return "holder " + pid() + " " + what + ": " + Files.readString(log).strip();
    } catch (IOException e) {
      return "holder " + pid() + " " + what + ", and its log cannot be read: " + e;
    }
  }

  /** Ends the input without waiting, so that many can end side by side. */
  void release() {
    try {
      orders.close();
    } catch (IOException e) {
      // It has ended already: nothing left to release.
      process.destroy();
    }
  }

  /** Ends the input and waits for the script to clean up; one that does not is killed. */
  @Override
  public void close() {
    release();
    boolean interrupted = Thread.interrupted();
    try {
      if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
