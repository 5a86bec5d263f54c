package dev.muster.transport;

import dev.muster.host.Become;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.lab.Sudo;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole contract over SSH: as root, and as a user who becomes root. */
@NeedsLab
@ParameterizedClass
@MethodSource("machines")
class SshContractIT extends TransportContract {

  private final SshMachine machine;

  SshContractIT(SshMachine machine) {
    this.machine = machine;
  }

  static Stream<SshMachine> machines() {
    Stream<Supplier<SshMachine>> machines =
        Stream.of(
            () -> SshMachine.start(LabHost.Spec.root(), Become.NONE),
            () -> SshMachine.start(LabHost.Spec.mlab(Sudo.ALLOWED), Become.SUDO));
    return machines.map(Supplier::get);
  }

  @Override
  Machine machine() {
    return machine;
  }

  @Override
  public int trials() {
    return 10;
  }

  @Override
  public Duration startTakes() {
    return Duration.ofMillis(80);
  }
}
