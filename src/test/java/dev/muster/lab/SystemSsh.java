package dev.muster.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * This machine's own ssh client, strict about host keys, as an independent witness of what a host
 * answers.
 */
final class SystemSsh {

  private final Path knownHosts;
  private final Path identity;

  SystemSsh(Path knownHosts, Path identity) {
    this.knownHosts = knownHosts;
    this.identity = identity;
  }

  static SystemSsh of(Lab lab) {
    return new SystemSsh(lab.knownHosts(), lab.identity());
  }

  Executed run(LabHost host, String command) {
    return new Command(argv(host, command)).run();
  }

  private List<String> argv(LabHost host, String command) {
    List<String> argv = new ArrayList<>(List.of("ssh", "-F", "none", "-i", identity.toString()));
    List<String> options =
        List.of(
            "BatchMode=yes",
            "StrictHostKeyChecking=yes",
            "UserKnownHostsFile=" + knownHosts,
            "GlobalKnownHostsFile=none",
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            "ConnectTimeout=3");
    options.forEach(option -> argv.addAll(List.of("-o", option)));
    argv.addAll(List.of("-p", Integer.toString(host.port())));
    argv.addAll(List.of(host.user() + "@" + host.address(), command));
    return argv;
  }
}
