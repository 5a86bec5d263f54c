package dev.muster.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Golden histories: what a real engine recorded of a job and its waves, to be replayed by every
 * later release. Recorded by {@code mvn verify -Dmuster.record=true}; never edited by hand.
 */
final class Golden {

  static final String RELEASE = "0.1";

  private Golden() {}

  /** Keeps the histories of a finished job, if this run records. */
  static void record(MusterProcess muster, long job, String scenario) {
    if (!Boolean.getBoolean("muster.record")) {
      return;
    }
    write(Path.of("Job", RELEASE + "-" + scenario + ".json"), history(muster, "job/" + job));
    for (int wave = 1; ; wave++) {
      String history = history(muster, "job/" + job + "/wave/" + wave);
      if (history.isEmpty()) {
        return;
      }
      write(Path.of("Wave", RELEASE + "-" + scenario + "-" + wave + ".json"), history);
    }
  }

  private static String history(MusterProcess muster, String id) {
    return muster.temporal("workflow", "show", "-w", id, "--output", "json");
  }

  private static void write(Path name, String history) {
    Path file = Path.of("src/test/resources/histories").resolve(name);
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, history);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
