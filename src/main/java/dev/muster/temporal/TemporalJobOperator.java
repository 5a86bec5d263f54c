package dev.muster.temporal;

import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.JobRequest;
import dev.muster.job.Mandate;
import dev.muster.job.Preview;
import dev.muster.job.Preview.Verdict;
import dev.muster.job.Scope;
import dev.muster.job.Stop;
import dev.muster.job.Submission;
import dev.muster.roster.Acceptance;
import dev.muster.roster.DryRun;
import dev.muster.roster.Jobs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Commits each verb to the roster, answers, and then tells the engine. An engine that does not
 * listen delays a job; the {@link Sweeper} tells it again until it does.
 */
@Component
class TemporalJobOperator implements JobOperator {

  private static final Logger log = LoggerFactory.getLogger(TemporalJobOperator.class);

  private final Acceptance acceptance;
  private final DryRun dryRun;
  private final Jobs jobs;
  private final JobWorkflows workflows;

  TemporalJobOperator(Acceptance acceptance, DryRun dryRun, Jobs jobs, JobWorkflows workflows) {
    this.acceptance = acceptance;
    this.dryRun = dryRun;
    this.jobs = jobs;
    this.workflows = workflows;
  }

  @Override
  public Submission submit(JobRequest request) {
    Submission submission = acceptance.accept(request);
    if (submission instanceof Submission.Accepted accepted) {
      afterwards(accepted.id(), () -> jobs.open(accepted.id()).ifPresent(workflows::start));
    }
    return submission;
  }

  @Override
  public Preview preview(JobRequest request) {
    return dryRun.preview(request);
  }

  @Override
  public Optional<Map<Verdict, List<Long>>> verdicts(JobId id, Scope known) {
    return dryRun.verdicts(id.value(), known);
  }

  @Override
  public Stop stop(JobId id, Mandate mandate) {
    Stop stop = jobs.stop(id, mandate, "stopped by " + mandate.caller().user());
    if (stop instanceof Stop.Acknowledged) {
      afterwards(id, () -> tell());
    }
    return stop;
  }

  private void tell() {
    for (Jobs.Untold untold : jobs.untold()) {
      jobs.open(untold.id())
          .filter(job -> workflows.tellStop(job, untold.version()))
          .ifPresent(job -> jobs.told(job.id(), untold.version()));
    }
  }

  private static void afterwards(JobId id, Runnable work) {
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
