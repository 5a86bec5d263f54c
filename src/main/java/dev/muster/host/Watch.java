package dev.muster.host;

/**
 * How the managed process is found on a host.
 *
 * @param subject path of the pid file, path of the executable, or name of the unit
 */
public record Watch(Kind kind, String subject) {

  /** Nothing to look at. */
  public static final Watch NOTHING = new Watch(Kind.NOTHING, "");

  public enum Kind {
    NOTHING,
    PIDFILE,
    EXECUTABLE,
    UNIT
  }
}
