package dev.muster.step;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.Watch;
import dev.muster.job.Limits;
import dev.muster.job.Reason;
import dev.muster.transport.Inspection.Found;
import dev.muster.transport.Inspection.Login;
import dev.muster.transport.Inspection.Room;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a host has found, in a sentence.
 *
 * @param fault why the host cannot be operated as it is, null if it can
 */
record Finding(@Nullable Reason fault, String line) {

  static Finding connection(Login login) {
    return fine(
        "%s port %d proved %s and accepted %s"
            .formatted(login.address(), login.port(), login.hostKey(), login.account()));
  }

  static Finding privilege(Access access, Login login, long uid) {
    String by = access.become().name().toLowerCase(Locale.ROOT);
    if (access.become() == Become.NONE) {
      return fine(
          uid == 0
              ? "%s is root".formatted(login.account())
              : "%s is user %d, not root, and stays that: become is none"
                  .formatted(login.account(), uid));
    }
    return uid == 0
        ? fine("%s became root by %s".formatted(login.account(), by))
        : new Finding(Reason.PRIVILEGE, "%s made it user %d, not root".formatted(by, uid));
  }

  /**
   * @param ahead of our clock; negative if it is behind
   * @param took the question and its answer, hence twice the error of the difference
   */
  static Finding clock(Duration ahead, Duration took) {
    String line =
        "its clock is %d ms %s ours, give or take %d ms"
            .formatted(
                ahead.abs().toMillis(),
                ahead.isNegative() ? "behind" : "ahead of",
                took.toMillis() / 2 + 1);
    if (ahead.abs().compareTo(Limits.CLOCK_FAR_OFF) > 0) {
      return new Finding(
          Reason.CLOCK, "%s; at most %d s".formatted(line, Limits.CLOCK_FAR_OFF.toSeconds()));
    }
    boolean off = ahead.abs().compareTo(Limits.CLOCK_OFF) > 0;
    return fine(off ? line + ": its logs and ours do not fit side by side" : line);
  }

  static Finding room(Room room) {
    String made = room.made() ? "" : "; the first command makes it";
    return fine("%s, %s%s".formatted(room.directory(), free(room.freeKib()), made));
  }

  private static String free(long kib) {
    if (kib < 0) {
      return "with room for a command";
    }
    if (kib < 1024) {
      return kib + " KiB free";
    }
    return kib < 1024 * 1024
        ? kib / 1024 + " MiB free"
        : String.format(Locale.ROOT, "%.1f GiB free", kib / 1024.0 / 1024.0);
  }

  static Finding agent(Watch watch, Optional<Found> found, Instant now) {
    if (found.isEmpty()) {
      return new Finding(Reason.AGENT_NOT_FOUND, nothing(watch));
    }
    Duration age = found.get().age();
    String since =
        age == null ? "" : " since " + now.minus(age).truncatedTo(ChronoUnit.SECONDS).toString();
    return fine("%s runs as pid %d%s".formatted(watch.subject(), found.get().pid(), since));
  }

  private static String nothing(Watch watch) {
    return switch (watch.kind()) {
      case EXECUTABLE -> "no process of the file %s runs".formatted(watch.subject());
      case PIDFILE -> "the pid file %s names no process that runs".formatted(watch.subject());
      case UNIT -> "the unit %s is not active".formatted(watch.subject());
      case NOTHING -> "the profile names nothing to look for";
    };
  }

  private static Finding fine(String line) {
    return new Finding(null, line);
  }
}
