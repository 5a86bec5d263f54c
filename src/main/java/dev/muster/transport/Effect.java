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

    /** As a runner says it: {@code running <pid> <birth> <invocation>}, or something else. */
    static Seen read(String text) {
      String[] words = text.split(" ", -1);
      return words[0].equals("running")
          ? new Running(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3])
          : new Absent();
    }

    /**
     * @param birth when it began, in hundredths of a second since boot
     * @param invocation systemd's id of this run of the unit, "-" elsewhere
     */
    record Running(long pid, long birth, String invocation) implements Seen {}
  }

  public boolean running() {
    return is instanceof Seen.Running;
  }

  /** The process runs, and is the one from before. */
  public boolean same() {
    return is instanceof Seen.Running now
        && was instanceof Seen.Running before
        && now.pid() == before.pid()
        && now.birth() == before.birth()
        && now.invocation().equals(before.invocation());
  }

  /**
   * The process runs, is not the one from before, and began after the command did (one tick of
   * rounding).
   */
  public boolean restarted() {
    return is instanceof Seen.Running now && !same() && now.birth() + 1 >= began;
  }
}
