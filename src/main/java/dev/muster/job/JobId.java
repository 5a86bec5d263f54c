package dev.muster.job;

/** The number a caller knows a job by. */
public record JobId(long value) {

  @Override
  public String toString() {
    return "job " + value;
  }
}
