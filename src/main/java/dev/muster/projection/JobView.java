package dev.muster.projection;

import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Scope;
import dev.muster.job.Tally;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job as pages show it.
 *
 * @param version grows with every change that can be seen
 * @param why a sentence, when the job was paused, stopped or given up, or a hold is in its way
 */
public record JobView(
    long id,
    JobType type,
    Asked asked,
    JobState state,
    Gate gate,
    Times times,
    Tally tally,
    long version,
    @Nullable String why,
    Rounds rounds) {

  /**
   * Who asked for what.
   *
   * @param runbook the digest of the runbook that it is pinned to
   */
  public record Asked(
      String caller, String app, int window, List<Long> businesses, String runbook) {}

  /** What an operator said last that still holds. */
  public enum Gate {
    OPEN,
    PAUSED,
    STOPPED
  }

  /**
   * @param stalledSince when the last of its hosts finished, if that is too long ago; null if it
   *     goes on as it should, or waits on purpose
   */
  public record Times(
      Instant created,
      @Nullable Instant started,
      @Nullable Instant ended,
      @Nullable Instant stopAsked,
      @Nullable Instant stalledSince) {}

  /** Rounds of retries: at which it is, of how many, and when the next begins. */
  public record Rounds(int round, int rounds, @Nullable Instant next) {}

  /** The word of the existing service for where the job stands. */
  public String status() {
    return switch (state) {
      case PENDING -> stopped() ? "TERMINATED" : "PENDING";
      case RUNNING -> stopped() ? "TERMINATED" : untouched() ? "PENDING" : "RUNNING";
      case SUCCEEDED -> "SUCCESS";
      case FAILED -> "FAILED";
      case PARTIALLY_FAILED -> "PART_FAILED";
    };
  }

  public boolean stopped() {
    return gate == Gate.STOPPED;
  }

  /** Every host still waits for its first start. */
  private boolean untouched() {
    return rounds.round() == 0 && tally.pending() == tally.total();
  }

  /** Its hosts are not shown yet. */
  public boolean fresh() {
    return version == 0;
  }

  /** When it was stopped or ended, whichever came first; retries do not move it. */
  public @Nullable Instant end() {
    Instant stopAsked = times.stopAsked();
    Instant ended = times.ended();
    if (stopAsked == null || ended == null) {
      return stopAsked == null ? ended : stopAsked;
    }
    return stopAsked.isBefore(ended) ? stopAsked : ended;
  }

  /**
   * Whether somebody may look at it: all of its businesses must be in their view. A job without any
   * host lies nowhere, and is for who asked for it.
   */
  public boolean visibleTo(String user, Scope view) {
    return view.covers(asked.businesses())
        && (!asked.businesses().isEmpty()
            || asked.caller().equals(user)
            || view instanceof Scope.Everywhere);
  }

  /** The job ended and had no host at all. */
  public boolean nothingToDo() {
    return state.ended() && tally.total() == 0;
  }
}
