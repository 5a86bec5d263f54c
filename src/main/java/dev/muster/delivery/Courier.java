package dev.muster.delivery;

import dev.muster.host.Access;
import dev.muster.transport.HostSession;
import dev.muster.transport.Transport;
import dev.muster.transport.TransportException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Brings builds to hosts, by the way that commands go. */
@Component
public class Courier {

  private final Builds builds;
  private final Transport transport;

  public Courier(Builds builds, Transport transport) {
    this.builds = builds;
    this.transport = transport;
  }

  /**
   * The build that a host is to have.
   *
   * @param version null for the latest
   * @param machine the host's CPU, as it calls it
   */
  public Choice choose(String name, @Nullable String version, String osType, String machine) {
    return Choice.of(builds.of(name), name, version, osType, machine);
  }

  /** The build that was chosen before, if it was not deleted. */
  public Choice chosen(long id) {
    return builds
        .find(id)
        .<Choice>map(Choice.Chosen::new)
        .orElseGet(() -> new Choice.None("the package that was chosen has been deleted"));
  }

  /**
   * Brings a build to a host by a login of its own; one that is there is not brought again.
   *
   * @param directory where the host keeps its records
   * @param goOn false ends it, with reason LINK
   * @return its path on the host
   * @throws BadPackageException if it was deleted meanwhile
   * @throws TransportException as {@link HostSession#receive}
   */
  public String bring(Build build, Access access, String directory, BooleanSupplier goOn)
      throws TransportException, BadPackageException {
    try (HostSession session = transport.open(access)) {
      session.directory(directory);
      return session.receive(build.sha256(), builds.archive(build), goOn);
    }
  }
}
