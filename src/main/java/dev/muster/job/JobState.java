package dev.muster.job;

/** Where a job stands. */
public enum JobState {
  PENDING,
  RUNNING,
  SUCCEEDED,
  FAILED,
  PARTIALLY_FAILED;

  /** What a job with these hosts has become once none of them is unfinished. */
  public static JobState ended(Tally tally) {
    if (tally.unfinished() > 0) {
      throw new IllegalArgumentException("still unfinished: " + tally);
    }
    if (tally.failed() == 0) {
      return SUCCEEDED;
    }
    return tally.succeeded() == 0 ? FAILED : PARTIALLY_FAILED;
  }

  public boolean ended() {
    return this != PENDING && this != RUNNING;
  }
}
