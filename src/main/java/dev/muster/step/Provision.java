package dev.muster.step;

import dev.muster.delivery.BadPackageException;
import dev.muster.delivery.Build;
import dev.muster.delivery.Choice;
import dev.muster.delivery.Courier;
import dev.muster.inventory.Hosts.Managed;
import dev.muster.job.Reason;
import dev.muster.roster.Grant;
import dev.muster.roster.Instances;
import dev.muster.runbook.Tools;
import dev.muster.transport.HostSession;
import dev.muster.transport.TransportException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The package that a host is given by this job: chosen once and for ever, brought when it is
 * needed.
 */
final class Provision {

  private final Courier courier;
  private final Instances instances;
  private final Grant grant;
  private final Managed host;
  private final Tools.Software software;
  private final String directory;
  private @Nullable Build build;
  private @Nullable String path;

  /**
   * @param directory where the host keeps its records
   */
  Provision(
      Courier courier,
      Instances instances,
      Grant grant,
      Managed host,
      Tools.Software software,
      String directory) {
    this.courier = courier;
    this.instances = instances;
    this.grant = grant;
    this.host = host;
    this.software = software;
    this.directory = directory;
  }

  /** What came of bringing it. */
  sealed interface Brought {

    /**
     * @param path on the host
     */
    record There(Build build, String path) implements Brought {}

    record Missing(Reason reason, String why) implements Brought {}
  }

  /** Sees to it that the package is on the host. */
  Brought bring(HostSession session, Signals signals) throws TransportException {
    Choice choice = choose(session);
    if (choice instanceof Choice.None none) {
      return new Brought.Missing(
          software.name() == null ? Reason.NO_PROFILE : Reason.PACKAGE, none.why());
    }
    Build chosen = ((Choice.Chosen) choice).build();
    if (path == null) {
      try {
        path = courier.bring(chosen, host.access(), directory, () -> wanted(signals));
      } catch (BadPackageException e) {
        return new Brought.Missing(Reason.PACKAGE, String.valueOf(e.getMessage()));
      }
      build = chosen;
    }
    return new Brought.There(chosen, path);
  }

  private static boolean wanted(Signals signals) {
    signals.check();
    return !signals.stopped();
  }

  private Choice choose(HostSession session) {
    if (build != null) {
      return new Choice.Chosen(build);
    }
    Long earlier = grant.work().software().chosen();
    if (earlier != null && courier.chosen(earlier) instanceof Choice.Chosen chosen) {
      return chosen;
    }
    if (software.name() == null) {
      return new Choice.None("the host's profile names no package");
    }
    Choice choice =
        courier.choose(
            software.name(),
            grant.work().software().version(),
            host.osType().toLowerCase(Locale.ROOT),
            session.machine());
    if (choice instanceof Choice.Chosen chosen) {
      instances.recordPackage(grant, chosen.build().id());
    }
    return choice;
  }

  /** The version that the host was given, if it was given any. */
  Optional<String> version() {
    if (build != null) {
      return Optional.of(build.target().version());
    }
    Long earlier = grant.work().software().chosen();
    return earlier != null && courier.chosen(earlier) instanceof Choice.Chosen chosen
        ? Optional.of(chosen.build().target().version())
        : Optional.empty();
  }

  static StepResult failed(Brought.Missing missing) {
    return StepResult.failed(missing.reason(), missing.why());
  }
}
