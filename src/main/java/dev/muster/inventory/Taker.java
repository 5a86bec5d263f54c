package dev.muster.inventory;

import java.util.Map;

/** Takes what a format reads. */
interface Taker {

  /**
   * A line, its fields named as at the edge.
   *
   * @param line counted from 1
   */
  void take(long line, Map<String, String> fields);

  /** A line that cannot be read. */
  void reject(long line, String why);
}
