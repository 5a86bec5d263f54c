package dev.muster.delivery;

import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.maven.artifact.versioning.ComparableVersion;

/**
 * One version of some software for one kind of host: a gzipped tar archive that never changes.
 *
 * @param sha256 of the archive, in hex
 * @param storedBy who brought it
 */
public record Build(
    long id, Target target, String sha256, long bytes, String storedBy, Instant storedAt) {

  /** Good for every CPU. */
  public static final String ANY_CPU = "any";

  /** By the usual order of versions: 2.10 is later than 2.9, and 2.0 than 2.0-rc1. */
  static final Comparator<Build> BY_VERSION =
      Comparator.comparing(build -> new ComparableVersion(build.target().version()));

  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}");

  /**
   * What a build is of, and for whom; there is at most one for each.
   *
   * @param osType {@code linux}, in small letters
   * @param cpu {@code x86_64}, {@code aarch64}, {@code x86}, another word of {@code uname -m}, or
   *     {@link #ANY_CPU}
   */
  public record Target(String name, String version, String osType, String cpu) {

    /** A word of letters, digits and {@code . _ + ~ -}, at most 64 of them. */
    public static boolean isWord(String text) {
      return WORD.matcher(text).matches();
    }

    boolean runsOn(String machine) {
      return cpu.equals(ANY_CPU) || cpu.equals(Build.cpu(machine));
    }
  }

  /** The word for a kind of CPU, however a system calls it. */
  public static String cpu(String machine) {
    String word = machine.strip().toLowerCase(Locale.ROOT);
    return switch (word) {
      case "amd64", "x64" -> "x86_64";
      case "i386", "i486", "i586", "i686" -> "x86";
      case "arm64" -> "aarch64";
      default -> word;
    };
  }
}
