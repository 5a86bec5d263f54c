package dev.muster.faults;

import java.time.Instant;

/** The clock that the hosts' ledgers are written by: they are this machine. */
final class Clock {

  private Clock() {}

  /** Nanoseconds since the epoch. */
  static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
