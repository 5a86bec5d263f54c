package dev.muster.roster;

import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import org.jspecify.annotations.Nullable;

/** An outcome as columns. */
record OutcomeRow(
    String outcome, @Nullable Reason reason, @Nullable Proof proof, @Nullable String detail) {

  static OutcomeRow of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Succeeded s -> new OutcomeRow("SUCCEEDED", null, null, null);
      case Outcome.Failed f -> new OutcomeRow("FAILED", f.reason(), null, f.detail());
      case Outcome.Unreachable u -> new OutcomeRow("UNREACHABLE", u.reason(), null, u.detail());
      case Outcome.TimedOut t -> new OutcomeRow("TIMED_OUT", Reason.TIMEOUT, null, t.detail());
      case Outcome.Skipped s -> new OutcomeRow("SKIPPED", s.reason(), null, s.detail());
      case Outcome.Stopped s -> new OutcomeRow("STOPPED", Reason.STOPPED, s.proof(), s.detail());
    };
  }
}
