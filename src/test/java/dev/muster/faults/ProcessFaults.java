package dev.muster.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Does harm to the musters and their servers. Used by one thread at a time. */
final class ProcessFaults {

  private static final Duration ACCEPTANCE_WITHIN = Duration.ofSeconds(20);

  private final Musters musters;
  private final Load load;
  private final CountDownLatch over;

  ProcessFaults(Musters musters, Load load, CountDownLatch over) {
    this.musters = musters;
    this.load = load;
    this.over = over;
  }

  /** Returns when it is over; false if it could not happen just now. */
  boolean happens(Fault.OfProcess fault) {
    boolean happened =
        switch (fault) {
          case Fault.KillMuster kill -> kill(List.of(kill.which()));
          case Fault.KillAllMusters all -> kill(List.of(0, 1));
          case Fault.KillAtAcceptance at -> killAtAcceptance();
          case Fault.RollingRestart rolling -> roll();
          case Fault.PauseMuster pause -> pauseMuster(pause);
          case Fault.KillTemporal kill -> musters.temporal().destroyForcibly();
          case Fault.KillPostgres kill -> musters.postgres().destroyForcibly();
          case Fault.PausePostgres pause -> pausePostgres(pause);
        };
    heal();
    return happened;
  }

  private boolean kill(List<Integer> which) {
    which.forEach(musters::kill);
    return true;
  }

  private boolean killAtAcceptance() {
    load.atNextAcceptance(musters::kill);
    long until = System.nanoTime() + ACCEPTANCE_WITHIN.toNanos();
    while (load.awaitsAcceptance() && System.nanoTime() < until) {
      if (rest(Duration.ofMillis(50))) {
        break;
      }
    }
    return !load.withdraw();
  }

  private boolean roll() {
    for (int which = 0; which < Musters.COUNT; which++) {
      musters.terminate(which);
      musters.start(which);
    }
    return true;
  }

  private boolean pauseMuster(Fault.PauseMuster pause) {
    musters.signal(pause.which(), "STOP");
    rest(pause.pause());
    musters.signal(pause.which(), "CONT");
    return true;
  }

  private boolean pausePostgres(Fault.PausePostgres pause) {
    ProcessHandle postmaster = musters.postgres();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    Musters.signal("STOP", all.stream());
    rest(pause.pause());
    Musters.signal("CONT", all.stream());
    return true;
  }

  void heal() {
    musters.revive();
  }

  /** Whether the run is over. */
  private boolean rest(Duration pause) {
    try {
      return over.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
