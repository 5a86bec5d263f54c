package dev.muster.step;

import dev.muster.host.Access;
import dev.muster.host.Sighting;
import dev.muster.inventory.Hosts;
import dev.muster.job.Reason;
import dev.muster.roster.Gate;
import dev.muster.roster.Grant;
import dev.muster.roster.Instances;
import dev.muster.runbook.Tools;
import dev.muster.transport.HostSession;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A host that we hold, a session on it, and whom to tell. */
record OnHost(
    Grant grant,
    Instances instances,
    Hosts inventory,
    Access access,
    HostSession session,
    Tools tools,
    Provision provision,
    Reporter reporter,
    Signals signals) {

  private static final long LOOK_MILLIS = 200;

  /** The inventory is told at once: what was seen is true, whatever becomes of the stage. */
  void saw(Sighting sighting) {
    inventory.saw(grant.place().host(), sighting);
  }

  /** How the host is reached, for people. */
  String way() {
    return access.proxies() == null
        ? "reached directly, at " + access.address()
        : "reached through a proxy of its cloud area, at " + access.address();
  }

  /** Why a step may not be begun, apart from a stop; empty if it may. */
  Optional<StepResult> barred(String step) {
    return switch (signals.gate()) {
      case Gate.Held held -> Optional.of(new StepResult.Later(StageSettings.HELD, held.why()));
      case Gate.Late late ->
          Optional.of(StepResult.failed(Reason.DEADLINE, step + " was not started in time"));
      case Gate.Open open -> Optional.empty();
      case Gate.Stopped stopped -> Optional.empty();
    };
  }

  /** Waits, but not past a stop that cuts short: to be told apart by {@link Signals#cut}. */
  void pause(Duration duration) {
    long until = System.nanoTime() + duration.toNanos();
    while (!signals.cut() && System.nanoTime() < until) {
      signals.check();
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      try {
        TimeUnit.MILLISECONDS.sleep(Math.max(1, Math.min(LOOK_MILLIS, left)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HandOverException("this worker is closing");
      }
    }
    signals.check();
  }
}
