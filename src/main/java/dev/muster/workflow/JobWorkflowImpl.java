package dev.muster.workflow;

import dev.muster.job.Limits;
import dev.muster.projection.Progress;
import dev.muster.roster.Roster;
import dev.muster.roster.Roster.Ended;
import dev.muster.roster.Roster.Plan;
import dev.muster.roster.Roster.Resolved;
import dev.muster.roster.Roster.Round;
import io.temporal.spring.boot.WorkflowImpl;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;

@WorkflowImpl(taskQueues = ActivityPolicy.CONTROL)
public class JobWorkflowImpl implements JobWorkflow {

  private static final int EVERY_ORDINAL = Integer.MAX_VALUE;

  private final long job;
  private final Roster roster = ActivityPolicy.roster();
  private final Progress progress = ActivityPolicy.progress();
  private final Waves waves;
  private long heeded;

  @WorkflowInit
  public JobWorkflowImpl(JobInput input) {
    this.job = input.job();
    this.waves = new Waves(job);
  }

  @Override
  public JobResult run(JobInput input) {
    Resolved resolved = roster.resolve(job);
    progress.show(job);
    waves.open(resolved.window());
    Ended ended;
    do {
      work(input);
      // Settled first: whoever sees the job ended sees every host's end.
      progress.settle(job, 0, EVERY_ORDINAL);
      ended = roster.finish(job);
    } while (ended.unfinished() > 0);
    Workflow.setCurrentDetails("%s: %s".formatted(resolved.type(), ended));
    Workflow.await(Workflow::isEveryHandlerFinished);
    return new JobResult(ended.state(), ended.succeeded(), ended.failed(), ended.skipped());
  }

  /** Waves and rounds until nothing is left to do. */
  private void work(JobInput input) {
    Plan plan = roster.plan(job);
    while (!plan.waves().isEmpty() || anotherRound()) {
      waves.carryOut(plan);
      if (Workflow.getInfo().getHistoryLength() >= Limits.HISTORY_EVENTS_BEFORE_CONTINUING) {
        Workflow.await(Workflow::isEveryHandlerFinished);
        Workflow.newContinueAsNewStub(JobWorkflow.class).run(input);
      }
      plan = roster.plan(job);
    }
  }

  /** Waits for the next round of retries, if there is one, and opens it. */
  private boolean anotherRound() {
    Round round = roster.nextRound(job);
    while (round.number() > 0 && round.waitSeconds() > 0) {
      Workflow.setCurrentDetails(
          "round %d of retries begins for %d failed hosts"
              .formatted(round.number(), round.failed()));
      Workflow.await(Duration.ofSeconds(round.waitSeconds()), waves::stopping);
      round = roster.nextRound(job);
    }
    if (round.number() > 0) {
      progress.settle(job, 0, EVERY_ORDINAL);
    }
    return round.number() > 0;
  }

  @Override
  public void stop(long version) {
    heeded = Math.max(heeded, version);
    waves.stop();
  }

  @Override
  public void validateStop(long version) {
    if (version <= heeded) {
      throw new IllegalArgumentException("control " + version + " was heeded before");
    }
  }

  @Override
  public void exhausted(int wave, int slots) {
    waves.exhausted(wave, slots);
  }
}
