package dev.muster.http;

import dev.muster.job.InstanceState;
import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.Language;
import dev.muster.projection.StepLogs;
import dev.muster.projection.Wording;
import dev.muster.security.Needs;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** What is asked about a job: details and log (rest.md §4.2, §4.4), and a summary for terminals. */
@RestController
class JobController {

  private static final int PAGE_SIZE = 10;
  private static final int MOST_ROWS = 100_000;
  private static final String INSTANCE = "host|instance|host|";

  private final JobViews views;
  private final StepLogs logs;
  private final JobJson json;

  JobController(JobViews views, StepLogs logs, Wording wording) {
    this.views = views;
    this.logs = logs;
    this.json = new JobJson(wording);
  }

  @PostMapping({"/api/job/{id}/details/", "/api/job/{id}/details"})
  @Needs(Role.VIEW)
  Envelope details(@PathVariable("id") long id, HttpServletRequest http) throws IOException {
    Fields fields = new Fields(Body.read(http).fields());
    List<JsonNode> conditions = fields.list("搜索条件", "conditions").orElse(List.of());
    long page = fields.number("当前页数", "page").orElse(1L);
    long size = fields.number("分页大小", "pagesize").orElse((long) PAGE_SIZE);
    long start = fields.number("开始位置参数优先page使用", "start").orElse(0L);
    if (size != -1 && (size < 1 || size > MOST_ROWS)) {
      fields.fault("分页大小", "pagesize", "-1, or 1 to " + MOST_ROWS);
    }
    page = Math.min(page, MOST_ROWS);
    if (page < 1 || start < 0) {
      fields.fault("当前页数", "page", "请确保该值大于或者等于 1。");
    }
    fields.refuseFaults();
    JobView job = find(id);
    Filtered filtered = filter(conditions);
    int limit = size == -1 ? MOST_ROWS : (int) size;
    long offset = size == -1 ? 0 : start > 0 ? start - 1 : (page - 1) * size;
    List<InstanceView> rows =
        filtered.nothing()
            ? List.of()
            : views.instances(id, filtered.filter(), (int) Math.min(offset, MOST_ROWS), limit);
    int total = filtered.nothing() ? 0 : views.count(id, filtered.filter());
    return Envelope.ok(json.details(job, rows, total, language(http)));
  }

  private record Filtered(InstanceFilter filter, boolean nothing) {}

  private static Filtered filter(List<JsonNode> conditions) {
    Set<InstanceState> states = Set.of();
    List<Long> hosts = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    boolean nothing = false;
    for (JsonNode condition : conditions) {
      if (!condition.has("key") || !condition.has("value")) {
        throw ApiException.validation(
            "搜索条件(conditions): %s is not {\"key\": …, \"value\": …}".formatted(condition));
      }
      JsonNode value = condition.get("value");
      List<JsonNode> values = value.isArray() ? List.copyOf(value.values()) : List.of(value);
      List<String> texts = values.stream().map(v -> v.asString("").replace('\0', ' ')).toList();
      switch (condition.get("key").asString("")) {
        case "status" -> {
          states = Wording.states(texts);
          nothing |= states.isEmpty() && !texts.isEmpty();
        }
        case "ip" -> addresses.addAll(texts);
        case "instance_id" -> {
          hosts.addAll(
              texts.stream()
                  .filter(t -> t.matches("host\\|instance\\|host\\|[0-9]{1,18}"))
                  .map(JobController::host)
                  .toList());
          nothing |= hosts.isEmpty();
        }
        default -> {
          // As in the existing service, a key it does not know is no restriction of what is shown.
        }
      }
    }
    return new Filtered(new InstanceFilter(states, Set.of(), hosts, addresses), nothing);
  }

  private static long host(String instanceId) {
    return Long.parseLong(instanceId.substring(INSTANCE.length()));
  }

  @GetMapping({"/api/job/{id}/log/", "/api/job/{id}/log"})
  @Needs(Role.VIEW)
  Envelope log(
      @PathVariable("id") long id,
      @RequestParam("instance_id") String instance,
      HttpServletRequest http) {
    JobView job = find(id);
    if (!instance.matches("host\\|instance\\|host\\|[0-9]{1,18}")) {
      throw ApiException.of(3_800_007, "instance_id: " + instance + " is no instance of this job");
    }
    return logs.of(job.type(), id, host(instance), language(http))
        .map(steps -> Envelope.ok(steps.stream().map(JobJson::step).toList()))
        .orElseThrow(
            () ->
                ApiException.of(
                    3_800_007, "instance_id: " + instance + " is no instance of this job"));
  }

  @GetMapping({"/api/job/{id}/summary/", "/api/job/{id}/summary"})
  @Needs(Role.VIEW)
  Envelope summary(@PathVariable("id") long id, HttpServletRequest http) {
    JobView job = find(id);
    List<Map<String, Object>> reasons =
        views.reasons(id).stream()
            .map(
                r ->
                    Map.<String, Object>of(
                        "reason",
                        r.reason(),
                        "hosts",
                        r.hosts(),
                        "sample",
                        String.valueOf(r.sample())))
            .toList();
    return Envelope.ok(json.summary(job, reasons, language(http)));
  }

  private JobView find(long id) {
    return views.job(id).orElseThrow(() -> ApiException.noSuchJob(id));
  }

  /** Chinese unless the request says otherwise (rest.md §2). */
  private static Language language(HttpServletRequest http) {
    String asked = http.getHeader("blueking-language");
    if (asked == null) {
      asked = http.getHeader("Accept-Language");
    }
    return asked != null && asked.strip().startsWith("en") ? Language.EN : Language.ZH;
  }
}
