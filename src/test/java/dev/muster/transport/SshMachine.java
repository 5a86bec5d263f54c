package dev.muster.transport;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.lab.Executed;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The only host of a lab, reached over SSH. */
record SshMachine(Lab lab, LabHost host, SshTransport transport, Access access) implements Machine {

  static SshMachine start(LabHost.Spec spec, Become become) {
    Lab lab = Lab.start(List.of(spec));
    LabHost host = lab.host(1);
    SshTransport transport = new SshTransport(settings(lab.knownHosts()));
    return new SshMachine(lab, host, transport, access(host, become));
  }

  static SshSettings settings(Path knownHosts) {
    return new SshSettings(Duration.ofSeconds(10), knownHosts, false, Path.of("/nonexistent"));
  }

  static Access access(LabHost host, Become become) {
    String identity = host.identity().toString();
    return new Access(host.id(), host.address(), host.port(), host.user(), identity, null, become);
  }

  @Override
  public Executed exec(String... argv) {
    return host.exec(argv);
  }

  @Override
  public byte[] file(String path) {
    return host.file(path);
  }

  @Override
  public void close() {
    transport.close();
    lab.close();
  }

  @Override
  public String toString() {
    return access.account() + ", become " + access.become();
  }
}
