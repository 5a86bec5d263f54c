package dev.muster.projection;

import dev.muster.job.InstanceState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened on a host for a job. Facts may be lost when a process dies; what the
 * roster knows is shown again by {@link Progress#settle}.
 */
public sealed interface Fact {

  Key key();

  /**
   * Grows with every fact of an instance: the lease token, then a count; older ones never
   * overwrite.
   */
  long seq();

  Instant at();

  record Key(long job, int ordinal) {}

  /**
   * The instance is in this state at this step; the note is a sentence, for waiting and for
   * failure.
   */
  record Moved(Key key, long seq, Instant at, InstanceState state, int step, @Nullable String note)
      implements Fact {}

  /** A step's execution is RUNNING, SUCCEEDED or FAILED. */
  record StepMoved(Key key, long seq, Instant at, int step, int execution, InstanceState state)
      implements Fact {}

  /** A line about a step, or a piece of its output. */
  record Logged(Key key, long seq, Instant at, int step, int execution, boolean output, String text)
      implements Fact {}
}
