package dev.muster.inventory;

import java.util.List;
import java.util.Map;

/**
 * What an import did.
 *
 * @param imported lines kept, by kind
 * @param rejected lines left out, the first {@link #MOST_SHOWN} of them
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
}
