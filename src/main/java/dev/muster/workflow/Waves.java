package dev.muster.workflow;

import dev.muster.roster.Roster.WaveRange;
import dev.muster.workflow.WaveWorkflow.WaveInput;
import dev.muster.workflow.WaveWorkflow.WaveResult;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The open waves of a job, the window they share, and what is said to them. */
final class Waves {

  private final long job;
  private final TreeMap<Integer, Wave> open = new TreeMap<>();
  private final Slots slots = new Slots();
  private boolean leftover;
  private boolean failed;

  private static final class Wave {
    private final WaveRange range;
    private final WaveWorkflow workflow;
    private boolean doubted;

    private Wave(WaveRange range, WaveWorkflow workflow) {
      this.range = range;
      this.workflow = workflow;
    }
  }

  Waves(long job) {
    this.job = job;
  }

  void window(int window) {
    slots.window(window);
  }

  void balance(int wave, int back, int more) {
    slots.balance(wave, back, more);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }

  List<WaveRange> ranges() {
    return open.values().stream().map(wave -> wave.range).toList();
  }

  // ---- what their ends leave behind ----

  /** Whoever ends from now on may not have seen all that was opened again in its range. */
  void doubt() {
    open.values().forEach(wave -> wave.doubted = true);
  }

  /** A wave has ended that left hosts, or may have. */
  boolean leftover() {
    return leftover;
  }

  /** One failed, or gave up a host: only a person at the engine's page brings that about. */
  boolean failed() {
    return failed;
  }

  void forgetLeftover() {
    leftover = false;
    failed = false;
  }

  // ---- slots ----

  boolean canGrant(boolean toCome) {
    return slots.turn(toCome).isPresent();
  }

  /** Gives what is free to whose turn it is. */
  void grant(Deque<WaveRange> next) {
    int wave = slots.turn(!next.isEmpty()).orElseThrow();
    if (wave == Slots.NEXT) {
      start(next.remove());
    } else {
      int more = slots.widen(wave);
      say(wave, workflow -> workflow.widen(more));
    }
  }

  boolean tooMany() {
    return slots.tooMany();
  }

  void recall() {
    slots.recall().forEach((wave, less) -> say(wave, workflow -> workflow.narrow(less)));
  }

  private void start(WaveRange range) {
    String id = "job/%d/wave/%d".formatted(job, range.number());
    WaveWorkflow workflow =
        Workflow.newChildWorkflowStub(
            WaveWorkflow.class,
            ChildWorkflowOptions.newBuilder()
                .setWorkflowId(id)
                .setStaticSummary("job %d, hosts %d to %d".formatted(job, range.from(), range.to()))
                .build());
    // A child's stub would speak to its first run only, and a wave may continue as new.
    Wave wave = new Wave(range, Workflow.newExternalWorkflowStub(WaveWorkflow.class, id));
    open.put(range.number(), wave);
    int granted = slots.open(range.number(), range.hosts());
    WaveInput input =
        new WaveInput(
            job,
            range.number(),
            range.from(),
            range.to(),
            granted,
            range.hosts() - granted,
            0,
            false);
    Async.function(workflow::run, input)
        .handle(
            (result, failure) -> {
              ended(wave, result);
              return null;
            });
    Workflow.getWorkflowExecution(workflow).get();
  }

  private void ended(Wave wave, @Nullable WaveResult result) {
    open.remove(wave.range.number());
    slots.release(wave.range.number());
    failed |= result == null || result.left() > 0;
    leftover |= failed || wave.doubted;
  }

  // ---- verbs ----

  void hold() {
    sayToAll(WaveWorkflow::hold);
  }

  void goOn() {
    sayToAll(WaveWorkflow::goOn);
  }

  /** Returns when no host is at work and no wave is open. */
  void halt() {
    sayToAll(WaveWorkflow::halt);
    Workflow.await(open::isEmpty);
    forgetLeftover();
  }

  /** First to those who hold most: the others can begin little. */
  private void sayToAll(Consumer<WaveWorkflow> message) {
    open.keySet().stream()
        .sorted(Comparator.comparingInt(slots::held).reversed())
        .toList()
        .forEach(wave -> say(wave, message));
  }

  private void say(int number, Consumer<WaveWorkflow> message) {
    Wave wave = open.get(number);
    if (wave == null) {
      return;
    }
    try {
      message.accept(wave.workflow);
    } catch (ApplicationFailure e) {
      // It has ended meanwhile, which we are about to learn.
      wave.doubted = true;
    }
  }

  @Override
  public String toString() {
    return "%d waves open, %d slots free".formatted(open.size(), slots.free());
  }
}
