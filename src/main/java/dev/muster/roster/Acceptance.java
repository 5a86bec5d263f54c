package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
import dev.muster.inventory.Hosts;
import dev.muster.inventory.Hosts.Offence;
import dev.muster.inventory.Hosts.Survey;
import dev.muster.inventory.SelectorSql;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions.OnBusy;
import dev.muster.job.JobRequest;
import dev.muster.job.Limits;
import dev.muster.job.Permit;
import dev.muster.job.Submission;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Accepts jobs: surveys the selection, and commits the row that makes a job exist. */
@Component
public class Acceptance {

  private final Hosts hosts;
  private final Jobs jobs;

  private final JdbcClient jdbc;

  public Acceptance(Hosts hosts, Jobs jobs, JdbcClient jdbc) {
    this.hosts = hosts;
    this.jobs = jobs;
    this.jdbc = jdbc;
  }

  public Submission accept(JobRequest request) {
    Optional<Submission> repeated = jobs.repeated(request);
    if (repeated.isPresent()) {
      return repeated.get();
    }
    Judged judged = judge(request);
    Optional<Submission.Refused> refusal = judged.refusal().or(() -> busy(request));
    if (refusal.isPresent()) {
      return refusal.get();
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
    return judge(request).refusal().or(() -> busy(request));
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

  /** Hosts that somebody else holds now, if the request is to be refused for them. */
  private Optional<Submission.Refused> busy(JobRequest request) {
    if (request.options().onBusy() != OnBusy.REJECT) {
      return Optional.empty();
    }
    SelectorSql where =
        SelectorSql.of(request.selector(), request.type().nodeTypes())
            .within(request.permit().known());
    return jdbc.sql(
            """
            select count(*) over () as hosts, i.label, i.job_id
            from host h join lease l on l.host_id = h.id
            join job_instance i on i.job_id = l.job_id and i.ordinal = l.ordinal and i.outcome is null
            where %s order by h.id limit 1
            """
                .formatted(where.text()))
        .params(where.parameters())
        .query(
            (row, n) ->
                (Submission.Refused)
                    new Submission.Busy(
                        row.getInt("hosts"), row.getString("label"), row.getLong("job_id")))
        .optional();
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
