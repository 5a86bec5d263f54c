package dev.muster.architecture;

import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which package of muster may import which. A package always sees itself; the root package {@code
 * dev.muster} puts everything together and sees all; nobody sees the root. A new package or a new
 * edge is a design decision: record it in {@code src/docs/decisions} and draw it in the diagrams of
 * {@code workflows.md} and {@code README.md} in the same commit.
 */
final class ImportTable {

  static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          entry("host", Set.of()),
          entry("job", Set.of("host")),
          entry("transport", Set.of("host", "job")),
          entry("inventory", Set.of("host", "job")),
          entry("delivery", Set.of("host", "transport")),
          entry("runbook", Set.of("host", "job")),
          entry("roster", Set.of("host", "job", "inventory")),
          entry("projection", Set.of("host", "job", "runbook")),
          entry(
              "step",
              Set.of(
                  "host",
                  "job",
                  "transport",
                  "inventory",
                  "delivery",
                  "runbook",
                  "roster",
                  "projection")),
          entry("workflow", Set.of("host", "job", "step", "roster", "projection")),
          entry("temporal", Set.of("host", "job", "workflow", "roster", "projection")),
          entry("security", Set.of("job")),
          entry(
              "http",
              Set.of("host", "job", "security", "inventory", "delivery", "runbook", "projection")),
          entry("page", Set.of("host", "job", "security", "projection")),
          entry("local", Set.of()));

  /**
   * Of these packages {@code workflow} sees only activity interfaces, records and enums: words, not
   * work.
   */
  static final Set<String> ONLY_WORDS_FOR_WORKFLOW = Set.of("step", "roster", "projection");

  /** The name of the root package {@code dev.muster}, as {@link #packageOf} gives it. */
  static final String ROOT = "";

  private static final String MUSTER = "dev.muster";

  /** Offending samples that prove the rules bite live here, laid out as if this were the root. */
  private static final String FIXTURES = "dev.muster.architecture.fixtures";

  private ImportTable() {}

  static boolean knows(String name) {
    return name.equals(ROOT) || ALLOWED.containsKey(name);
  }

  static boolean allows(String from, String to) {
    return from.equals(to)
        || (from.equals(ROOT) && knows(to))
        || ALLOWED.getOrDefault(from, Set.of()).contains(to);
  }

  static boolean isMuster(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(MUSTER) || name.startsWith(MUSTER + ".");
  }

  /**
   * The package of a class below the root: {@code job}, or {@link #ROOT} for the root. A class that
   * is not of muster has its whole name.
   */
  static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    for (String root : List.of(FIXTURES, MUSTER)) {
      if (name.equals(root)) {
        return ROOT;
      } else if (name.startsWith(root + ".")) {
        return name.substring(root.length() + 1);
      }
    }
    return name;
  }
}
