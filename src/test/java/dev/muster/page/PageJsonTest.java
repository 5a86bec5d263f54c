package dev.muster.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.InstanceState;
import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Reason;
import dev.muster.job.Tally;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.JobViews.ReasonCount;
import dev.muster.projection.Language;
import dev.muster.projection.StepView;
import dev.muster.projection.Wording;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.RunbookSettings;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The events of the job page. */
class PageJsonTest {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private final PageJson page =
      new PageJson(
          new Wording(new Catalog(new RunbookSettings(null, "gse"))),
          "http://127.0.0.1:8233",
          "muster");

  @Test
  void a_summary_tells_the_job_its_counters_and_its_reasons() {
    JsonNode summary =
        json(
            page.summary(
                job(JobState.RUNNING, NOON, "stopped by admin"),
                List.of(new ReasonCount("AUTH", 2, null)),
                Language.EN));
    assertThat(summary.get("version").asLong()).isEqualTo(9);
    assertThat(summary.get("counts"))
        .hasToString(
            "{\"pending\":1,\"running\":2,\"success\":3,\"failed\":4,\"ignored\":5,\"total\":15}");
    JsonNode job = summary.get("job");
    assertThat(job.get("id").asLong()).isEqualTo(7);
    assertThat(job.get("type_display").asString()).isEqualTo("Restart Agent");
    assertThat(job.get("status").asString()).isEqualTo("RUNNING");
    assertThat(job.get("created_at").asString()).isEqualTo("2026-11-23T12:00:00Z");
    assertThat(job.get("ended_at").isNull()).isTrue();
    assertThat(job.get("stalled_since").asString()).isEqualTo("2026-11-23T11:20:00Z");
    assertThat(job.get("why").asString()).isEqualTo("stopped by admin");
    assertThat(job.get("temporal_url").asString())
        .isEqualTo("http://127.0.0.1:8233/namespaces/muster/workflows/job%2F7");
    JsonNode reason = summary.get("reasons").get(0);
    assertThat(reason.get("reason").asString()).isEqualTo("AUTH");
    assertThat(reason.get("count").asInt()).isEqualTo(2);
    assertThat(reason.get("hint").asString()).isEqualTo(Reason.AUTH.hint().en());
    assertThat(reason.get("sample").asString()).isEmpty();
  }

  @Test
  void a_job_that_does_not_begin_says_why() {
    JsonNode late = json(page.summary(job(JobState.PENDING, null, null), List.of(), Language.EN));
    assertThat(late.get("job").get("why").asString())
        .isEqualTo("Temporal does not answer; the job starts when it does");
  }

  @Test
  void a_row_tells_all_that_the_table_shows() {
    InstanceView row = row(InstanceState.FAILED, "EXIT_CODE", "rc 7");
    JsonNode hosts =
        json(page.hosts(job(JobState.RUNNING, NOON, null), List.of(row), 15, true, Language.ZH));
    assertThat(hosts.get("window").asBoolean()).isTrue();
    assertThat(hosts.get("total").asInt()).isEqualTo(15);
    assertThat(hosts.get("rows").get(0))
        .hasToString(
            ("{'instance':'host|instance|host|3','host_id':3,'ip':'10.0.0.3','name':'web','cloud':null,'business':null,"
                    + "'status':'FAILED','text':'重启 失败','step':'重启','reason':'EXIT_CODE','detail':'rc 7','hint':'"
                    + Reason.EXIT_CODE.hint().zh()
                    + "','proof':null,'tries':2,'execution':1,'started_at':'2026-11-23T12:00:00Z','ended_at':null}")
                .replace('\'', '"'));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_has_a_hint_on_the_page(Reason reason) {
    InstanceView row = row(InstanceState.FAILED, reason.name(), null);
    JsonNode hosts =
        json(page.hosts(job(JobState.RUNNING, NOON, null), List.of(row), 1, false, Language.ZH));
    assertThat(hosts.get("rows").get(0).get("hint").asString()).isEqualTo(reason.hint().zh());
  }

  @Test
  void a_log_tells_its_steps_and_the_row_if_there_is_one() {
    StepView step = new StepView("重启", "RUNNING", "</script>\n", NOON, null);
    JobView job = job(JobState.RUNNING, NOON, null);
    JsonNode log = json(page.log(job, 3, Optional.empty(), List.of(), List.of(step), Language.ZH));
    assertThat(log.get("instance").asString()).isEqualTo("host|instance|host|3");
    assertThat(log.has("host")).isFalse();
    assertThat(log.get("steps").get(0).get("log").asString()).isEqualTo("</script>\n");
    assertThat(log.get("steps").get(0).get("finish_time").isNull()).isTrue();
    JsonNode withRow =
        json(
            page.log(
                job,
                3,
                Optional.of(row(InstanceState.RUNNING, null, null)),
                List.of(new JobViews.Earlier("FAILED", "EXIT_CODE", "exit code 3", NOON)),
                List.of(),
                Language.ZH));
    assertThat(withRow.get("earlier"))
        .hasToString(
            "[{\"reason\":\"EXIT_CODE\",\"detail\":\"exit code 3\",\"ended_at\":\""
                + NOON
                + "\"}]");
    assertThat(withRow.get("host").get("status").asString()).isEqualTo("RUNNING");
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static JobView job(JobState state, @Nullable Instant started, @Nullable String why) {
    return new JobView(
        7,
        JobType.RESTART_AGENT,
        new JobView.Asked("admin", "bk_nodeman", 100, List.of(2L), "runbook"),
        state,
        JobView.Gate.OPEN,
        new JobView.Times(
            NOON.minusSeconds(started == null ? 31_536_000 : 0),
            started,
            null,
            null,
            NOON.minusSeconds(2_400)),
        new Tally(1, 2, 3, 4, 5),
        9,
        why,
        new JobView.Rounds(0, 2, null));
  }

  private static InstanceView row(
      InstanceState state, @Nullable String reason, @Nullable String note) {
    return new InstanceView(
        2,
        new InstanceView.HostView(
            3, "10.0.0.3", null, "web", new InstanceView.Place(0, null, 2, null), false, null),
        state,
        0,
        new InstanceView.Verdict(reason, note, null, 2, 1),
        9,
        NOON,
        null);
  }
}
