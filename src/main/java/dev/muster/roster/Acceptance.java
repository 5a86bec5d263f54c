package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Hosts;
import dev.muster.inventory.Hosts.Offence;
import dev.muster.inventory.Hosts.Survey;
import dev.muster.job.JobId;
import dev.muster.job.JobRequest;
import dev.muster.job.JobType;
import dev.muster.job.Limits;
import dev.muster.job.Permit;
import dev.muster.job.Submission;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Accepts jobs: surveys the selection, and commits the row that makes a job exist. */
@Component
public class Acceptance {

  private final Hosts hosts;
  private final Jobs jobs;

  public Acceptance(Hosts hosts, Jobs jobs) {
    this.hosts = hosts;
    this.jobs = jobs;
  }

  public Submission accept(JobRequest request) {
    Optional<Submission> repeated = jobs.repeated(request);
    if (repeated.isPresent()) {
      return repeated.get();
    }
    Survey survey = survey(request.permit(), request.selector(), request.type());
    Optional<Submission.Refused> refused = refusal(request.permit(), survey);
    if (refused.isPresent()) {
      return refused.get();
    }
    Optional<JobId> id = jobs.insert(request, survey.businesses(), survey.hosts());
    // Nothing was inserted: the same key was faster, and its job is the answer.
    return id.<Submission>map(Submission.Accepted::new)
        .or(() -> jobs.repeated(request))
        .orElseThrow();
  }

  /** Why a request would be refused now; empty if it would become a job. */
  Optional<Submission.Refused> refusal(Permit permit, HostSelector selector, JobType type) {
    return refusal(permit, survey(permit, selector, type));
  }

  private Survey survey(Permit permit, HostSelector selector, JobType type) {
    return hosts.survey(selector, type.nodeTypes(), permit.known());
  }

  /** All or nothing: one forbidden host blocks the whole request (rest.md §3.3, 10 to 13). */
  private static Optional<Submission.Refused> refusal(Permit permit, Survey survey) {
    if (survey.offence().isPresent()) {
      return Optional.of(
          switch (survey.offence().get()) {
            case Offence.NoOperatingSystem none -> new Submission.NoOperatingSystem(none.address());
            case Offence.UnknownCloud cloud -> new Submission.UnknownCloud(cloud.id());
          });
    }
    Optional<Long> reserved =
        survey.businesses().stream().filter(permit.reserved()::contains).findFirst();
    if (reserved.isPresent()) {
      return Optional.of(new Submission.Reserved(reserved.get()));
    }
    List<Long> beyond = permit.scope().beyond(survey.businesses());
    if (!beyond.isEmpty()) {
      return Optional.of(new Submission.Forbidden(beyond));
    }
    return survey.hosts() > Limits.HOSTS_PER_JOB
        ? Optional.of(new Submission.TooManyHosts(survey.hosts()))
        : Optional.empty();
  }
}
