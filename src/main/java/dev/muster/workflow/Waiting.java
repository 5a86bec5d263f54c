package dev.muster.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Things that come back at a time: in whole seconds, so that what comes back together needs one
 * timer. Pure.
 */
final class Waiting<T> {

  private static final long SECOND = 1_000;

  private final TreeMap<Long, List<T>> due = new TreeMap<>();
  private int size;

  int size() {
    return size;
  }

  void add(T thing, long atMillis) {
    long second = Math.ceilDiv(atMillis, SECOND) * SECOND;
    due.computeIfAbsent(second, at -> new ArrayList<>()).add(thing);
    size++;
  }

  /** When the next thing comes back. */
  OptionalLong next() {
    return due.isEmpty() ? OptionalLong.empty() : OptionalLong.of(due.firstKey());
  }

  /** Takes out what has come back by now. */
  List<T> take(long nowMillis) {
    List<T> back = new ArrayList<>();
    while (!due.isEmpty() && due.firstKey() <= nowMillis) {
      back.addAll(due.pollFirstEntry().getValue());
    }
    size -= back.size();
    return back;
  }

  void clear() {
    due.clear();
    size = 0;
  }
}
