package dev.muster.http;

import dev.muster.job.InstanceState;
import dev.muster.job.Tally;
import dev.muster.projection.Failures;
import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobLists;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.Language;
import dev.muster.projection.StepView;
import dev.muster.projection.Wording;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs and their rows in the shapes of the existing service (rest.md §4.1, §4.2). */
final class JobJson {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxx").withZone(ZoneId.systemDefault());
  private static final DateTimeFormatter PLAIN_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final long DAY_SECONDS = 86_400;
  private static final String IGNORED = "IGNORED";

  private final Wording wording;

  JobJson(Wording wording) {
    this.wording = wording;
  }

  Map<String, Object> list(List<JobLists.Listed> jobs, int total, Language language) {
    Map<String, Object> list = new LinkedHashMap<>();
    list.put("total", total);
    list.put("list", jobs.stream().map(job -> listed(job, language)).toList());
    return list;
  }

  private Map<String, @Nullable Object> listed(JobLists.Listed listed, Language language) {
    JobView job = listed.job();
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("id", job.id());
    row.put("from_system", job.asked().app());
    row.put("subscription_id", job.id());
    row.put("task_id_list", List.of(job.id()));
    row.put("global_params", Map.of());
    row.put("bk_biz_scope", job.asked().businesses());
    row.put("bk_biz_scope_display", listed.businesses());
    row.put("error_hosts", job.nothingToDo() ? List.of(errorHost(language)) : List.of());
    row.put("is_auto_trigger", false);
    row.put("policy_name", null);
    row.putAll(common(job, language));
    row.putAll(meta(job, language));
    return row;
  }

  private static Map<String, Object> errorHost(Language language) {
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("ip", "");
    host.put("msg", Message.NOTHING_TO_CHANGE.in(language));
    host.put("status", IGNORED);
    return host;
  }

  Map<String, Object> details(
      JobView job, InstanceFilter filter, List<InstanceView> rows, int total, Language language) {
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    rows.forEach(row -> list.add(row(job, row, language)));
    if (job.nothingToDo() && filter.passes(InstanceState.SKIPPED)) {
      list.add(nothingToDo(job, language));
    }
    Map<String, Object> details = new LinkedHashMap<>(head(job, language));
    details.put("ip_filter_list", job.nothingToDo() ? List.of("") : List.of());
    details.put("total", total);
    details.put("list", list);
    return details;
  }

  Map<String, Object> summary(JobView job, List<JobViews.ReasonCount> reasons, Language language) {
    Map<String, Object> summary = new LinkedHashMap<>(head(job, language));
    summary.put("reasons", reasons.stream().map(JobJson::reason).toList());
    summary.put("why", job.why() == null ? "" : job.why());
    return summary;
  }

  private static Map<String, Object> reason(JobViews.ReasonCount count) {
    Map<String, Object> reason = new LinkedHashMap<>();
    reason.put("reason", count.reason());
    reason.put("hosts", count.hosts());
    reason.put("sample", count.sample() == null ? "" : count.sample());
    return reason;
  }

  Map<String, Object> failures(JobView job, Failures.Seen seen, Language language) {
    Map<String, Object> failures = new LinkedHashMap<>();
    failures.put("total", seen.kinds());
    failures.put("hosts", seen.hosts());
    failures.put("list", seen.groups().stream().map(g -> group(job, g, language)).toList());
    return failures;
  }

