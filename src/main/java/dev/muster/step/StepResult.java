package dev.muster.step;

import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import java.time.Duration;

/** How one step on one host ended. */
sealed interface StepResult {

  /** The next step's turn. */
  record Done() implements StepResult {}

  /** The host's part in the job is over. */
  record Ended(Outcome outcome) implements StepResult {}

  record Later(Duration delay, String why) implements StepResult {}

  static StepResult failed(Reason reason, String detail) {
    return new Ended(new Outcome.Failed(reason, StageActivity.bounded(detail)));
  }

  static Ended stopped(Proof proof, String detail) {
    return new Ended(new Outcome.Stopped(proof, StageActivity.bounded(detail)));
  }
}
