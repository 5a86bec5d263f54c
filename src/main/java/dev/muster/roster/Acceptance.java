package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
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
import java.util.Set;
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
    Judged judged = judge(request);
    if (judged.refusal().isPresent()) {
      return judged.refusal().get();
    }
    // These may be fewer: they are counted when the job takes its hosts.
    Survey most = judged.survey();
    Optional<JobId> id = jobs.insert(request, most.businesses(), most.hosts());
    // Nothing was inserted: the same key was faster, and its job is the answer.
    return id.<Submission>map(Submission.Accepted::new)
        .or(() -> jobs.repeated(request))
        .orElseThrow();
  }

  /** Why a request would be refused now; empty if it would become a job. */
  Optional<Submission.Refused> refusal(JobRequest request) {
    return judge(request).refusal();
  }

  private record Judged(Survey survey, Optional<Submission.Refused> refusal) {}

  /** What can be said of too many hosts in little time can only acquit. */
  private Judged judge(JobRequest request) {
    HostSelector selector = request.selector();
    Set<NodeType> nodeTypes = request.type().nodeTypes();
    Permit permit = request.permit();
    Survey bound = hosts.bound(selector, nodeTypes, permit.known());
    if (refusal(permit, bound).isEmpty()) {
      return new Judged(bound, Optional.empty());
    }
    Survey exact = hosts.survey(selector, nodeTypes, permit.known());
    return new Judged(exact, refusal(permit, exact));
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
