package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.http.Edge.Answer;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.JobId;
import dev.muster.job.JobRequest;
import dev.muster.job.Preview;
import dev.muster.job.Submission;
import dev.muster.job.Verb;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Requests to operate, and what becomes of them (rest.md §3); most of it is http/operate.yaml. */
class OperateHttpTest {

  private static final String PATH = "/api/job/operate/";
  private static final String GOOD = "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1,2]}";

  private static final Hold HELD =
      new Hold(
          4,
          new Hold.Area.Business(2),
          Verb.Mode.DRAIN,
          "outage",
          new Caller("han", "sops"),
          Instant.parse("2026-11-23T12:00:00Z"));

  private final Edge edge = Edge.withoutDatabase();

  @TestFactory
  Stream<DynamicTest> every_request_of_the_table_is_answered_as_the_table_says() throws Exception {
    JsonNode groups;
    try (InputStream table = OperateHttpTest.class.getResourceAsStream("/http/operate.yaml")) {
      groups = new YAMLMapper().readTree(table);
    }
    return groups.properties().stream()
        .flatMap(
            group ->
                group
                    .getValue()
                    .valueStream()
                    .map(row -> row(group.getKey() + ": " + row.get("say").asString(), row)));
  }

  private DynamicTest row(String name, JsonNode row) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          edge.operator().forget();
          Answer answer = edge.post(PATH, row.get("send").asString());
          if (row.has("refused")) {
            answer.isError(200, row.path("code").asInt(3_800_001), row.get("refused").asString());
            assertThat(edge.operator().asked()).isEmpty();
          } else {
            answer.isOk();
            check(row, edge.operator().asked().orElseThrow());
          }
        });
  }

  private static void check(JsonNode row, JobRequest asked) {
    if (row.has("type")) {
      assertThat(asked.type()).hasToString(row.get("type").asString());
    }
    if (row.has("selects")) {
      assertThat(asked.selector()).hasToString(row.get("selects").asString());
    }
    if (row.has("options")) {
      assertThat(asked.options()).hasToString(row.get("options").asString());
    }
    if (row.has("caller")) {
      assertThat(asked.caller()).hasToString(row.get("caller").asString());
    }
  }

  @Test
  void an_accepted_job_is_answered_with_its_number_and_its_page() {
    edge.operator().answers(new Submission.Accepted(new JobId(4_711)));
    JsonNode data = edge.post(PATH, GOOD).isOk().data();
    assertThat(data.propertyNames()).containsExactly("job_id", "job_url");
    assertThat(data.get("job_id").isIntegralNumber()).isTrue();
    assertThat(data.get("job_id").asLong()).isEqualTo(4_711);
    assertThat(data.get("job_url").asString())
        .isEqualTo("http://muster.example:9000/#/task-list/detail/4711");
  }

  @Test
  void a_dry_run_is_counted_and_not_submitted() {
    edge.operator()
        .previews(
            new Preview(
                3,
                Map.of(Preview.Kind.BUSINESS, List.of(new Preview.Count("2", "shop", 3))),
                List.of(new Preview.Count("7", "RESTART_AGENT", 1)),
                List.of(new Preview.Held(HELD, 2)),
                Duration.ofSeconds(90),
                Map.of(Preview.Verdict.SELECTED, List.of(1L, 2L)),
                Optional.of(new Submission.UnknownCloud(9))));
    JsonNode data = edge.post(PATH, GOOD.replace("}", ",\"dry_run\":true}")).isOk().data();
    assertThat(data)
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"total": 3, "by_business": [{"key": "2", "name": "shop", "hosts": 3}], "by_cloud": [],
                     "by_os_type": [], "by_node_type": [],
                     "busy": [{"key": "7", "name": "RESTART_AGENT", "hosts": 1}],
                     "held": [{"id": 4, "scope": null, "bk_biz_id": 2, "bk_cloud_id": null, "mode": "drain",
                               "why": "outage", "caller": "han", "app": "sops",
                               "since": "%s", "hosts": 2}],
                     "expected_seconds": 90,
                     "verdicts": {"SELECTED": [1, 2]},
                     "refused": "不允许操作【管控区域不存在】的主机,「管控区域」id: 9"}
                    """
                        .formatted(JobJson.time(HELD.since()))));
    assertThat(edge.operator().asked()).isEmpty();
  }

  @Test
  void the_verdicts_of_a_job_that_is_not_there_are_those_of_no_job() {
    edge.get("/api/job/5/verdicts/").isError(200, 3_801_012, "不存在ID为5的任务");
  }

  @Test
  void the_slash_at_the_end_may_be_left_out() {
    edge.post("/api/job/operate", GOOD).isOk();
  }

  @Test
  void a_job_carries_the_digest_of_the_runbook_that_it_is_done_by() {
    edge.post(PATH, GOOD).isOk();
    assertThat(asked().runbook()).matches("[0-9a-f]{64}");
    assertThat(asked().idempotencyKey()).isNull();
    assertThat(asked().caller()).isEqualTo(new Caller("admin", "bk_nodeman"));
  }

  private JobRequest asked() {
    return edge.operator().asked().orElseThrow();
  }

  @Test
  void a_request_says_the_same_whatever_the_order_of_its_fields() {
    edge.post(PATH, GOOD).isOk();
    String first = asked().digest();
    edge.post(PATH, " {\"bk_host_id\": [1, 2],  \"job_type\": \"RESTART_AGENT\"}").isOk();
    assertThat(asked().digest()).isEqualTo(first);
    edge.post(PATH, "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[2,1]}").isOk();
    assertThat(asked().digest()).isNotEqualTo(first);
  }

  @Test
  void an_idempotency_key_is_handed_on_as_it_was_sent() {
    withKey("deploy-42 ü").isOk();
    assertThat(asked().idempotencyKey()).isEqualTo("deploy-42 ü");
    withKey("k".repeat(200)).isOk();
    assertThat(asked().idempotencyKey()).hasSize(200);
  }

  private Answer withKey(String key) {
    return edge.send(
        HttpMethod.POST,
        PATH,
        r -> r.header("Idempotency-Key", key).contentType("application/json").content(GOOD));
  }

  @Test
  void an_idempotency_key_that_is_blank_or_too_long_is_refused() {
    for (String key : List.of("", "  ", "k".repeat(201))) {
      withKey(key).isError(200, 3_800_001, "Idempotency-Key 的长度应为 1 到 200");
    }
    assertThat(edge.operator().asked()).isEmpty();
  }

  @Test
  void a_key_that_was_used_for_another_request_is_a_conflict_that_names_its_job() {
    edge.operator().answers(new Submission.KeyReused(new JobId(12)));
    JsonNode data =
        withKey("again")
            .isError(409, 3_800_409, "Idempotency-Key 已用于另一个请求（任务 12），请使用新的 key")
            .data();
    assertThat(data.get("job_id").asLong()).isEqualTo(12);
    assertThat(data.get("job_url").asString()).endsWith("/#/task-list/detail/12");
  }

  @Test
  void a_host_without_an_operating_system_forbids_the_job() {
    edge.operator().answers(new Submission.NoOperatingSystem("10.0.0.9"));
    edge.post(PATH, GOOD).isError(200, 3_801_021, "主机(IP:10.0.0.9) 没有操作系统, 请【重装】并补全相关信息");
  }

  @Test
  void a_host_in_an_unknown_cloud_area_forbids_the_job() {
    edge.operator().answers(new Submission.UnknownCloud(33));
    edge.post(PATH, GOOD).isError(200, 3_801_001, "不允许操作【管控区域不存在】的主机,「管控区域」id: 33");
  }

  @Test
  void a_selection_above_the_limit_is_refused_and_the_limit_named() {
    edge.operator().answers(new Submission.TooManyHosts(250_000));
    edge.post(PATH, GOOD).isError(200, 3_800_001, "选中了 250000 台主机，一个任务最多 100000 台；请缩小条件");
  }

  @Test
  void a_hundred_thousand_ids_are_taken() {
    StringBuilder ids = new StringBuilder("{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1");
    for (int id = 2; id <= 100_000; id++) {
      ids.append(',').append(id);
    }
    edge.post(PATH, ids.append("]}").toString()).isOk();
    assertThat(asked().selector().toString()).endsWith("99999, 100000]]");
  }
}
