package dev.muster.workflow;

import dev.muster.roster.Roster.Plan;
import dev.muster.roster.Roster.WaveRange;
import dev.muster.workflow.WaveWorkflow.WaveInput;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The open waves of a job and the window they share. One wave begins hosts at a time; those before
 * it only finish, and what they give back goes to it.
 */
final class Waves {

  /** After a wave that failed as a whole, which only a person at the engine's page brings about. */
  private static final Duration BREATHER = Duration.ofSeconds(5);

  private final long job;
  private final TreeMap<Integer, Wave> open = new TreeMap<>();
  private Slots slots = new Slots(0);
  private boolean stopping;
  private boolean failed;

  private static final class Wave {
    private final WaveWorkflow workflow;
    private boolean exhausted;

    private Wave(WaveWorkflow workflow) {
      this.workflow = workflow;
    }
  }

  Waves(long job) {
    this.job = job;
  }

  void open(int window) {
    slots = new Slots(window);
  }

  boolean stopping() {
    return stopping;
  }

  void stop() {
    stopping = true;
  }

  void exhausted(int wave, int kept) {
    Wave found = open.get(wave);
    if (found != null) {
      found.exhausted = true;
      slots.keep(wave, kept);
    }
  }

  /** Returns when every wave has ended, or when the job was stopped and no host is at work. */
  void carryOut(Plan plan) {
    Deque<WaveRange> next = new ArrayDeque<>(plan.waves());
    // A plan that was made after the stop has only hosts that must be looked at; nothing is started
    // there.
    boolean heedStop = !plan.stopped();
    while (!next.isEmpty() || !open.isEmpty()) {
      Workflow.await(() -> (heedStop && stopping) || open.isEmpty() || canGrant(next));
      if (heedStop && stopping) {
        next.clear();
        List.copyOf(open.values()).forEach(wave -> signal(wave, wave.workflow::halt));
        Workflow.await(open::isEmpty);
      } else if (canGrant(next)) {
        grant(next);
      }
      tell(next);
    }
    if (failed) {
      failed = false;
      Workflow.sleep(BREATHER);
    }
  }

  private boolean canGrant(Deque<WaveRange> next) {
    return slots.free() > 0 && (beginning().isPresent() || !next.isEmpty());
  }

  private void grant(Deque<WaveRange> next) {
    Optional<Integer> beginning = beginning();
    if (beginning.isPresent()) {
      Wave wave = open.get(beginning.get());
      int more = slots.grantTo(beginning.get());
      if (wave != null) {
        signal(wave, () -> wave.workflow.widen(more));
      }
    } else {
      start(next.remove());
    }
  }

  /** The wave that still begins hosts. */
  private Optional<Integer> beginning() {
    return open.entrySet().stream()
        .filter(e -> !e.getValue().exhausted)
        .map(e -> e.getKey())
        .findFirst();
  }

  private void start(WaveRange range) {
    WaveWorkflow workflow =
        Workflow.newChildWorkflowStub(
            WaveWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId("job/%d/wave/%d".formatted(job, range.number()))
                .setStaticSummary("job %d, hosts %d to %d".formatted(job, range.from(), range.to()))
                .build());
    open.put(range.number(), new Wave(workflow));
    WaveInput input =
        new WaveInput(job, range.number(), range.from(), range.to(), slots.grantTo(range.number()));
    Async.function(workflow::run, input)
        .handle(
            (result, failure) -> {
              failed |= failure != null;
              open.remove(range.number());
              slots.release(range.number());
              return null;
            });
    Workflow.getWorkflowExecution(workflow).get();
  }

  /** A wave that ended meanwhile needs no telling. */
  private static void signal(Wave wave, Runnable signal) {
    try {
      signal.run();
    } catch (ApplicationFailure e) {
      wave.exhausted = true;
    }
  }

  private void tell(Deque<WaveRange> next) {
    Workflow.setCurrentDetails(
        "%d waves open, %d to come, %d slots free%s"
            .formatted(open.size(), next.size(), slots.free(), stopping ? ", stopping" : ""));
  }
}
