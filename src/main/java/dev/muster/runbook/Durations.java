package dev.muster.runbook;

import java.time.Duration;

/** Durations as runbooks write them: 5s, 10m, 2h. */
final class Durations {

  private Durations() {}

  static Duration parse(String text) {
    long n = Long.parseLong(text.substring(0, text.length() - 1));
    return switch (text.charAt(text.length() - 1)) {
      case 's' -> Duration.ofSeconds(n);
      case 'm' -> Duration.ofMinutes(n);
      case 'h' -> Duration.ofHours(n);
      default -> throw new BadRunbookException("not a duration: " + text);
    };
  }
}
