package dev.muster.step;

import dev.muster.host.Sighting;
import dev.muster.inventory.Hosts;
import dev.muster.roster.Instances;
import dev.muster.roster.Instances.Grant;
import dev.muster.runbook.Tools;
import dev.muster.transport.HostSession;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A host that we hold, a session on it, and whom to tell. */
record OnHost(
    Grant grant,
    Instances instances,
    Hosts inventory,
    HostSession session,
    Tools tools,
    Reporter reporter,
    Signals signals) {

  private static final long LOOK_MILLIS = 200;

  /** The inventory is told at once: what was seen is true, whatever becomes of the stage. */
  void saw(Sighting sighting) {
    inventory.saw(grant.place().host(), sighting);
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
