package dev.muster.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Times of what was measured, as rows of a markdown table. */
final class Figures {

  private final List<String> rows = new ArrayList<>();

  /** Something to measure, which may fail in any way. */
  interface Work {
    void run() throws Exception;
  }

  /** Seconds of one run. */
  static double seconds(Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  /** One run, without anything to compare it with. */
  void once(String what, Work work) throws Exception {
    double seconds = seconds(work);
    rows.add(String.format(Locale.ROOT, "| %s | %.1f s | | |", what, seconds));
  }

  /** Both in turn, so that they meet the same machine; the first rounds are not counted. */
  void compare(String what, Work measured, String with, Work reference, int rounds)
      throws Exception {
    List<Double> times = new ArrayList<>();
    List<Double> references = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    int warming = rounds / 2;
    for (int round = 0; round < warming + rounds; round++) {
      double time = seconds(measured);
      double other = seconds(reference);
      if (round >= warming) {
        times.add(time);
        references.add(other);
        ratios.add(time / other);
      }
    }
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s | %.1f ms | %s: %.1f ms | %.2f |",
            what,
            1_000 * median(times),
            with,
            1_000 * median(references),
            median(ratios)));
  }

  void print(PrintStream out) {
    out.println("| measured | median | beside | median of the ratios |");
    out.println("|---|---|---|---|");
    rows.forEach(out::println);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
