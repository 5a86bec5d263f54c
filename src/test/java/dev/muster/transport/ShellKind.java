package dev.muster.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code /bin/sh} is on a machine, and what the machine lacks.
 *
 * @param program the shell's name in {@code /usr/bin}
 * @param missing programs of {@code /usr/bin} that are not there
 */
record ShellKind(String program, List<String> missing) {

  ShellKind {
    missing = List.copyOf(missing);
  }

  ShellKind(String program, String... missing) {
    this(program, List.of(missing));
  }

  /** Every shell that this machine has. */
  static Stream<ShellKind> installed() {
    return Stream.of("dash", "bash", "busybox", "mksh", "ksh93")
        .map(ShellKind::new)
        .filter(ShellKind::available);
  }

  /** Machines that must do without util-linux. */
  static Stream<ShellKind> lacking() {
    return Stream.of(
            new ShellKind("dash", "flock"),
            new ShellKind("bash", "flock", "setsid"),
            new ShellKind("ksh93", "flock"))
        .filter(ShellKind::available);
  }

  private boolean available() {
    return Files.isExecutable(Path.of("/usr/bin", program));
  }

  /** The shell itself; not a link that the machine's own {@code /usr/bin} might hide. */
  String path() {
    try {
      return Path.of("/usr/bin", program).toRealPath().toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return missing.isEmpty() ? program : program + " without " + String.join(" and ", missing);
  }
}
