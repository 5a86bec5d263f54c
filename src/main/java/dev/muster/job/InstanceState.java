package dev.muster.job;

/** Where one host's part in a job stands. */
public enum InstanceState {
  PENDING,
  RUNNING,
  SUCCEEDED,
  FAILED,
  SKIPPED;

  public boolean ended() {
    return this == SUCCEEDED || this == FAILED || this == SKIPPED;
  }

  public static InstanceState of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Succeeded s -> SUCCEEDED;
      case Outcome.Skipped s -> SKIPPED;
      case Outcome.Failed f -> FAILED;
      case Outcome.Unreachable u -> FAILED;
      case Outcome.TimedOut t -> FAILED;
      case Outcome.Stopped s -> FAILED;
    };
  }
}
