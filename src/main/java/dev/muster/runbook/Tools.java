package dev.muster.runbook;

import dev.muster.host.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a profile gives for one host: its process, its commands, its pause, its software.
 *
 * @param settle how long a restarted agent needs before it is asked
 * @param commands those for which the host has given what they need
 */
public record Tools(
    Watch watch, Duration settle, Map<String, Command> commands, Software software) {

  /** The path on the host of the package that a job has brought: known when it is there. */
  static final String PACKAGE = "${package}";

  public Tools {
    commands = Map.copyOf(commands);
  }

  /**
   * What is installed.
   *
   * @param name of the package, null if the host has none
   * @param leftovers paths that are gone when it is uninstalled
   */
  public record Software(@Nullable String name, List<String> leftovers) {
    public Software {
      leftovers = List.copyOf(leftovers);
    }
  }

  /**
   * Argument vectors, run one after the other.
   *
   * @param directory to run in, empty for the account's home
   */
  public record Command(String directory, List<List<String>> run) {
    public Command {
      run = run.stream().map(List::copyOf).toList();
    }

    public boolean needsPackage() {
      return run.stream().flatMap(List::stream).anyMatch(word -> word.contains(PACKAGE));
    }

    /** The same, with the package at this path. */
    public Command withPackage(String path) {
      return new Command(
          directory,
          run.stream()
              .map(words -> words.stream().map(w -> w.replace(PACKAGE, path)).toList())
              .toList());
    }
  }
}
