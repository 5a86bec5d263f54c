package dev.muster.roster;

import dev.muster.inventory.Hosts;
import dev.muster.inventory.Hosts.Offence;
import dev.muster.inventory.Hosts.Survey;
import dev.muster.job.JobId;
import dev.muster.job.JobRequest;
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
    Survey survey = hosts.survey(request.selector(), request.type().nodeTypes());
    if (survey.offence().isPresent()) {
      return switch (survey.offence().get()) {
        case Offence.NoOperatingSystem none -> new Submission.NoOperatingSystem(none.address());
        case Offence.UnknownCloud cloud -> new Submission.UnknownCloud(cloud.id());
      };
    }
    Optional<Submission> refused = refusal(request.permit(), survey);
    if (refused.isPresent()) {
      return refused.get();
    }
    if (survey.hosts() > Limits.HOSTS_PER_JOB) {
      return new Submission.TooManyHosts(survey.hosts());
    }
    Optional<JobId> id = jobs.insert(request, survey.businesses(), survey.hosts());
    // Nothing was inserted: the same key was faster, and its job is the answer.
    return id.<Submission>map(Submission.Accepted::new)
        .or(() -> jobs.repeated(request))
        .orElseThrow();
  }

  /** All or nothing: one forbidden host blocks the whole request. */
  private static Optional<Submission> refusal(Permit permit, Survey survey) {
    Optional<Submission> reserved =
        survey.businesses().stream()
            .filter(permit.reserved()::contains)
            .findFirst()
            .map(Submission.Reserved::new);
    List<Long> beyond = permit.scope().beyond(survey.businesses());
    return reserved.isEmpty() && !beyond.isEmpty()
        ? Optional.of(new Submission.Forbidden(beyond))
        : reserved;
  }
}
