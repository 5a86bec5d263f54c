package dev.muster.http;

import dev.muster.job.Hold;
import dev.muster.job.Hold.Area;
import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.Scope;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What operators say to jobs that exist (rest.md §5, and muster's own verbs), and to all at once.
 */
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

  // ---- the emergency stop: of a business for who controls it; of everything, and of a cloud area,
  // which knows no businesses, for who is ADMIN everywhere ----

  @PostMapping({"/api/hold/", "/api/hold"})
  @Needs(Role.CONTROL)
  Envelope hold(HttpServletRequest http, Rights rights) throws IOException {
    Fields fields = new Fields(Body.read(http).fields());
    Area area = area(fields);
    Mode mode = mode(fields).orElse(Mode.DRAIN);
    String why = fields.text("原因", "why").orElse("");
    fields.refuseFaults();
    if (!mayHold(area, rights)) {
      throw ApiException.notPermitted();
    }
    return switch (operator.hold(area, mode, why, rights.caller())) {
      case Hold.Answer.Held held -> Envelope.ok(Map.of("id", held.id()));
      case Hold.Answer.NoSuchArea none -> throw noSuch(area);
    };
  }

  /** Exactly one of the three ways to name an area. */
  private static Area area(Fields fields) {
    List<Area> named = new ArrayList<>();
    fields.option("范围", "scope", ControlController::everything).ifPresent(named::add);
    fields.number("业务ID", "bk_biz_id").map(Area.Business::new).ifPresent(named::add);
    fields.number("管控区域ID", "bk_cloud_id").map(Area.Cloud::new).ifPresent(named::add);
    fields.refuseFaults();
    if (named.size() != 1) {
      throw ApiException.validation(Message.ONE_AREA);
    }
    return named.getFirst();
  }

  private static Optional<Area> everything(String word) {
    return word.equals("all") ? Optional.of(new Area.Everything()) : Optional.empty();
  }

  private static boolean mayHold(Area area, Rights rights) {
    return switch (area) {
      case Area.Business business -> rights.scope(Role.CONTROL).covers(List.of(business.id()));
      case Area.Everything everything -> rights.superuser();
      case Area.Cloud cloud -> rights.superuser();
    };
  }

  private static ApiException noSuch(Area area) {
    return switch (area) {
      case Area.Business business ->
          ApiException.validation(Message.NO_SUCH_BUSINESS, business.id());
      case Area.Cloud cloud -> ApiException.validation(Message.NO_SUCH_AREA, cloud.id());
      case Area.Everything everything -> throw new IllegalStateException("everything is there");
    };
  }

  /** To who has no part in a business, a hold of it is as if there were none. */
  @PostMapping({"/api/hold/{id}/lift/", "/api/hold/{id}/lift"})
  @Needs(Role.CONTROL)
  Envelope lift(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    Body.read(http);
    Optional<Hold> hold = operator.hold(id);
    if (hold.isPresent() && mayHold(hold.get().area(), rights)) {
      operator.lift(id, rights.caller());
      return Envelope.ok(Map.of("id", id));
    }
    throw hold.isPresent() && maySee(hold.get().area(), rights.scope(Role.VIEW))
        ? ApiException.notPermitted()
        : ApiException.validation(Message.NO_SUCH_HOLD, id);
  }

  /** What is in force, oldest first. */
  @GetMapping({"/api/hold/", "/api/hold"})
  @Needs(Role.VIEW)
  Envelope list(Rights rights) {
    Scope view = rights.scope(Role.VIEW);
    return Envelope.ok(
        operator.holds().stream()
            .filter(hold -> maySee(hold.area(), view))
            .map(ControlController::json)
            .toList());
  }

  /** What holds hosts of everybody is for everybody to know. */
  private static boolean maySee(Area area, Scope view) {
    return switch (area) {
      case Area.Business business -> view.covers(List.of(business.id()));
      case Area.Everything everything -> !view.equals(Scope.nowhere());
      case Area.Cloud cloud -> !view.equals(Scope.nowhere());
    };
  }

  /** The area in the words in which it is asked for; the other two are null. */
  static Map<String, @Nullable Object> json(Hold hold) {
    Area area = hold.area();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", hold.id());
    json.put("scope", area instanceof Area.Everything ? "all" : null);
    json.put("bk_biz_id", area instanceof Area.Business business ? business.id() : null);
    json.put("bk_cloud_id", area instanceof Area.Cloud cloud ? cloud.id() : null);
    json.put("mode", hold.mode().name().toLowerCase(Locale.ROOT));
    json.put("why", hold.why());
    json.put("caller", hold.by().user());
    json.put("app", hold.by().app());
    json.put("since", JobJson.time(hold.since()));
    return json;
  }
}
