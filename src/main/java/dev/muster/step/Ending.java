package dev.muster.step;

import dev.muster.job.Outcome;
import java.time.Duration;

/** How a stage's work on a host ends. */
sealed interface Ending {

  /**
   * @param step at which
   */
  record Finished(int step, Outcome outcome) implements Ending {}

  record Later(Duration delay, String why) implements Ending {}
}
