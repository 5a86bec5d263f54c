package dev.muster.lab;

import java.time.Duration;

/**
 * How {@code gsectl restart} behaves on a host, read by the script when it begins.
 *
 * @param shortest the shortest time between the end of the old agent and the start of the new one
 * @param longest the longest such time; the real one is random in between
 * @param bytes how much a flood prints
 */
public record Behaviour(Kind kind, Duration shortest, Duration longest, long bytes) {

  /** What goes wrong, if anything. */
  public enum Kind {
    /** The agent is restarted; exit 0. */
    WORKS,
    /**
     * Exit 3 before anything is done, the first time after the behaviour was set; works afterwards.
     */
    FAIL_ONCE,
    /** Exit 3 before anything is done, always. */
    FAIL,
    /** Sleeps for ever before anything is done. */
    NEVER_ENDS,
    /** Prints as fast as it can, then works. */
    FLOOD,
    /** Works, but leaves a child that keeps both outputs open for five minutes. */
    LEAVES_CHILD,
    /** Exit 0, but the new agent ends after a second. */
    DIES,
    /** The lie: exit 0, and nothing was restarted. */
    NO_START
  }

  public Behaviour {
    if (shortest.isNegative() || longest.compareTo(shortest) < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          "no such delay or size: " + shortest + " " + longest + " " + bytes);
    }
  }

  /** Restarts at once. */
  public static Behaviour works() {
    return of(Kind.WORKS);
  }

  /** Anything but a flood, without delay. */
  public static Behaviour of(Kind kind) {
    return new Behaviour(kind, Duration.ZERO, Duration.ZERO, 0);
  }

  /** Prints this many bytes, in lines, before it restarts the agent. */
  public static Behaviour flood(long bytes) {
    return new Behaviour(Kind.FLOOD, Duration.ZERO, Duration.ZERO, bytes);
  }

  /** The same with a random delay before the agent's start. */
  public Behaviour delayed(Duration shortest, Duration longest) {
    return new Behaviour(kind, shortest, longest, bytes);
  }

  /**
   * The control file's line. The serial number makes "the first time" start anew whenever a
   * behaviour is set.
   */
  String line(int serial) {
    return "%s %d %d %d %d%n"
        .formatted(kind, shortest.toMillis(), longest.toMillis(), bytes, serial);
  }
}
