package dev.muster.faults;

/** A promise that was broken: which of I1 to I9, and by what. */
record Violation(Kind kind, String what) {

  /** How the report counts it. */
  enum Kind {
    /** I1, I2: an accepted job is not there, or not with its hosts, or is two. */
    LOST,
    /** I3: a key was begun twice, an effect was repeated without need, or two commands met. */
    DUPLICATE,
    /** I4: what muster says is not what the host recorded. */
    LIE,
    /** I5: more hosts at once than the window. */
    CROWD,
    /** I7: a start after an answered stop. */
    LATE_START,
    /** I8: counters that do not add up. */
    MISCOUNT,
    /** I9: a job or a command that does not end. */
    STUCK
  }

  @Override
  public String toString() {
    return kind + ": " + what;
  }
}
