package dev.muster.http;

import dev.muster.job.Limits;
import dev.muster.projection.AuditViews;
import dev.muster.projection.AuditViews.Act;
import dev.muster.projection.AuditViews.Line;
import dev.muster.projection.AuditViews.Question;
import dev.muster.projection.JobViews;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What muster keeps of itself: who did what, and its numbers. */
@RestController
class RecordController {

  private static final long CHUNK = 100;
  private static final MediaType PROMETHEUS =
      MediaType.parseMediaType("text/plain;version=0.0.4;charset=utf-8");

  private final AuditViews audit;
  private final JobViews jobs;
  private final PrometheusMeterRegistry numbers;

  RecordController(AuditViews audit, JobViews jobs, PrometheusMeterRegistry numbers) {
    this.audit = audit;
    this.jobs = jobs;
    this.numbers = numbers;
  }

  @GetMapping({"/api/job/{id}/audit/", "/api/job/{id}/audit"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope ofJob(@PathVariable("id") long id, HttpServletRequest http, Rights rights) {
    Fields fields = new Fields(JobController.query(http));
    long after = after(fields);
    int size = size(fields);
    fields.refuseFaults();
    JobController.seen(jobs.job(id), id, rights);
    return answer(new Question(id, null, null, after, size));
  }

  @GetMapping({"/api/audit/", "/api/audit"})
  @Needs(Role.ADMIN)
  Envelope ofAll(HttpServletRequest http, Rights rights) {
    requireAll(rights);
    Fields fields = new Fields(JobController.query(http));
    Long job = fields.number("任务ID", "job_id").orElse(null);
    String caller = fields.text("执行人", "caller").orElse(null);
    Act act = fields.option("操作", "verb", RecordController::act).orElse(null);
    long after = after(fields);
    int size = size(fields);
    fields.refuseFaults();
    return answer(new Question(job, caller, act, after, size));
  }

  /** Of every business, and of what lies in none. */
  private static void requireAll(Rights rights) {
    if (!rights.superuser()) {
      throw ApiException.notPermitted();
    }
  }

  private static Optional<Act> act(String word) {
    return Arrays.stream(Act.values()).filter(act -> act.name().equals(word)).findFirst();
  }

  private static long after(Fields fields) {
    return fields.number("编号", "after").orElse(0L);
  }

  private static int size(Fields fields) {
    long size = fields.number("分页大小", "pagesize").orElse(CHUNK);
    if (size < 1 || size > Limits.LINES_PER_CHUNK) {
      fields.fault("分页大小", "pagesize", Message.PAGE_SIZE, Limits.LINES_PER_CHUNK);
    }
    return Math.clamp(size, 1, Limits.LINES_PER_CHUNK);
  }

  private Envelope answer(Question question) {
    List<Line> lines = audit.lines(question);
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("list", lines.stream().map(RecordController::json).toList());
    answer.put("next", lines.size() < question.size() ? null : lines.getLast().id());
    return Envelope.ok(answer);
  }

  private static Map<String, @Nullable Object> json(Line line) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", line.id());
    json.put("at", JobJson.time(line.at()));
    json.put("caller", line.caller());
    json.put("app", line.app());
    json.put("verb", line.act());
    json.put("job_id", line.job());
    json.put("businesses", line.businesses());
    json.put("selection_digest", line.selectionDigest());
    json.put("runbook_digest", line.runbookDigest());
    json.put("what", line.what());
    return json;
  }

  /** In the text format of Prometheus. */
  @GetMapping({"/api/metrics/", "/api/metrics"})
  @Needs(Role.ADMIN)
  ResponseEntity<String> numbers(Rights rights) {
    requireAll(rights);
    return ResponseEntity.ok().contentType(PROMETHEUS).body(numbers.scrape());
  }
}
