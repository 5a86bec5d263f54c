package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions;
import dev.muster.job.Scope;
import dev.muster.job.Verb;
import dev.muster.roster.Given;
import dev.muster.roster.Holds;
import dev.muster.roster.Verbs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Who did what, and muster's numbers, as they are asked for. */
@ExtendWith(TestDatabase.class)
class RecordIT {

  private static final Caller HAN = new Caller("han", "sops");

  private final Edge edge;
  private final Verbs verbs;
  private final Holds holds;
  private final Given given;
  private final JdbcClient jdbc;

  RecordIT(DataSource database, Verbs verbs, Holds holds, Given given, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.verbs = verbs;
    this.holds = holds;
    this.given = given;
    this.jdbc = jdbc;
  }

  /** Job 1 is asked for by admin, paused and resumed by han; job 2 is asked for; all is held. */
  private void happened() {
    long job = given.resolved(1);
    verbs.say(new JobId(job), new Verb.Pause(), HAN, "lunch");
    verbs.say(new JobId(job), new Verb.Resume(), HAN, "");
    given.again(JobOptions.DEFAULT);
    holds.hold(new Hold.Area.Everything(), Verb.Mode.KILL, "fire", HAN);
  }

  private List<String> asked(String query) {
    return verbs(edge.get("/api/audit/" + query).isOk().data());
  }

  private static List<String> verbs(JsonNode data) {
    return data.get("list").valueStream().map(line -> line.get("verb").asString()).toList();
  }

  @Test
  void what_was_done_to_a_job_is_told_in_its_order_and_nothing_else() {
    happened();
    JsonNode data = edge.get("/api/job/1/audit/").isOk().data();
    assertThat(verbs(data)).containsExactly("SUBMIT", "PAUSE", "RESUME");
    assertThat(data.get("next").isNull()).isTrue();
    JsonNode pause = data.get("list").get(1);
    assertThat(pause.propertyNames())
        .containsExactly(
            "id",
            "at",
            "caller",
            "app",
            "verb",
            "job_id",
            "businesses",
            "selection_digest",
            "runbook_digest",
            "what");
    assertThat(pause.get("caller").asString()).isEqualTo("han");
    assertThat(pause.get("app").asString()).isEqualTo("sops");
    assertThat(pause.get("job_id").asLong()).isEqualTo(1);
    assertThat(pause.get("businesses")).hasToString("[2]");
    assertThat(pause.get("selection_digest").asString()).matches("[0-9a-f]{64}");
    assertThat(pause.get("what")).hasToString("{\"why\":\"lunch\"}");
  }

  @Test
  void a_job_that_is_not_there_has_no_record() {
    edge.get("/api/job/404/audit").isError(200, 3_801_012, "不存在ID为404的任务");
  }

  @Test
  void who_may_not_see_a_job_sees_nothing_of_its_record() {
    happened();
    Rights three = new Rights(HAN, Map.of(Role.VIEW, new Scope.Within(Set.of(3L))));
    edge.as(three, HttpMethod.GET, "/api/job/1/audit/", "").isError(200, 3_801_012, "不存在ID为1的任务");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | SUBMIT PAUSE RESUME SUBMIT HOLD",
        "?caller=han | PAUSE RESUME HOLD",
        "?job_id=2 | SUBMIT",
        "?verb=SUBMIT | SUBMIT SUBMIT",
        "?verb=PAUSE&caller=admin | ''",
        "?after=3 | SUBMIT HOLD",
        "?job_id=1&caller=han&verb=RESUME&after=0 | RESUME"
      })
  void everything_that_was_done_is_told_by_job_person_and_verb(String query, String expected) {
    happened();
    assertThat(String.join(" ", asked(query))).isEqualTo(expected);
  }

  @Test
  void a_chunk_says_after_which_line_the_next_one_begins() {
    happened();
    List<String> all = new ArrayList<>();
    JsonNode after = null;
    do {
      JsonNode data =
          edge.get("/api/audit/?pagesize=2" + (after == null ? "" : "&after=" + after))
              .isOk()
              .data();
      assertThat(data.get("list").size()).isLessThanOrEqualTo(2);
      all.addAll(verbs(data));
      after = data.get("next");
    } while (!after.isNull());
    assertThat(all).containsExactly("SUBMIT", "PAUSE", "RESUME", "SUBMIT", "HOLD");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "?pagesize=0 | '分页大小(pagesize): 1.请填写 1 到 1000。 '",
        "?pagesize=1001 | '分页大小(pagesize): 1.请填写 1 到 1000。 '",
        "?after=last | '编号(after): 1.请填写合法的整数值。 '",
        "?job_id=x | '任务ID(job_id): 1.请填写合法的整数值。 '",
        "?verb=NAP | '操作(verb): 1.“NAP” 不是合法选项。 '"
      })
  void what_cannot_be_meant_is_refused(String query, String why) {
    edge.get("/api/audit/" + query).isError(200, 3_800_001, why);
  }

  @Test
  void what_is_beyond_one_business_is_for_administrators_of_all() {
    Rights one = new Rights(HAN, Map.of(Role.ADMIN, new Scope.Within(Set.of(2L))));
    for (String path : List.of("/api/audit/", "/api/metrics/")) {
      edge.as(one, HttpMethod.GET, path, "").isError(200, 3_800_403, "您没有执行该操作的权限。");
    }
  }

  @Test
  void an_import_is_on_record_with_who_sent_it() {
    Fleet.agents(jdbc, 1, 1);
    edge.post(
            "/api/inventory/import",
            "application/x-ndjson",
            "{\"kind\":\"business\",\"bk_biz_id\":3,\"bk_biz_name\":\"x\"}")
        .isOk();
    JsonNode line = edge.get("/api/audit/?verb=IMPORT").isOk().data().get("list").get(0);
    assertThat(line.get("caller").asString()).isEqualTo("admin");
    assertThat(line.get("what").get("imported")).hasToString("{\"business\":1}");
    assertThat(line.get("job_id").isNull()).isTrue();
  }

  @Test
  void numbers_are_text_for_prometheus() {
    Edge.Answer numbers = edge.get("/api/metrics");
    assertThat(numbers.status()).isEqualTo(200);
    assertThat(numbers.text())
        .contains("# TYPE muster_jobs_stalled gauge", "muster_jobs_stalled 0.0");
  }
}
