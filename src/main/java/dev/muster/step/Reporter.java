package dev.muster.step;

import dev.muster.job.InstanceState;
import dev.muster.job.Limits;
import dev.muster.job.Outcome;
import dev.muster.projection.Fact;
import dev.muster.roster.Instances.Place;
import java.time.Clock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Tells the projection what one stage does. */
final class Reporter {

  /** Facts of one attempt are numbered within its token, so that a later attempt's always win. */
  private static final int SEQ_BITS = 20;

  private final Consumer<Fact> writer;
  private final Clock clock;
  private final Fact.Key key;
  private final long first;
  private long count;

  /**
   * @param token of the claim, or the moment at which there was none
   */
  Reporter(Consumer<Fact> writer, Clock clock, Place place, long token) {
    this.writer = writer;
    this.clock = clock;
    this.key = new Fact.Key(place.job(), place.ordinal());
    this.first = token << SEQ_BITS;
  }

  void running(int step, @Nullable String note) {
    waiting(InstanceState.RUNNING, step, note);
  }

  /**
   * @param state PENDING if nothing was ever started
   */
  void waiting(InstanceState state, int step, @Nullable String why) {
    writer.accept(new Fact.Moved(key, seq(), clock.instant(), state, step, why));
  }

  void ended(InstanceState state, int step, @Nullable String note) {
    writer.accept(new Fact.Moved(key, seq(), clock.instant(), state, step, note));
  }

  void step(int step, int execution, InstanceState state) {
    writer.accept(new Fact.StepMoved(key, seq(), clock.instant(), step, execution, state));
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
    writer.accept(new Fact.Logged(key, seq(), clock.instant(), step, execution, false, event));
  }

  /**
   * A piece of output; what comes beyond the limit is not wanted, and the cut is marked.
   *
   * @param end how many bytes there were up to the end of this piece
   */
  void output(int step, int execution, long end, String text) {
    writer.accept(new Fact.Logged(key, seq(), clock.instant(), step, execution, true, text));
    if (end >= Limits.LOG_BYTES) {
      event(step, execution, "note output beyond " + Limits.LOG_BYTES / 1024 + " KiB is not kept");
    }
  }

  private long seq() {
    return first + ++count;
  }
}
