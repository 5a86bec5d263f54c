package dev.muster.host;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a host's agent: nothing else ever becomes its status or version.
 *
 * @param version null if nothing was seen of it
 */
public record Sighting(Status status, @Nullable String version) {

  /** The words of the existing service (pipelines.md §2.2). */
  public enum Status {
    RUNNING,
    /** It does not run, and that was meant to be. */
    UNKNOWN,
    /** Nothing of it is left. */
    NOT_INSTALLED
  }

  /** Numbers with dots between, and what may hang on to them: 2.0, 1.8.2-rc1, 9.1+b2. */
  private static final Pattern VERSION =
      Pattern.compile("(?<![\\w.])v?(\\d+(?:\\.\\d+)+(?:[-+.~][0-9A-Za-z]+)*)");

  private static final int LONGEST = 64;

  public static Sighting running() {
    return new Sighting(Status.RUNNING, null);
  }

  public static Sighting absent() {
    return new Sighting(Status.UNKNOWN, null);
  }

  public static Sighting uninstalled() {
    return new Sighting(Status.NOT_INSTALLED, "");
  }

  /** Of an agent that was asked for its version; the first that it names counts. */
  public static Optional<Sighting> saying(String output) {
    Matcher matcher = VERSION.matcher(output);
    return matcher.find() && matcher.group(1).length() <= LONGEST
        ? Optional.of(new Sighting(Status.RUNNING, matcher.group(1)))
        : Optional.empty();
  }
}