  private Map<String, @Nullable Object> group(
      JobView job, Failures.Group group, Language language) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("fingerprint", group.fingerprint());
    json.put("reason", group.reason().name());
    json.put("reason_display", Wording.meaning(group.reason(), language));
    json.put("hint", Wording.hint(group.reason(), language));
    json.put("counts_as_failure", group.reason().countsAsFailure());
    json.put("step", group.step() == null ? "" : wording.step(job.type(), group.step(), language));
    json.put("count", group.count());
    json.put("first_seen", time(group.times().first()));
    json.put("last_seen", time(group.times().last()));
    json.put("sample", group.sample() == null ? "" : group.sample());
    json.put("hosts", group.hosts().text(language));
    return json;
  }

  private Map<String, Object> head(JobView job, Language language) {
    Map<String, @Nullable Object> head = new LinkedHashMap<>();
    head.put("job_id", job.id());
    head.putAll(common(job, language));
    head.put("stalled_since", time(job.times().stalledSince()));
    head.put("meta", meta(job, language));
    @SuppressWarnings("unchecked")
    Map<String, Object> known = (Map<String, Object>) (Map<String, ?>) head;
    return known;
  }

  /** What is said of a job in lists and details alike. */
  private Map<String, @Nullable Object> common(JobView job, Language language) {
    Map<String, @Nullable Object> common = new LinkedHashMap<>();
    common.put("created_by", job.asked().caller());
    common.put("job_type", job.type().name());
    common.put("job_type_display", wording.jobType(job.type(), language));
    common.put("status", job.status());
    common.put("statistics", statistics(job));
    common.put("start_time", time(job.times().created()));
    common.put("end_time", time(job.end()));
    common.put("cost_time", String.valueOf(cost(job).toSeconds() % DAY_SECONDS));
    return common;
  }

  private static Duration cost(JobView job) {
    Instant end = job.end();
    return Duration.between(job.times().created(), end == null ? Instant.now() : end);
  }

  private Map<String, Object> meta(JobView job, Language language) {
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("type", job.type().subject());
    meta.put("step_type", job.type().subject());
    meta.put("op_type", job.type().verb());
    meta.put("op_type_display", wording.operation(job.type(), language));
    meta.put("step_type_display", wording.subject(job.type()));
    return meta;
  }

  private static Map<String, Integer> statistics(JobView job) {
    Tally tally = job.tally();
    boolean nothing = job.nothingToDo();
    Map<String, Integer> statistics = new LinkedHashMap<>();
    statistics.put("pending_count", tally.pending());
    statistics.put("running_count", tally.running());
    statistics.put("success_count", tally.succeeded());
    statistics.put("failed_count", tally.failed());
    if (!job.fresh() || nothing) {
      statistics.put("ignored_count", nothing ? 1 : tally.skipped());
    }
    statistics.put("total_count", nothing ? 1 : tally.total());
    return statistics;
  }

  /** The row that says that nothing was selected (details-view.md §3). */
  private static Map<String, @Nullable Object> nothingToDo(JobView job, Language language) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("filter_host", true);
    row.put("bk_host_id", null);
    row.put("ip", "");
    row.put("inner_ip", "");
    row.put("inner_ipv6", "");
    row.put("bk_cloud_id", null);
    row.put("bk_cloud_name", null);
    row.put("bk_biz_id", null);
    row.put("bk_biz_name", null);
    row.put("job_id", job.id());
    row.put("status", IGNORED);
    row.put("status_display", Message.NOTHING_TO_CHANGE.in(language));
    row.put("step", "");
    return row;
  }

  private Map<String, @Nullable Object> row(JobView job, InstanceView row, Language language) {
    InstanceView.HostView host = row.host();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("instance_id", row.id());
    json.put("ip", host.ip() == null ? host.ipv6() : host.ip());
    json.put("inner_ip", host.ip());
    json.put("inner_ipv6", host.ipv6());
    json.put("bk_host_id", host.id());
    json.put("bk_cloud_id", host.place().cloud());
    json.put("bk_cloud_name", host.place().cloudName());
    json.put("bk_biz_id", host.place().business());
    json.put("bk_biz_name", host.place().businessName());
    json.put("status", row.status());
    json.put("start_time", time(row.started()));
    json.put("end_time", time(row.ended()));
    if (row.started() != null) {
      Instant end = row.ended() == null ? Instant.now() : row.ended();
      json.put("cost_time", Duration.between(row.started(), end).toMillis() / 1000.0);
    }
    json.put("op_type", job.type().verb());
    json.put("op_type_display", wording.operation(job.type(), language));
    json.put("node_id", wording.nodeOf(job.type(), row));
    json.put("status_display", wording.display(job.type(), row, language));
    json.put("step", wording.stepOf(job.type(), row, language));
    json.put("is_manual", host.manual());
    json.put("ap_id", host.accessPoint());
    json.put("reason", row.verdict().reason());
    json.put("detail", row.verdict().note());
    json.put("proof", row.verdict().proof());
    return json;
  }

  static Map<String, @Nullable Object> step(StepView step) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("step", step.name());
    json.put("status", step.status());
    json.put("log", step.log());
    json.put("start_time", step.started() == null ? null : PLAIN_TIME.format(step.started()));
    json.put("finish_time", step.ended() == null ? null : PLAIN_TIME.format(step.ended()));
    return json;
  }

  static @Nullable String time(@Nullable Instant instant) {
    return instant == null ? null : TIME.format(instant);
  }
}
