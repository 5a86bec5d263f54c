package dev.muster.workflow;

import dev.muster.job.Limits;
import dev.muster.roster.Roster.Brief;
import dev.muster.roster.Roster.Participant;
import dev.muster.step.Stages.StageOrder;
import dev.muster.step.Stages.StageReport;
import dev.muster.step.Stages.Verdict;
import io.temporal.failure.ApplicationFailure;
import io.temporal.spring.boot.WorkflowImpl;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

@WorkflowImpl(taskQueues = ActivityPolicy.CONTROL)
public class WaveWorkflowImpl implements WaveWorkflow {

  private static final int WAITING_PER_SLOT = 10;

  private final WaveInput input;
  private final Deque<Participant> ready = new ArrayDeque<>();
  private String action = "";
  private int slots;
  private int atWork;
  private int waiting;
  private int done;
  private boolean halted;
  private boolean exhausted;

  @WorkflowInit
  public WaveWorkflowImpl(WaveInput input) {
    this.input = input;
    this.slots = input.slots();
  }

  @Override
  public WaveResult run(WaveInput ignored) {
    Brief brief = ActivityPolicy.roster().brief(input.job(), input.from(), input.to());
    action = brief.action();
    ready.addAll(brief.hosts());
    while (!halted && (!ready.isEmpty() || waiting > 0 || atWork > 0)) {
      if (longEnough()) {
        // Only with no host at work; what is left is found by the brief of the next run.
        Workflow.await(() -> atWork == 0);
        if (!halted) {
          continueAsNew();
        }
      }
      if (canGiveBack()) {
        giveBack();
      }
      Workflow.await(this::canGoOn);
      while (!halted && atWork < slots && !ready.isEmpty() && !longEnough()) {
        begin(ready.remove());
      }
      tell();
    }
    Workflow.await(() -> atWork == 0);
    ActivityPolicy.progress().settle(input.job(), input.from(), input.to());
    return new WaveResult(done, ready.size() + waiting);
  }

  private boolean canGoOn() {
    boolean finished = ready.isEmpty() && waiting == 0 && atWork == 0;
    boolean drained = longEnough() && atWork == 0;
    return halted
        || finished
        || canGiveBack()
        || drained
        || (!longEnough() && atWork < slots && !ready.isEmpty());
  }

  private void begin(Participant host) {
    atWork++;
    Promise<StageReport> report =
        Async.function(
            ActivityPolicy.stage(host.label() + " " + action)::run,
            new StageOrder(input.job(), host.ordinal()));
    report.handle(
        (said, failure) -> {
          ended(host, said, failure);
          return null;
        });
  }

  /** A stage fails only when it is cancelled; its host is looked at again by the next plan. */
  private void ended(
      Participant host, @Nullable StageReport said, @Nullable RuntimeException failure) {
    atWork--;
    if (said == null) {
      Workflow.getLogger(WaveWorkflowImpl.class).warn("{} was given up", host.label(), failure);
      return;
    }
    if (said.verdict() == Verdict.DONE) {
      done++;
      return;
    }
    waiting++;
    Workflow.newTimer(Duration.ofSeconds(Math.max(1, said.waitSeconds())))
        .thenApply(
            nothing -> {
              waiting--;
              ready.add(host);
              return null;
            });
  }

  /**
   * No host is left to begin, and much of what we hold is not needed any more: told once, then at
   * each halving.
   */
  private boolean canGiveBack() {
    return ready.isEmpty() && (!exhausted || needed() <= slots / 2);
  }

  /**
   * As many as are at work, and one for every ten that wait: most of those come back at other
   * times.
   */
  private int needed() {
    return atWork + (waiting + WAITING_PER_SLOT - 1) / WAITING_PER_SLOT;
  }

  private void giveBack() {
    exhausted = true;
    slots = Math.min(slots, needed());
    try {
      Workflow.newExternalWorkflowStub(JobWorkflow.class, "job/" + input.job())
          .exhausted(input.wave(), slots);
    } catch (ApplicationFailure e) {
      // The job's workflow is gone, and this wave goes with it.
      halted = true;
    }
  }

  private boolean longEnough() {
    return Workflow.getInfo().getHistoryLength() >= Limits.HISTORY_EVENTS_BEFORE_CONTINUING
        || Workflow.getInfo().isContinueAsNewSuggested();
  }

  private void continueAsNew() {
    Workflow.newContinueAsNewStub(WaveWorkflow.class)
        .run(new WaveInput(input.job(), input.wave(), input.from(), input.to(), slots));
  }

  private void tell() {
    Workflow.setCurrentDetails(
        "%d done, %d at work of %d slots, %d ready, %d waiting%s"
            .formatted(done, atWork, slots, ready.size(), waiting, halted ? ", halted" : ""));
  }

  @Override
  public void widen(int more) {
    // One that crossed our report on its way: the job has counted it back already.
    if (!exhausted) {
      slots += more;
    }
  }

  @Override
  public void halt() {
    halted = true;
  }
}
