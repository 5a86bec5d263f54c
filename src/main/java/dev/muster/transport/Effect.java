package dev.muster.transport;

/**
 * What was seen of the managed process before a command and now, by the host's own monotonic clock.
 *
 * @param began when the command began, in hundredths of a second since boot; 0 if it never did
 */
public record Effect(long began, Seen was, Seen is) {

  /** A look at the managed process. */
  public sealed interface Seen {
    record Absent() implements Seen {}

    /**
     * @param birth when it began, in hundredths of a second since boot
     * @param invocation systemd's id of this run of the unit, "-" elsewhere
     */
    record Running(long pid, long birth, String invocation) implements Seen {}
  }

  public boolean running() {
    return is instanceof Seen.Running;
  }

  /**
   * The process runs, is not the one from before, and began after the command did (one tick of
   * rounding).
   */
  public boolean restarted() {
    if (!(is instanceof Seen.Running now)) {
      return false;
    }
    if (was instanceof Seen.Running before) {
      boolean same = now.pid() == before.pid() && now.birth() == before.birth();
      boolean sameInvocation = now.invocation().equals(before.invocation());
      if (same && sameInvocation) {
        return false;
      }
    }
    return now.birth() + 1 >= began;
  }
}
