package dev.muster.security;

import dev.muster.job.Caller;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a request proves about who sends it. */
sealed interface Identity {

  /** The system that a browser asks through (rest.md §2). */
  String OWN_APP = "bk_nodeman";

  /** Every role: what somebody may call who was not sent by an app with fewer. */
  Set<Role> ALL = Set.copyOf(EnumSet.allOf(Role.class));

  /** A name that is fit for a log line, a row and a page. */
  Pattern NAME = Pattern.compile("[^\\p{Cntrl}\\s](?:[^\\p{Cntrl}]{0,62}[^\\p{Cntrl}\\s])?");

  /**
   * Proved.
   *
   * @param groups as the issuer of the token, or the file of users, names them
   * @param permitted what the app may be used for, whatever its user may do
   */
  record Known(Caller caller, Set<String> groups, Set<Role> permitted) implements Identity {
    public Known {
      groups = Set.copyOf(groups);
      permitted = Set.copyOf(permitted);
    }

    boolean permits(Role role) {
      return permitted.contains(role) || permitted.contains(Role.ADMIN);
    }
  }

  /**
   * Something was presented that proves nothing.
   *
   * @param status of HTTP
   * @param after how long to wait before the next try, if trying too often was the reason
   */
  record Refused(int status, int code, String message, @Nullable Duration after)
      implements Identity {

    /** As the existing gateway refuses. */
    static Refused byGateway(String message) {
      return new Refused(200, 1_306_000, message, null);
    }

    static Refused tooOften(Duration after) {
      return new Refused(
          429, 3_800_429, "too many requests; try again after %d s".formatted(ceil(after)), after);
    }

    static long ceil(Duration after) {
      return after.plusMillis(999).toSeconds();
    }
  }

  /** Nothing was presented. */
  record Nobody() implements Identity {}

  /** One way to prove who asks. */
  @FunctionalInterface
  interface Proof {

    /** Nobody, if the request carries nothing of this kind. */
    Identity of(Credentials credentials);
  }
}
