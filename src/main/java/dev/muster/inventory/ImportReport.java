package dev.muster.inventory;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * What an import did.
 *
 * @param imported lines kept, by kind
 * @param rejected lines left out, the first {@link #MOST_SHOWN} of the file
 * @param rejectedLines how many were left out in all
 */
public record ImportReport(
    Map<String, Integer> imported, List<Rejected> rejected, int rejectedLines) {

  public static final int MOST_SHOWN = 100;

  public ImportReport {
    imported = Map.copyOf(imported);
    rejected = List.copyOf(rejected);
  }

  /**
   * A line that was left out.
   *
   * @param line counted from 1
   */
  public record Rejected(long line, String why) {}

  /** The lines that an import leaves out: all are counted, the first of the file are kept. */
  static final class Rejections {

    private static final Comparator<Rejected> BY_LINE = Comparator.comparingLong(Rejected::line);

    private final PriorityQueue<Rejected> first = new PriorityQueue<>(BY_LINE.reversed());
    private int count;

    void add(long line, String why) {
      count++;
      first.add(new Rejected(line, why));
      if (first.size() > MOST_SHOWN) {
        first.remove();
      }
    }

    /** Lines that are not told because others were before them. */
    void untold(int lines) {
      count += lines;
    }

    ImportReport report(Map<String, Integer> imported) {
      return new ImportReport(imported, first.stream().sorted(BY_LINE).toList(), count);
    }
  }
}
