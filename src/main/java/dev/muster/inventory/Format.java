package dev.muster.inventory;

import java.util.Locale;

/** How an inventory is written. */
public enum Format {
  /** One JSON object a line. */
  NDJSON,
  /** Comma-separated values, the first line names the fields. */
  CSV;

  /** By the ending of a file's name; one JSON object a line unless it says otherwise. */
  public static Format ofFile(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".csv") ? CSV : NDJSON;
  }
}
