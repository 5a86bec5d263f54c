package dev.muster.job;

/** How many hosts of a job stand where. */
public record Tally(int pending, int running, int succeeded, int failed, int skipped) {

  public int total() {
    return pending + running + succeeded + failed + skipped;
  }

  public int unfinished() {
    return pending + running;
  }
}
