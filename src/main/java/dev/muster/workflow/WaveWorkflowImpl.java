package dev.muster.workflow;

import dev.muster.job.Limits;
import dev.muster.roster.Roster.Brief;
import dev.muster.roster.Roster.Participant;
import dev.muster.step.Scouts.ScoutOrder;
import dev.muster.step.Stages.StageOrder;
import dev.muster.step.Stages.StageReport;
import dev.muster.step.Stages.Verdict;
import dev.muster.workflow.Allowance.Balance;
import io.temporal.failure.ApplicationFailure;
import io.temporal.spring.boot.WorkflowImpl;
import io.temporal.workflow.Async;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

@WorkflowImpl(taskQueues = ActivityPolicy.CONTROL)
public class WaveWorkflowImpl implements WaveWorkflow {

  private final WaveInput input;
  private final Allowance allowance;

  /** Every unfinished host of the part is in one of these three. */
  private final Deque<Participant> ready = new ArrayDeque<>();

  private final Set<Integer> atWork = new HashSet<>();
  private final Waiting<Participant> waiting = new Waiting<>();

  /** Of those at work: what their stages are about to report may be older than our last look. */
  private final Set<Integer> doubted = new HashSet<>();

  private String action = "";
  private long alarm = Long.MAX_VALUE;
  private int done;
  private int givenUp;
  private boolean lookAgain = true;
  private boolean scouted;
  private boolean held;
  private boolean halted;

  @WorkflowInit
  public WaveWorkflowImpl(WaveInput input) {
    this.input = input;
    this.allowance = new Allowance(input.slots(), input.wanted(), input.owed());
    this.held = input.held();
  }

  @Override
  public WaveResult run(WaveInput ignored) {
    while (!hasEnded()) {
      if (mustLook()) {
        look();
      } else if (mustContinueAsNew()) {
        continueAsNew();
      } else if (canBegin()) {
        begin(ready.remove());
      } else if (mustSpeak()) {
        speak();
      } else {
        tell();
        Workflow.await(
            () -> hasEnded() || mustLook() || mustContinueAsNew() || canBegin() || mustSpeak());
      }
    }
    ActivityPolicy.progress().settle(input.job(), input.from(), input.to());
    return new WaveResult(done, ready.size() + waiting.size() + givenUp);
  }

  private boolean hasEnded() {
    return atWork.isEmpty() && (halted || (!lookAgain && ready.isEmpty() && waiting.size() == 0));
  }

  // ---- which hosts ----

  private boolean mustLook() {
    return lookAgain && !halted;
  }

  private void look() {
    lookAgain = false;
    Brief brief = ActivityPolicy.roster().brief(input.job(), input.from(), input.to());
    action = brief.action();
    ready.clear();
    waiting.clear();
    for (Participant host : brief.hosts()) {
      if (atWork.contains(host.ordinal())) {
        doubted.add(host.ordinal());
      } else {
        ready.add(host);
      }
    }
    scout();
  }

  /** Who answers has its turn before who does not, once hosts have to wait for slots. */
  private void scout() {
    if (scouted || ready.size() <= allowance.slots()) {
      return;
    }
    scouted = true;
    Async.function(
            ActivityPolicy.scouts()::absent, new ScoutOrder(input.job(), input.from(), input.to()))
        .handle(
            (absent, failure) -> {
              if (absent != null) {
                Set<Integer> last = new HashSet<>(absent.ordinals());
                List<Participant> later =
                    ready.stream().filter(host -> last.contains(host.ordinal())).toList();
                ready.removeAll(later);
                ready.addAll(later);
              }
              return null;
            });
  }

  private boolean canBegin() {
    return !halted && !held && !ready.isEmpty() && allowance.hasRoom(atWork.size()) && !isLong();
  }

  private void begin(Participant host) {
    atWork.add(host.ordinal());
    Async.function(
            ActivityPolicy.stage(host.label() + " " + action)::run,
            new StageOrder(input.job(), host.ordinal()))
        .handle(
            (report, failure) -> {
              reported(host, report, failure);
              return null;
            });
  }

  /** A stage fails only when it is cancelled; its host is looked at again by the next plan. */
  private void reported(
      Participant host, @Nullable StageReport report, @Nullable RuntimeException failure) {
    atWork.remove(host.ordinal());
    boolean mayBeOld = doubted.remove(host.ordinal());
    if (report == null) {
      givenUp++;
      Workflow.getLogger(WaveWorkflowImpl.class).warn("{} was given up", host.label(), failure);
    } else if (report.verdict() == Verdict.LATER) {
      waiting.add(host, Workflow.currentTimeMillis() + 1_000L * Math.max(1, report.waitSeconds()));
      setAlarm();
    } else if (mayBeOld) {
      // It may have been retried since. If not, its stage is over at once.
      ready.add(host);
    } else {
      done++;
    }
  }

  /** One timer for all that come back next. */
  private void setAlarm() {
    long next = waiting.next().orElse(Long.MAX_VALUE);
    if (next >= alarm) {
      return;
    }
    alarm = next;
    Workflow.newTimer(Duration.ofMillis(Math.max(1, next - Workflow.currentTimeMillis())))
        .thenApply(
            nothing -> {
              ready.addAll(waiting.take(Math.max(next, Workflow.currentTimeMillis())));
              alarm = alarm == next ? Long.MAX_VALUE : alarm;
              setAlarm();
              return null;
            });
  }

  // ---- how many at once ----

  private boolean mustSpeak() {
    return !halted && due().isPresent();
  }

  /** While no host may be begun, none needs a slot. */
  private Optional<Balance> due() {
    return allowance.due(atWork.size(), held || isLong() ? 0 : ready.size());
  }

  private void speak() {
    Balance balance = due().orElseThrow();
    allowance.tell(balance);
    try {
      Workflow.newExternalWorkflowStub(JobWorkflow.class, "job/" + input.job())
          .balance(input.wave(), balance.back(), balance.more());
    } catch (ApplicationFailure e) {
      // The job's workflow is gone, and this wave goes with it.
      halted = true;
    }
  }

  // ---- a long history ----

  private boolean isLong() {
    return Workflow.getInfo().getHistoryLength() >= Limits.HISTORY_EVENTS_BEFORE_CONTINUING
        || Workflow.getInfo().isContinueAsNewSuggested();
  }

  /** Only with no host at work; what is left is found by the first look of the next run. */
  private boolean mustContinueAsNew() {
    return isLong() && atWork.isEmpty() && !halted;
  }

  private void continueAsNew() {
    Workflow.newContinueAsNewStub(WaveWorkflow.class)
        .run(
            new WaveInput(
                input.job(),
                input.wave(),
                input.from(),
                input.to(),
                allowance.slots(),
                allowance.wanted(),
                allowance.owed(),
                held));
  }

  private void tell() {
    Workflow.setCurrentDetails(
        "%d done, %d at work of %d slots, %d ready, %d waiting%s"
            .formatted(
                done,
                atWork.size(),
                allowance.slots(),
                ready.size(),
                waiting.size(),
                halted ? ", halted" : held ? ", held" : ""));
  }

  // ---- messages ----

  @Override
  public void widen(int slots) {
    allowance.widen(slots);
  }

  @Override
  public void narrow(int slots) {
    allowance.narrow(slots);
  }

  @Override
  public void hold() {
    held = true;
  }

  @Override
  public void goOn() {
    held = false;
    lookAgain = true;
  }

  @Override
  public void halt() {
    halted = true;
  }
}
