package dev.muster.page;

import dev.muster.job.InstanceState;
import dev.muster.job.Reason;
import dev.muster.job.Tally;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.Language;
import dev.muster.projection.StepView;
import dev.muster.projection.Wording;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** The events of the job page, as JSON. */
@Component
class PageJson {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Wording wording;
  private final @Nullable String temporalUi;
  private final String namespace;

  PageJson(
      Wording wording,
      @Value("${muster.temporal.ui:#{null}}") @Nullable String temporalUi,
      @Value("${spring.temporal.namespace:default}") String namespace) {
    this.wording = wording;
    this.temporalUi = temporalUi;
    this.namespace = namespace;
  }

  String summary(JobView view, List<JobViews.ReasonCount> reasons, Language language) {
    Map<String, @Nullable Object> job = new LinkedHashMap<>();
    job.put("id", view.id());
    job.put("type", view.type().name());
    job.put("type_display", wording.jobType(view.type(), language));
    job.put("status", view.status());
    job.put("caller", view.asked().caller());
    job.put("app", view.asked().app());
    job.put("created_at", text(view.times().created()));
    job.put("started_at", text(view.times().started()));
    job.put("ended_at", text(view.times().ended()));
    job.put("stop_requested_at", text(view.times().stopAsked()));
    job.put("stalled_since", text(view.times().stalledSince()));
    job.put("why", why(view, language));
    job.put("window", view.asked().window());
    job.put("round", view.rounds().round());
    job.put("rounds", view.rounds().rounds());
    job.put("next_round_at", text(view.rounds().next()));
    job.put(
        "temporal_url",
        temporalUi == null
            ? null
            : "%s/namespaces/%s/workflows/job%%2F%d".formatted(temporalUi, namespace, view.id()));
    Tally tally = view.tally();
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("pending", tally.pending());
    counts.put("running", tally.running());
    counts.put("success", tally.succeeded());
    counts.put("failed", tally.failed());
    counts.put("ignored", tally.skipped());
    counts.put("total", tally.total());
    return write(
        "version",
        view.version(),
        "job",
        job,
        "counts",
        counts,
        "reasons",
        reasons(reasons, language));
  }

  private static @Nullable String why(JobView view, Language language) {
    if (view.why() == null && !view.state().ended() && view.times().started() == null) {
      boolean late = view.times().created().isBefore(Instant.now().minusSeconds(5));
      if (!late) {
        return null;
      }
      return language == Language.ZH
          ? "Temporal 没有响应，恢复后任务开始"
          : "Temporal does not answer; the job starts when it does";
    }
    return view.why();
  }

  private static List<Map<String, Object>> reasons(
      List<JobViews.ReasonCount> reasons, Language language) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (JobViews.ReasonCount reason : reasons) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("reason", reason.reason());
      json.put("count", reason.hosts());
      json.put("hint", Wording.hint(Reason.valueOf(reason.reason()), language));
      json.put("sample", reason.sample() == null ? "" : reason.sample());
      list.add(json);
    }
    return list;
  }

  String hosts(
      JobView view, List<InstanceView> rows, int total, boolean window, Language language) {
    List<Map<String, @Nullable Object>> list =
        rows.stream().map(row -> row(view, row, language)).toList();
    return write("version", view.version(), "window", window, "total", total, "rows", list);
  }

  /** The page shows a step of what was begun; to programs the last one stands for none. */
  private static boolean begun(InstanceView row) {
    return row.state() != InstanceState.PENDING && row.state() != InstanceState.SKIPPED;
  }

  private Map<String, @Nullable Object> row(JobView view, InstanceView row, Language language) {
    InstanceView.Verdict verdict = row.verdict();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("instance", row.id());
    json.put("host_id", row.host().id());
    json.put("ip", row.host().ip() == null ? row.host().ipv6() : row.host().ip());
    json.put("name", row.host().name());
    json.put("cloud", row.host().place().cloudName());
    json.put("business", row.host().place().businessName());
    json.put("status", row.status());
    json.put("text", wording.display(view.type(), row, language));
    json.put("step", begun(row) ? wording.stepOf(view.type(), row, language) : "");
    json.put("reason", verdict.reason());
    json.put("detail", verdict.note());
    json.put(
        "hint",
        verdict.reason() == null ? null : Wording.hint(Reason.valueOf(verdict.reason()), language));
    json.put("proof", verdict.proof());
    json.put("tries", verdict.tries());
    json.put("execution", verdict.execution());
    json.put("started_at", text(row.started()));
    json.put("ended_at", text(row.ended()));
    return json;
  }

  String log(
      JobView view,
      long host,
      Optional<InstanceView> row,
      List<JobViews.Earlier> earlier,
      List<StepView> steps,
      Language language) {
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (StepView step : steps) {
      Map<String, @Nullable Object> json = new LinkedHashMap<>();
      json.put("step", step.name());
      json.put("status", step.status());
      json.put("log", step.log());
      json.put("start_time", step.started() == null ? null : TIME.format(step.started()));
      json.put("finish_time", step.ended() == null ? null : TIME.format(step.ended()));
      list.add(json);
    }
    String instance = InstanceView.idOf(host);
    return row.isPresent()
        ? write(
            "instance",
            instance,
            "steps",
            list,
            "earlier",
            earlier.stream().map(PageJson::earlier).toList(),
            "host",
            row(view, row.get(), language))
        : write("instance", instance, "steps", list);
  }

  private static Map<String, @Nullable Object> earlier(JobViews.Earlier end) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("reason", end.reason() == null ? end.outcome() : end.reason());
    json.put("detail", end.detail());
    json.put("ended_at", text(end.ended()));
    return json;
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static String write(Object... namesAndValues) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return JSON.writeValueAsString(json);
  }
}
