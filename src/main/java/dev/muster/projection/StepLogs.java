package dev.muster.projection;

import dev.muster.job.JobType;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The logs of steps, in the format of the existing service (details-view.md §6). */
@Component
public class StepLogs {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  private final JdbcClient jdbc;
  private final Wording wording;

  public StepLogs(JdbcClient jdbc, Wording wording) {
    this.jdbc = jdbc;
    this.wording = wording;
  }

  /**
   * A host's part in the job as the roster knows it.
   *
   * @param step that it is at, or ended at
   */
  private record Part(int ordinal, int step, @Nullable String outcome) {

    /**
     * The state of a step. Facts may lag behind the outcome and may be lost: a step before one that
     * was reached was done, and with the outcome no step runs any more.
     */
    String state(int index, String told, int reached) {
      if ("SUCCEEDED".equals(outcome) || (told.equals("PENDING") && index < reached)) {
        return "SUCCEEDED";
      }
      boolean over = outcome != null && told.equals("RUNNING");
      return over ? (index < step ? "SUCCEEDED" : "FAILED") : told;
    }
  }

  private record Progressed(String state, @Nullable Instant started, @Nullable Instant ended) {}

  /**
   * Every step of the host's part in the job, begun or not; empty if the host has no part in it.
   */
  public Optional<List<StepView>> of(JobType type, long job, long host, Language language) {
    return jdbc.sql(
            "select ordinal, step, outcome from job_instance where job_id = :job and host_id = :host")
        .param("job", job)
        .param("host", host)
        .query(
            (row, n) ->
                new Part(row.getInt("ordinal"), row.getInt("step"), row.getString("outcome")))
        .optional()
        .map(part -> steps(job, part, wording.steps(type, language), language));
  }

  private List<StepView> steps(long job, Part part, List<String> names, Language language) {
    Map<Integer, Progressed> progressed = progressed(job, part.ordinal());
    Map<Integer, StringBuilder> logs = logs(job, part.ordinal(), names, language);
    int reached = progressed.keySet().stream().max(Integer::compare).orElse(-1);
    List<StepView> steps = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Progressed step = progressed.getOrDefault(i, new Progressed("PENDING", null, null));
      String state = part.state(i, step.state(), reached);
      String status = state.equals("SUCCEEDED") ? "SUCCESS" : state;
      steps.add(
          new StepView(
              names.get(i),
              status,
              logs.getOrDefault(i, new StringBuilder()).toString(),
              step.started(),
              step.ended()));
    }
    return steps;
  }

  private Map<Integer, Progressed> progressed(long job, int ordinal) {
    Map<Integer, Progressed> latest = new HashMap<>();
    jdbc.sql(
            "select * from step_progress where job_id = :job and ordinal = :ordinal order by step, execution")
        .param("job", job)
        .param("ordinal", ordinal)
        .query(
            row -> {
              Timestamp started = row.getTimestamp("started_at");
              Timestamp ended = row.getTimestamp("ended_at");
              latest.put(
                  row.getInt("step"),
                  new Progressed(
                      row.getString("state"),
                      started == null ? null : started.toInstant(),
                      ended == null ? null : ended.toInstant()));
            });
    return latest;
  }

  private Map<Integer, StringBuilder> logs(
      long job, int ordinal, List<String> names, Language language) {
    Map<Integer, StringBuilder> logs = new HashMap<>();
    jdbc.sql(
            "select * from step_log where job_id = :job and ordinal = :ordinal order by step, execution, seq")
        .param("job", job)
        .param("ordinal", ordinal)
        .query(
            row -> {
              int step = row.getInt("step");
              StringBuilder log = logs.computeIfAbsent(step, s -> new StringBuilder());
              String text = row.getString("text");
              if (row.getString("kind").equals("OUTPUT")) {
                log.append(text);
              } else if (step < names.size()) {
                if (!log.isEmpty() && log.charAt(log.length() - 1) != '\n') {
                  log.append('\n');
                }
                log.append(
                        event(names.get(step), text, row.getTimestamp("at").toInstant(), language))
                    .append('\n');
              }
            });
    return logs;
  }

  private static String event(String step, String event, Instant at, Language language) {
    boolean zh = language == Language.ZH;
    String word = event.contains(" ") ? event.substring(0, event.indexOf(' ')) : event;
    String rest = event.substring(Math.min(event.length(), word.length() + 1));
    String line =
        switch (word) {
          case "begin" -> "INFO] " + (zh ? "开始 " + step + "." : "Start " + step + ".");
          case "done" -> "INFO] " + step + (zh ? " 成功" : " succeeded");
          case "failed" -> "ERROR] " + step + (zh ? " 失败: " : " failed: ") + rest;
          case "stopped" -> "WARNING] " + step + (zh ? " 已终止: " : " stopped: ") + rest;
          default -> "INFO] " + rest;
        };
    return "[%s %s".formatted(TIME.format(at), line);
  }
}
