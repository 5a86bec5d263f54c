package dev.muster.http;

import dev.muster.host.NodeType;
import dev.muster.inventory.Hosts;
import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.JobRequest;
import dev.muster.job.JobType;
import dev.muster.job.Limits;
import dev.muster.job.Permit;
import dev.muster.job.Preview;
import dev.muster.job.Submission;
import dev.muster.projection.Language;
import dev.muster.runbook.Catalog;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Accepts jobs (rest.md §3), and tells beforehand what they would do. */
@RestController
class OperateController {

  private static final int LONGEST_KEY = 200;

  private final JobOperator operator;
  private final Catalog catalog;
  private final Hosts inventory;
  private final String publicUrl;
  private final long resourcePool;

  OperateController(
      JobOperator operator,
      Catalog catalog,
      Hosts inventory,
      @Value("${muster.public-url}") String publicUrl,
      @Value("${muster.resource-pool-business}") long resourcePool) {
    this.operator = operator;
    this.catalog = catalog;
    this.inventory = inventory;
    this.resourcePool = resourcePool;
    this.publicUrl = publicUrl.replaceAll("/+$", "");
  }

  @PostMapping({
    "/api/job/operate/",
    "/api/job/operate",
    EdgeConfiguration.BUS + "/operate/",
    EdgeConfiguration.BUS + "/operate",
    EdgeConfiguration.BEHIND_BUS + "/operate/",
    EdgeConfiguration.BEHIND_BUS + "/operate"
  })
  @Needs(
      value = {Role.OPERATE_AGENT, Role.OPERATE_PROXY, Role.OPERATE_PLUGIN},
      seenToByEndpoint = true)
  Envelope operate(HttpServletRequest http, Rights rights) throws IOException {
    Body body = Body.read(http);
    OperateRequest request =
        OperateRequest.read(
            body.fields(), catalog.types(), inventory, type -> permit(rights, type));
    JobRequest job =
        new JobRequest(
            request.type(),
            catalog.runbook(request.type()).orElseThrow().digest(),
            request.selector(),
            request.options(),
            rights.caller(),
            request.permit(),
            body.digest(),
            idempotencyKey(http));
    if (request.dryRun()) {
      return Envelope.ok(preview(request.type(), operator.preview(job), Languages.of(http)));
    }
    return switch (operator.submit(job)) {
      case Submission.Accepted accepted -> Envelope.ok(answer(accepted.id()));
      case Submission.Refused refused -> throw refusal(request.type(), refused);
      case Submission.KeyReused reused ->
          throw ApiException.of(
              HttpStatus.CONFLICT,
              3_800_409,
              Message.KEY_REUSED.with(reused.existing().value()),
              answer(reused.existing()));
    };
  }

  private static ApiException refusal(JobType type, Submission.Refused refused) {
    return switch (refused) {
      case Submission.NoOperatingSystem none ->
          ApiException.of(3_801_021, Message.NO_SYSTEM, none.address());
      case Submission.UnknownCloud cloud ->
          ApiException.of(3_801_001, Message.NO_SUCH_CLOUD, cloud.id());
      case Submission.Reserved reserved -> ApiException.of(3_800_403, Message.RESOURCE_POOL);
      case Submission.Forbidden forbidden -> {
        Action action = action(type);
        yield ApiException.notPermitted(action.id(), action.name(), forbidden.businesses());
      }
      case Submission.Busy busy ->
          ApiException.validation(Message.BUSY, busy.hosts(), busy.address(), busy.job());
      case Submission.TooManyHosts many ->
          ApiException.validation(Message.TOO_MANY_HOSTS, many.selected(), Limits.HOSTS_PER_JOB);
    };
  }

  private static Map<String, @Nullable Object> preview(
      JobType type, Preview preview, Language language) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("total", preview.hosts());
    json.put("by_business", counts(preview, Preview.Kind.BUSINESS));
    json.put("by_cloud", counts(preview, Preview.Kind.CLOUD));
    json.put("by_os_type", counts(preview, Preview.Kind.SYSTEM));
    json.put("by_node_type", counts(preview, Preview.Kind.NODE_TYPE));
    json.put("busy", preview.busy());
    json.put("held", preview.held().stream().map(OperateController::held).toList());
    Duration expected = preview.expected();
    json.put("expected_seconds", expected == null ? null : expected.toSeconds());
    json.put("verdicts", preview.verdicts());
    json.put(
        "refused", preview.refusal().map(r -> refusal(type, r).message(language)).orElse(null));
    return json;
  }

  private static Map<String, @Nullable Object> held(Preview.Held held) {
    Map<String, @Nullable Object> json = ControlController.json(held.hold());
    json.put("hosts", held.hosts());
    return json;
  }

  private static List<Preview.Count> counts(Preview preview, Preview.Kind kind) {
    return preview.counts().getOrDefault(kind, List.of());
  }

  /** What became of the hosts that a job's request named. */
  @GetMapping({"/api/job/{id}/verdicts/", "/api/job/{id}/verdicts"})
  @Needs(Role.VIEW)
  Envelope verdicts(@PathVariable("id") long id, Rights rights) {
    return Envelope.ok(
        operator
            .verdicts(new JobId(id), rights.scope(Role.VIEW))
            .orElseThrow(() -> ApiException.noSuchJob(id)));
  }

  private Permit permit(Rights rights, JobType type) {
    return new Permit(
        rights.scope(action(type).role()),
        rights.scope(Role.VIEW),
        rights.superuser() ? Set.of() : Set.of(resourcePool));
  }

  /** What a job of a type is called where rights are given. */
  private record Action(Role role, String id, Message name) {}

  private static Action action(JobType type) {
    if (type.nodeTypes().contains(NodeType.PROXY)) {
      return new Action(Role.OPERATE_PROXY, "proxy_operate", Message.OPERATE_PROXIES);
    }
    return type.subject().equals("PLUGIN")
        ? new Action(Role.OPERATE_PLUGIN, "plugin_operate", Message.OPERATE_PLUGINS)
        : new Action(Role.OPERATE_AGENT, "agent_operate", Message.OPERATE_AGENTS);
  }

  /** In the order of the existing service. */
  private Map<String, Object> answer(JobId id) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("job_id", id.value());
    answer.put("job_url", publicUrl + "/#/task-list/detail/" + id.value());
    return answer;
  }

  private static @Nullable String idempotencyKey(HttpServletRequest http) {
    String key = http.getHeader("Idempotency-Key");
    if (key == null) {
      return null;
    }
    if (key.isBlank() || key.length() > LONGEST_KEY) {
      throw ApiException.validation(Message.KEY_LENGTH, LONGEST_KEY);
    }
    return key;
  }
}
