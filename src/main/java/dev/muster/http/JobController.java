package dev.muster.http;

import dev.muster.job.Scope;
import dev.muster.projection.Failures;
import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobLists;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.StepLogs;
import dev.muster.projection.StepView;
import dev.muster.projection.Wording;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is asked about jobs (rest.md §4), and a summary for terminals. */
@RestController
class JobController {

  private static final String JOB = "任务ID";
  private static final String INSTANCE = "任务实例ID";

  private final JobViews views;
  private final JobLists lists;
  private final StepLogs logs;
  private final Failures failures;
  private final JobJson json;

  JobController(JobViews views, JobLists lists, StepLogs logs, Failures failures, Wording wording) {
    this.views = views;
    this.lists = lists;
    this.logs = logs;
    this.failures = failures;
    this.json = new JobJson(wording);
  }

  @PostMapping({"/api/job/job_list/", "/api/job/job_list"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope list(HttpServletRequest http, Rights rights) throws IOException {
    JobQuestions.OfJobs asked = JobQuestions.OfJobs.read(Body.read(http).fields(), rights);
    int total = lists.count(asked.filter());
    asked.refusePagesBehind(total);
    List<JobLists.Listed> jobs =
        lists.jobs(asked.filter(), asked.order(), asked.offset(), asked.size());
    return Envelope.ok(json.list(jobs, total, Languages.of(http)));
  }

  @PostMapping({"/api/job/{id}/details/", "/api/job/{id}/details"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope details(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    return details(id, new Fields(Body.read(http).fields()), http, rights);
  }

  @PostMapping({
    EdgeConfiguration.BUS + "/details/",
    EdgeConfiguration.BUS + "/details",
    EdgeConfiguration.BEHIND_BUS + "/details/",
    EdgeConfiguration.BEHIND_BUS + "/details"
  })
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope detailsByBus(HttpServletRequest http, Rights rights) throws IOException {
    ObjectNode body = Body.read(http).fields();
    Fields fields = new Fields(body);
    return details(JobQuestions.requiredNumber(body, fields, JOB, "job_id"), fields, http, rights);
  }

  private Envelope details(long id, Fields fields, HttpServletRequest http, Rights rights) {
    JobQuestions.OfHosts asked = JobQuestions.OfHosts.read(fields);
    JobView job = find(id, rights);
    List<InstanceView> rows = views.instances(id, asked.filter(), asked.offset(), asked.limit());
    int total = views.count(id, asked.filter());
    return Envelope.ok(json.details(job, asked.filter(), rows, total, Languages.of(http)));
  }

  @GetMapping({"/api/job/{id}/log/", "/api/job/{id}/log"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope log(@PathVariable("id") long id, HttpServletRequest http, Rights rights) {
    ObjectNode query = query(http);
    return log(id, query, new Fields(query), http, rights);
  }

  @GetMapping({
    EdgeConfiguration.BUS + "/log/",
    EdgeConfiguration.BUS + "/log",
    EdgeConfiguration.BEHIND_BUS + "/log/",
    EdgeConfiguration.BEHIND_BUS + "/log"
  })
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope logByBus(HttpServletRequest http, Rights rights) {
    ObjectNode query = query(http);
    Fields fields = new Fields(query);
    long id = JobQuestions.requiredNumber(query, fields, JOB, "job_id");
    return log(id, query, fields, http, rights);
  }

  private Envelope log(
      long id, ObjectNode query, Fields fields, HttpServletRequest http, Rights rights) {
    String instance = JobQuestions.requiredText(query, fields, INSTANCE, "instance_id");
    fields.refuseFaults();
    JobView job = find(id, rights);
    List<StepView> steps =
        InstanceView.hostOf(instance)
            .flatMap(host -> logs.of(job.type(), id, host, Languages.of(http)))
            .orElseThrow(() -> ApiException.of(3_800_007, Message.NO_SUCH_INSTANCE, instance));
    return Envelope.ok(steps.stream().map(JobJson::step).toList());
  }

  /** No runbook waits for a person yet, so no host has commands to show. */
  @GetMapping({"/api/job/{id}/get_job_commands/", "/api/job/{id}/get_job_commands"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope commands(@PathVariable("id") long id, HttpServletRequest http, Rights rights) {
    ObjectNode query = query(http);
    Fields fields = new Fields(query);
    long host = JobQuestions.requiredNumber(query, fields, "主机ID", "bk_host_id");
    fields.bool("是否卸载", "is_uninstall");
    fields.refuseFaults();
    JobView job = find(id, rights);
    InstanceFilter one = InstanceFilter.ALL.and(new InstanceFilter.Wanted.OfHosts(Set.of(host)));
    if (!job.fresh() && views.count(id, one) == 0) {
      throw ApiException.of(3_801_023, Message.NO_SUCH_HOST);
    }
    return Envelope.ok(Map.of("status", "PENDING"));
  }

  /** Logs are there as they come; nothing is left to collect. */
  @PostMapping({"/api/job/{id}/collect_log/", "/api/job/{id}/collect_log"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope collectLog(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    ObjectNode body = Body.read(http).fields();
    Fields fields = new Fields(body);
    JobQuestions.requiredText(body, fields, INSTANCE, "instance_id");
    fields.refuseFaults();
    find(id, rights);
    return Envelope.ok(Map.of("celery_id", -1));
  }

  @GetMapping({"/api/job/{id}/summary/", "/api/job/{id}/summary"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope summary(@PathVariable("id") long id, HttpServletRequest http, Rights rights) {
    JobView job = find(id, rights);
    return Envelope.ok(json.summary(job, views.reasons(id), Languages.of(http)));
  }

  @GetMapping({"/api/job/{id}/failures/", "/api/job/{id}/failures"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope failures(@PathVariable("id") long id, HttpServletRequest http, Rights rights) {
    JobView job = find(id, rights);
    return Envelope.ok(json.failures(job, failures.of(id), Languages.of(http)));
  }

  /** Each parameter of the query as a field of text; of several values the last counts. */
  static ObjectNode query(HttpServletRequest http) {
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    http.getParameterMap().forEach((name, values) -> fields.put(name, values[values.length - 1]));
    return fields;
  }

  private JobView find(long id, Rights rights) {
    return seen(views.job(id), id, rights);
  }

  /** The job, if whoever asks may see it. */
  static JobView seen(Optional<JobView> found, long id, Rights rights) {
    JobView job = found.orElseThrow(() -> ApiException.noSuchJob(id));
    requireView(job, rights);
    return job;
  }

  /** To all who have no part in a job, it is as if it did not exist. */
  private static void requireView(JobView job, Rights rights) {
    Scope scope = rights.scope(Role.VIEW);
    String user = rights.caller().user();
    if (job.visibleTo(user, scope)) {
      return;
    }
    boolean known =
        job.asked().caller().equals(user)
            || (scope instanceof Scope.Within within
                && !Collections.disjoint(within.businesses(), job.asked().businesses()));
    throw known
        ? ApiException.notPermitted("task_history_view", Message.VIEW_JOBS, List.of())
        : ApiException.noSuchJob(job.id());
  }
}
