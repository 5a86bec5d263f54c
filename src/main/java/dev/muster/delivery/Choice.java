package dev.muster.delivery;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which build a host is to have. */
public sealed interface Choice {

  record Chosen(Build build) implements Choice {}

  /**
   * There is none for it.
   *
   * @param why for people: what was looked for, and what there is instead
   */
  record None(String why) implements Choice {}

  /**
   * Chooses one; one for the host's own CPU goes before one for any.
   *
   * @param version null for the latest
   * @param machine the host's CPU, as it calls it
   */
  static Choice of(
      List<Build> builds, String name, @Nullable String version, String osType, String machine) {
    Optional<Build> chosen =
        builds.stream()
            .filter(b -> b.target().osType().equals(osType) && b.target().runsOn(machine))
            .filter(b -> version == null || b.target().version().equals(version))
            .max(
                Build.BY_VERSION.thenComparing(
                    Comparator.comparing((Build b) -> !b.target().cpu().equals(Build.ANY_CPU))));
    if (chosen.isPresent()) {
      return new Chosen(chosen.get());
    }
    String wanted =
        "there is no package %s%s for %s %s"
            .formatted(name, version == null ? "" : " " + version, osType, Build.cpu(machine));
    String known =
        builds.stream()
            .map(Build::target)
            .map(t -> "%s for %s %s".formatted(t.version(), t.osType(), t.cpu()))
            .sorted()
            .collect(Collectors.joining(", "));
    return new None(known.isEmpty() ? wanted : wanted + "; there is " + known);
  }
}
