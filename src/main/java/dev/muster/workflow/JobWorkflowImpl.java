package dev.muster.workflow;

import dev.muster.job.Limits;
import dev.muster.projection.Progress;
import dev.muster.roster.Roster;
import dev.muster.roster.Roster.Ended;
import dev.muster.roster.Roster.Order;
import dev.muster.roster.Roster.Plan;
import dev.muster.roster.Roster.Resolved;
import dev.muster.roster.Roster.Round;
import dev.muster.roster.Roster.WaveRange;
import io.temporal.spring.boot.WorkflowImpl;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

@WorkflowImpl(taskQueues = ActivityPolicy.CONTROL)
public class JobWorkflowImpl implements JobWorkflow {

  private static final int EVERY_ORDINAL = Integer.MAX_VALUE;

  /** After a wave that failed or gave up hosts, so that the next plan does not spin. */
  private static final Duration BREATHER = Duration.ofSeconds(5);

  private final long job;
  private final Roster roster = ActivityPolicy.roster();
  private final Progress progress = ActivityPolicy.progress();
  private final Waves waves;

  /** What the last look has found. */
  private Order order = Order.GO_ON;

  private final Deque<WaveRange> next = new ArrayDeque<>();
  private boolean more;

  /** The version that we were told of, and the one that our last look has surely seen. */
  private long told;

  private long heeded;
  private boolean changed;

  @WorkflowInit
  public JobWorkflowImpl(JobInput input) {
    this.job = input.job();
    this.waves = new Waves(job);
  }

  @Override
  public JobResult run(JobInput input) {
    Resolved resolved = roster.resolve(job);
    progress.show(job);
    Ended ended;
    do {
      work(input);
      // Settled first: whoever sees the job ended sees every host's end.
      progress.settle(job, 0, EVERY_ORDINAL);
      heeded = told;
      ended = roster.finish(job);
      // A retry before the end has left unfinished hosts; after the end, we are told of it.
    } while (ended.unfinished() > 0 || told > heeded);
    Workflow.setCurrentDetails("%s: %s".formatted(resolved.type(), ended));
    return new JobResult(ended.state(), ended.succeeded(), ended.failed(), ended.skipped());
  }

  /** Waves and rounds until nothing is left to do. */
  private void work(JobInput input) {
    do {
      // Also in a long wait for a round, which is interrupted whenever the job's share changes.
      if (isLong()) {
        continueAsNew(input);
      }
      lookAtRows();
      while (!waves.isEmpty() || !next.isEmpty() || mustLook()) {
        tell();
        Workflow.await(() -> mustAct() || (waves.isEmpty() && next.isEmpty()));
        if (isLong()) {
          continueAsNew(input);
        } else if (mustLook()) {
          breathe();
          lookAtRows();
        } else if (waves.tooMany()) {
          waves.recall();
        } else if (canGrant()) {
          waves.grant(next);
        }
      }
    } while (anotherRound());
  }

  private boolean mustAct() {
    return isLong() || mustLook() || waves.tooMany() || canGrant();
  }

  private boolean mustLook() {
    boolean usedUp = next.isEmpty() && more && order != Order.HOLD;
    return told > heeded || changed || waves.leftover() || usedUp;
  }

  private boolean canGrant() {
    return order != Order.HOLD && waves.canGrant(!next.isEmpty());
  }

  private void breathe() {
    if (waves.failed()) {
      Workflow.await(BREATHER, () -> told > heeded || changed);
    }
  }

  /** Finds out what is ordered and what is left, and tells the open waves if that is new. */
  private void lookAtRows() {
    boolean verbs = told > heeded;
    heeded = told;
    changed = false;
    waves.forgetLeftover();
    if (verbs) {
      waves.doubt();
    }
    Plan plan = roster.plan(job, waves.ranges());
    if (plan.order() == Order.HALT && order != Order.HALT && !waves.isEmpty()) {
      // They are of a time before the stop. Those after it only learn what became of their hosts.
      waves.halt();
      plan = roster.plan(job, waves.ranges());
    }
    boolean turned = plan.order() != order;
    order = plan.order();
    next.clear();
    next.addAll(plan.waves());
    more = plan.full();
    waves.window(plan.window());
    if (order == Order.HOLD && turned) {
      waves.hold();
    } else if (order == Order.GO_ON && (turned || verbs)) {
      waves.goOn();
    }
    if (verbs) {
      // Hosts that were opened again are shown so.
      progress.settle(job, 0, EVERY_ORDINAL);
    }
  }

  /** Waits for the next round of retries, if there is one, or opens it. */
  private boolean anotherRound() {
    Round round = roster.nextRound(job);
    if (round.number() == 0) {
      return false;
    }
    Workflow.setCurrentDetails(
        "round %d of retries %s for %d failed hosts"
            .formatted(round.number(), round.paused() ? "is held" : "begins", round.failed()));
    if (round.paused()) {
      Workflow.await(this::mustLook);
    } else if (round.waitSeconds() > 0) {
      Workflow.await(Duration.ofSeconds(round.waitSeconds()), this::mustLook);
    } else {
      progress.settle(job, 0, EVERY_ORDINAL);
    }
    return true;
  }

  private static boolean isLong() {
    return Workflow.getInfo().getHistoryLength() >= Limits.HISTORY_EVENTS_BEFORE_CONTINUING;
  }

  /** Only with no wave open, for waves end with the run that started them. */
  private void continueAsNew(JobInput input) {
    waves.halt();
    Workflow.newContinueAsNewStub(JobWorkflow.class).run(input);
  }

  private void tell() {
    Workflow.setCurrentDetails(
        "%s, %d to come%s"
            .formatted(
                waves,
                next.size(),
                switch (order) {
                  case GO_ON -> "";
                  case HOLD -> ", held";
                  case HALT -> ", stopping";
                }));
  }

  // ---- messages ----

  @Override
  public void told(long version) {
    told = Math.max(told, version);
  }

  @Override
  public void validateTold(long version) {
    if (version <= told) {
      throw new IllegalArgumentException("version " + version + " was told before");
    }
  }

  @Override
  public void look() {
    changed = true;
  }

  @Override
  public void balance(int wave, int back, int more) {
    waves.balance(wave, back, more);
  }
}
