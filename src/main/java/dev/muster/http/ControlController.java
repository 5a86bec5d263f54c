package dev.muster.http;

import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.Verb;
import dev.muster.job.Verb.Answer;
import dev.muster.job.Verb.Mode;
import dev.muster.job.Verb.Which;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.Wording;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.Runbook;
import dev.muster.runbook.Shelf;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What operators say to jobs that exist (rest.md §5, and muster's own verbs). */
@RestController
class ControlController {

  private static final String INSTANCES = "任务实例ID列表";

  private final JobOperator operator;
  private final JobViews views;
  private final Catalog catalog;
  private final Shelf shelf;
  private final Wording wording;

  ControlController(
      JobOperator operator, JobViews views, Catalog catalog, Shelf shelf, Wording wording) {
    this.shelf = shelf;
    this.operator = operator;
    this.views = views;
    this.catalog = catalog;
    this.wording = wording;
  }

  @PostMapping({"/api/job/{id}/revoke/", "/api/job/{id}/revoke"})
  @Needs(Role.CONTROL)
  Envelope revoke(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    Fields fields = new Fields(Body.read(http).fields());
    Which which = which(fields.list(INSTANCES, "instance_id_list").orElse(List.of()));
    Mode mode = mode(fields).orElse(Mode.KILL);
    fields.refuseFaults();
    say(id, new Verb.Stop(which, mode), rights, nothingRunning(id));
    return Envelope.ok(List.of(id));
  }

  @PostMapping({"/api/job/{id}/pause/", "/api/job/{id}/pause"})
  @Needs(Role.CONTROL)
  Envelope pause(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    return turn(id, new Verb.Pause(), http, rights);
  }

  @PostMapping({"/api/job/{id}/resume/", "/api/job/{id}/resume"})
  @Needs(Role.CONTROL)
  Envelope resume(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    return turn(id, new Verb.Resume(), http, rights);
  }

  private Envelope turn(long id, Verb verb, HttpServletRequest http, Rights rights)
      throws IOException {
    Body.read(http);
    return Envelope.ok(Map.of("hosts", say(id, verb, rights, nothingRunning(id)).hosts()));
  }

  @PostMapping({"/api/job/{id}/retry/", "/api/job/{id}/retry"})
  @Needs(Role.CONTROL)
  Envelope retry(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    ObjectNode body = Body.read(http).fields();
    Fields fields = new Fields(body);
    Optional<List<JsonNode>> instances = fields.list(INSTANCES, "instance_id_list");
    if (instances.isEmpty() && !fields.faulty()) {
      // As the existing service says it of a field that is left out.
      fields.fault(INSTANCES, "instance_id_list", Message.NULL);
    }
    Optional<String> alike = fields.text("失败指纹", "fingerprint");
    Which named = which(instances.orElse(List.of()));
    Which which =
        named instanceof Which.All && alike.isPresent() ? new Which.Alike(alike.get()) : named;
    boolean latest = fields.option("流程版本", "runbook", ControlController::latest).orElse(false);
    fields.refuseFaults();
    say(id, new Verb.Retry(which, latest ? latestRunbook(id) : null), rights, nothingFailed(id));
    return Envelope.ok(List.of(id));
  }

  @PostMapping({"/api/job/{id}/retry_node/", "/api/job/{id}/retry_node"})
  @Needs(Role.CONTROL)
  Envelope retryNode(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    ObjectNode body = Body.read(http).fields();
    Fields fields = new Fields(body);
    String instance = JobQuestions.requiredText(body, fields, "任务实例ID", "instance_id");
    fields.refuseFaults();
    ApiException none = ApiException.of(3_800_007, Message.NO_SUCH_INSTANCE, instance);
    long host = InstanceView.hostOf(instance).orElseThrow(() -> none);
    say(id, new Verb.Retry(new Which.Hosts(Set.of(host)), null), rights, none);
    JobView job = views.job(id).orElseThrow();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("retry_node_id", instance);
    answer.put("retry_node_name", wording.operation(job.type(), Languages.of(http)));
    return Envelope.ok(answer);
  }

  /** The current runbook of the job's type; its steps must be those that hosts have done. */
  private @Nullable String latestRunbook(long id) {
    Optional<JobView> job = views.job(id);
    if (job.isEmpty()) {
      return null;
    }
    Runbook latest = catalog.runbook(job.get().type()).orElseThrow();
    if (!latest
        .codes()
        .equals(shelf.runbook(job.get().type(), job.get().asked().runbook()).codes())) {
      throw ApiException.validation(Message.STEPS_CHANGED);
    }
    return latest.digest();
  }

  // ---- who is meant ----

  /** Ids of nothing are nobody, and never all. */
  private static Which which(List<JsonNode> instances) {
    if (instances.isEmpty()) {
      return new Which.All();
    }
    Set<Long> hosts = new HashSet<>();
    for (JsonNode instance : instances) {
      InstanceView.hostOf(instance.isString() ? instance.asString() : "").ifPresent(hosts::add);
    }
    return new Which.Hosts(hosts);
  }

  /** What becomes of running commands, if the body says it. */
  static Optional<Mode> mode(Fields fields) {
    return fields.option(
        "停止方式",
        "mode",
        word ->
            switch (word) {
              case "kill" -> Optional.of(Mode.KILL);
              case "drain" -> Optional.of(Mode.DRAIN);
              default -> Optional.empty();
            });
  }

  private static Optional<Boolean> latest(String word) {
    return switch (word) {
      case "pinned" -> Optional.of(false);
      case "latest" -> Optional.of(true);
      default -> Optional.empty();
    };
  }

  // ---- what is answered ----

  private Answer.Acknowledged say(long id, Verb verb, Rights rights, ApiException nothing) {
    return switch (operator.say(new JobId(id), verb, rights.mandate())) {
      case Answer.Acknowledged acknowledged -> acknowledged;
      case Answer.Nothing none -> throw nothing;
      case Answer.NotNow not ->
          throw ApiException.of(ApiException.VALIDATION, Message.NOT_NOW, not.why());
      case Answer.NoSuchJob none -> throw ApiException.noSuchJob(id);
      case Answer.NotPermitted not -> throw ApiException.notPermitted();
    };
  }

  private static ApiException nothingRunning(long id) {
    return ApiException.of(3_800_016, "订阅[id:%d]不存在运行中的任务，请确认".formatted(id));
  }

  private static ApiException nothingFailed(long id) {
    return ApiException.of(3_800_007, "订阅任务 -> %d 不存在失败任务".formatted(id));
  }
}
