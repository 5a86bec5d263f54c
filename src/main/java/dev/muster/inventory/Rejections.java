package dev.muster.inventory;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The lines that an import left out: all are counted, the first of the file are kept. */
final class Rejections {

  private static final Comparator<ImportReport.Rejected> BY_LINE =
      Comparator.comparingLong(ImportReport.Rejected::line);

  private final PriorityQueue<ImportReport.Rejected> first =
      new PriorityQueue<>(BY_LINE.reversed());
  private int count;

  void add(long line, String why) {
    count++;
    first.add(new ImportReport.Rejected(line, why));
    if (first.size() > ImportReport.MOST_SHOWN) {
      first.remove();
    }
  }

  /** Lines that are not told because others were before them. */
  void untold(int lines) {
    count += lines;
  }

  int count() {
    return count;
  }

  List<ImportReport.Rejected> shown() {
    return first.stream().sorted(BY_LINE).toList();
  }
}
