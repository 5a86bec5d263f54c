package dev.muster.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** muster's runner without one of its safeguards: proves that the judges would notice. */
enum RunnerMutant {
  /** Nobody ever holds the host. */
  WITHOUT_LOCK,
  /** Whatever was started before is forgotten. */
  WITHOUT_PROBE;

  private record Change(String from, String to) {}

  private List<Change> changes() {
    return switch (this) {
      case WITHOUT_LOCK ->
          List.of(
              new Change("flock -n 9 9>&9; }", "true; }"),
              new Change("flock -n -s 9 9>&9) 2>/dev/null; }", "true) 2>/dev/null; }"));
      case WITHOUT_PROBE ->
          List.of(
              new Change(
                  "state() {", "state() { echo 'state NOT_STARTED'; return; }\nforgotten() {"),
              new Change("[ -e \"$D/started\" ] && { lock_drop; say exists; exit 0; }", ":"));
    };
  }

  /** A directory for the class path, in which the runner is this one. */
  Path in(Path directory) throws IOException {
    String text;
    try (InputStream in =
        Objects.requireNonNull(RunnerMutant.class.getResourceAsStream("/runner/runner.sh"))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (Change change : changes()) {
      if (!text.contains(change.from())) {
        throw new IllegalStateException(this + ": the runner has no longer " + change.from());
      }
      text = text.replace(change.from(), change.to());
    }
    Files.createDirectories(directory.resolve("runner"));
    Files.writeString(directory.resolve("runner").resolve("runner.sh"), text);
    return directory;
  }
}
