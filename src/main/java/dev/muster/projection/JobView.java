package dev.muster.projection;

import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Tally;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as pages show it.
 *
 * @param version grows with every change that can be seen
 * @param why a sentence, when the job was stopped or given up
 */
public record JobView(
    long id,
    JobType type,
    Asked asked,
    JobState state,
    boolean stopped,
    Times times,
    Tally tally,
    long version,
    @Nullable String why,
    Rounds rounds) {

  /** Who asked for it, and how wide. */
  public record Asked(String caller, String app, int window, List<Long> businesses) {}

  public record Times(
      Instant created,
      @Nullable Instant started,
      @Nullable Instant ended,
      @Nullable Instant stopAsked) {}

  /** Rounds of retries: at which it is, of how many, and when the next begins. */
  public record Rounds(int round, int rounds, @Nullable Instant next) {}

  /** The word of the existing service for where the job stands. */
  public String status() {
    return switch (state) {
      case PENDING -> stopped ? "TERMINATED" : "PENDING";
      case RUNNING -> stopped ? "TERMINATED" : "RUNNING";
      case SUCCEEDED -> "SUCCESS";
      case FAILED -> "FAILED";
      case PARTIALLY_FAILED -> "PART_FAILED";
    };
  }

  /** The job ended and had no host at all. */
  public boolean nothingToDo() {
    return state.ended() && tally.total() == 0;
  }
}
