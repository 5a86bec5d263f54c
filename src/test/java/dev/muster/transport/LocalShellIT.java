package dev.muster.transport;

import dev.muster.lab.NeedsLab;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The runner under every shell that may be {@code /bin/sh}, without a network. */
@NeedsLab
@ParameterizedClass
@MethodSource("machines")
class LocalShellIT extends TransportContract {

  private final LocalShell machine;

  LocalShellIT(LocalShell machine) {
    this.machine = machine;
  }

  static Stream<LocalShell> machines() {
    return Stream.concat(ShellKind.installed(), ShellKind.lacking()).map(LocalShell::start);
  }

  @Override
  Machine machine() {
    return machine;
  }

  @Override
  public int trials() {
    return 15;
  }

  @Override
  public Duration startTakes() {
    return Duration.ofMillis(60);
  }
}
