package dev.muster.temporal;

import dev.muster.job.JobId;
import dev.muster.projection.Progress;
import dev.muster.roster.Jobs;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Tells the workflows of jobs what was committed to the roster, in the background: an engine that
 * does not answer keeps nobody waiting. What fails is told again by the {@link Sweeper}.
 */
@Component
class Teller {

  private static final Logger log = LoggerFactory.getLogger(Teller.class);

  private final Jobs jobs;
  private final JobWorkflows workflows;
  private final Progress progress;
  private final Set<JobId> repeating = ConcurrentHashMap.newKeySet();

  Teller(Jobs jobs, JobWorkflows workflows, Progress progress) {
    this.jobs = jobs;
    this.workflows = workflows;
    this.progress = progress;
  }

  /** The job was accepted. */
  void start(JobId id) {
    inBackground(id, () -> jobs.open(id).ifPresent(workflows::start));
  }

  /** Verbs were said to the job; whom they ended or opened is shown even if the engine is away. */
  void tell(JobId id) {
    inBackground(id, () -> progress.settle(id.value(), 0, Integer.MAX_VALUE));
    inBackground(id, () -> jobs.open(id).ifPresent(this::tell));
  }

  /** The same, unless that is being tried already. */
  void tellAgain(JobId id) {
    if (repeating.add(id)) {
      inBackground(
          id,
          () -> {
            try {
              jobs.open(id).ifPresent(this::tell);
            } finally {
              repeating.remove(id);
            }
          });
    }
  }

  private void tell(Jobs.Open job) {
    if (job.untold() && workflows.tell(job)) {
      jobs.told(job.id(), job.version());
    }
  }

  private static void inBackground(JobId id, Runnable work) {
    Thread.ofVirtual()
        .name("tell-" + id.value())
        .start(
            () -> {
              try {
                work.run();
              } catch (RuntimeException e) {
                log.info("{}: Temporal or the database does not answer; it will be told again", id);
              }
            });
  }
}
