package dev.muster.step;

import dev.muster.job.InstanceState;
import dev.muster.job.Limits;
import dev.muster.job.Outcome;
import dev.muster.projection.Fact;
import dev.muster.projection.ProgressWriter;
import dev.muster.roster.Instances.Grant;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Tells the projection what one stage does. */
final class Reporter {

  /** Facts of one attempt are numbered within its token, so that a later attempt's always win. */
  private static final int SEQ_BITS = 20;

  private final ProgressWriter writer;
  private final Clock clock;
  private final Fact.Key key;
  private final long first;
  private long count;

  Reporter(ProgressWriter writer, Clock clock, Grant grant) {
    this.writer = writer;
    this.clock = clock;
    this.key = new Fact.Key(grant.place().job(), grant.place().ordinal());
    this.first = grant.token() << SEQ_BITS;
  }

  void running(int step, @Nullable String note) {
    writer.report(new Fact.Moved(key, seq(), clock.instant(), InstanceState.RUNNING, step, note));
  }

  void ended(InstanceState state, int step, @Nullable String note) {
    writer.report(new Fact.Moved(key, seq(), clock.instant(), state, step, note));
  }

  void step(int step, int execution, InstanceState state) {
    writer.report(new Fact.StepMoved(key, seq(), clock.instant(), step, execution, state));
  }

  /** How a step ended; one that goes on later has not. */
  void result(int step, int execution, StepResult result) {
    switch (result) {
      case StepResult.Done done -> {
        step(step, execution, InstanceState.SUCCEEDED);
        event(step, execution, "done");
      }
      case StepResult.Ended ended -> {
        step(step, execution, InstanceState.FAILED);
        String event = ended.outcome() instanceof Outcome.Stopped ? "stopped " : "failed ";
        event(step, execution, event + StageActivity.detail(ended.outcome()));
      }
      case StepResult.Later later -> event(step, execution, "note " + later.why());
    }
  }

  /** An event: begin, done, or failed, note and stopped with a text. */
  void event(int step, int execution, String event) {
    writer.report(new Fact.Logged(key, seq(), clock.instant(), step, execution, false, event));
  }

  /**
   * A piece of output that begins at this offset; beyond the limit nothing is kept, and the cut is
   * marked.
   *
   * @return whether more is wanted
   */
  boolean output(int step, int execution, long offset, String text) {
    if (offset >= Limits.LOG_BYTES) {
      return false;
    }
    writer.report(new Fact.Logged(key, seq(), clock.instant(), step, execution, true, text));
    if (offset + text.length() >= Limits.LOG_BYTES) {
      event(step, execution, "note output beyond " + Limits.LOG_BYTES / 1024 + " KiB is not kept");
      return false;
    }
    return true;
  }

  private long seq() {
    return first + ++count;
  }
}
