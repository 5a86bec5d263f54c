package dev.muster.projection;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** What workflows ask of the projection. At least once; doing it again changes nothing. */
@ActivityInterface
public interface Progress {

  /** Shows every instance of a resolved job. */
  @ActivityMethod(name = "Show")
  void show(long job);

  /**
   * Makes the projection say what the roster says for these ordinals, both included, wherever it
   * lagged or lost.
   */
  @ActivityMethod(name = "Settle")
  void settle(long job, int from, int to);
}
