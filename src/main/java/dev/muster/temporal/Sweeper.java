package dev.muster.temporal;

import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.Limits;
import dev.muster.job.Verb;
import dev.muster.projection.Progress;
import dev.muster.roster.Audit;
import dev.muster.roster.Jobs;
import dev.muster.roster.Leadership;
import dev.muster.roster.Verbs;
import dev.muster.temporal.JobWorkflows.Standing;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Compares, every few seconds and in one process at a time, the jobs that have not ended with the
 * workflows that should carry them. A job is started again when its workflow is missing, and
 * stopped when a person ended it in the engine; when the engine does not answer, nothing is done.
 * It also shares the fleet among the jobs, and makes those look at their rows whose share changed
 * or that an emergency stop holds or leaves.
 */
@Component
class Sweeper implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final long EVERY_MILLIS = 3_000;
  private static final Caller TEMPORAL = new Caller("temporal", "temporal");

  private final Jobs jobs;
  private final Leadership leadership;
  private final Verbs verbs;
  private final JobWorkflows workflows;
  private final Progress progress;
  private final Teller teller;

  /** What the workflows have been told of their parts since this process leads. */
  private final Map<JobId, Jobs.Part> told = new HashMap<>();

  private volatile boolean running;

  Sweeper(
      Jobs jobs,
      Leadership leadership,
      Verbs verbs,
      JobWorkflows workflows,
      Progress progress,
      Teller teller) {
    this.verbs = verbs;
    this.progress = progress;
    this.jobs = jobs;
    this.leadership = leadership;
    this.workflows = workflows;
    this.teller = teller;
  }

  private void sweep() {
    for (JobId overdue : jobs.overdue()) {
      verbs.say(
          overdue,
          new Verb.Stop(new Verb.Which.All(), Verb.Mode.DRAIN),
          Audit.MUSTER,
          "its deadline has passed");
    }
    jobs.share();
    List<Jobs.Open> open = jobs.open();
    told.keySet().retainAll(open.stream().map(Jobs.Open::id).collect(Collectors.toSet()));
    for (Jobs.Open job : open) {
      if (!running) {
        return;
      }
      mend(job);
    }
  }

  private void mend(Jobs.Open job) {
    switch (workflows.standing(job)) {
      case Standing.Running fine -> {
        if (job.untold()) {
          teller.tellAgain(job.id());
        }
        if (!job.part().equals(told.get(job.id())) && workflows.look(job)) {
          told.put(job.id(), job.part());
        }
      }
      case Standing.NotFound missing -> start(job, "has no workflow");
      case Standing.Foreign foreign -> {
        if (foreign.running()) {
          log.warn(
              "{} waits: a workflow with its id belongs to another muster in this namespace",
              job.id());
        } else {
          start(job, "has no workflow of its own");
        }
      }
      case Standing.Ended ended -> {
        if (job.untold()) {
          // It was retried after its end, which nobody could tell its workflow.
          teller.tellAgain(job.id());
        } else {
          startAgain(job, "its workflow ended before the job");
        }
      }
      case Standing.Killed killed -> {
        // A stopped job is entered again only to learn what became of the hosts that were at work.
        verbs.say(
            job.id(), new Verb.Stop(new Verb.Which.All(), Verb.Mode.KILL), TEMPORAL, killed.how());
        startAgain(job, killed.how());
      }
    }
  }

  private void startAgain(Jobs.Open job, String why) {
    if (jobs.open(job.id()).isEmpty()) {
      return;
    }
    if (job.restarts() >= Limits.RESTARTS) {
      log.error("{} is given up: {}, after {} starts", job.id(), why, job.restarts());
      jobs.giveUp(job.id(), why + ", again and again");
      progress.settle(job.id().value(), 0, Integer.MAX_VALUE);
      return;
    }
    jobs.countRestart(job.id());
    start(job, why);
  }

  private void start(Jobs.Open job, String why) {
    log.info("{} {}: started", job.id(), why);
    workflows.start(job);
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().daemon().name("sweeper").start(this::run);
  }

  private void run() {
    while (running) {
      try {
        TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
        if (!leadership.lead(this::sweep)) {
          told.clear();
        }
      } catch (InterruptedException e) {
        return;
      } catch (StatusRuntimeException | WorkflowException | DataAccessException e) {
        log.debug("the engine or the database does not answer; nothing is done", e);
      } catch (RuntimeException e) {
        log.error("the sweeper stumbled", e);
      }
    }
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 1_500;
  }
}
