package dev.muster.projection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Many hosts in few words: {@code 10.0.0.[1-17,20],web-[01-40].prod}, as ClusterShell reads them.
 *
 * @param ranges that are shown, in the order they are shown in
 * @param more hosts that are in none of them
 */
public record FoldedHosts(List<Range> ranges, long more) {

  public FoldedHosts {
    ranges = List.copyOf(ranges);
  }

  /**
   * Hosts whose names differ in one number only, which has no gaps.
   *
   * @param run null for one host without a number
   */
  public record Range(String before, @Nullable Run run, String after) {}

  /**
   * @param width to which numbers are filled up with zeros; 0 for none
   */
  public record Run(int width, int first, int last) {

    private String text() {
      return first == last ? padded(first) : padded(first) + "-" + padded(last);
    }

    private String padded(int number) {
      String digits = String.valueOf(number);
      return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
  }

  /** Ranges of the same names stand in one pair of brackets, where the first of them stands. */
  public String text(Language language) {
    Map<List<String>, List<Range>> alike = new LinkedHashMap<>();
    for (Range range : ranges) {
      List<String> around =
          List.of(range.run() == null ? "one" : "many", range.before(), range.after());
      alike.computeIfAbsent(around, key -> new ArrayList<>()).add(range);
    }
    String shown =
        alike.values().stream().map(FoldedHosts::together).collect(Collectors.joining(","));
    if (more == 0) {
      return shown;
    }
    return shown + (language == Language.ZH ? " … 另有 %d 台" : " … and %d more").formatted(more);
  }

  private static String together(List<Range> alike) {
    Range any = alike.getFirst();
    List<Run> runs = alike.stream().map(Range::run).filter(run -> run != null).toList();
    boolean one = runs.size() == 1 && runs.getFirst().first() == runs.getFirst().last();
    String numbers = runs.stream().map(Run::text).collect(Collectors.joining(","));
    if (runs.isEmpty()) {
      return any.before();
    }
    return any.before() + (one ? numbers : "[" + numbers + "]") + any.after();
  }
}
