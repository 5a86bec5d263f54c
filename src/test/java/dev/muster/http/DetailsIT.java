package dev.muster.http;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.InstanceState;
import dev.muster.job.JobOptions;
import dev.muster.job.Scope;
import dev.muster.projection.Fact;
import dev.muster.projection.ProgressRows;
import dev.muster.roster.Given;
import dev.muster.roster.RosterRows;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What is asked about jobs (rest.md §4.2, §4.4), answered from real rows. */
@ExtendWith(TestDatabase.class)
class DetailsIT {

  private static final String TIME = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}";
  private static final String IN_STATUS =
      "{\"conditions\":[{\"key\":\"status\",\"value\":[\"%s\"]}]}";
  private static final String ASKED = "{\"instance_id\":\"host|instance|host|5\"}";
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private final Edge edge;
  private final ProgressRows progress;
  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  DetailsIT(
      DataSource database, ProgressRows progress, RosterRows roster, Given given, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.progress = progress;
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_job_is_told_with_the_fields_of_the_existing_service() {
    long job = twelve();
    JsonNode data = details(job, "{}");
    assertThat(data.propertyNames())
        .containsExactlyInAnyOrder(
            "job_id",
            "created_by",
            "job_type",
            "job_type_display",
            "ip_filter_list",
            "total",
            "list",
            "statistics",
            "status",
            "end_time",
            "start_time",
            "cost_time",
            "stalled_since",
            "meta");
    assertThat(data.get("job_id").asLong()).isEqualTo(job);
    assertThat(data.get("stalled_since").isNull()).isTrue();
    assertThat(data.get("created_by").asString()).isEqualTo("admin");
    assertThat(data.get("job_type").asString()).isEqualTo("RESTART_AGENT");
    assertThat(data.get("job_type_display").asString()).isEqualTo("重启 Agent");
    assertThat(data.get("status").asString()).isEqualTo("RUNNING");
    assertThat(data.get("start_time").asString()).matches(TIME + "[+-][0-9]{4}");
    assertThat(data.get("end_time").isNull()).isTrue();
    assertThat(data.get("cost_time").asString()).matches("[0-9]+");
    assertThat(data.get("ip_filter_list").isEmpty()).isTrue();
    assertThat(data.get("meta"))
        .hasToString(
            "{\"type\":\"AGENT\",\"step_type\":\"AGENT\",\"op_type\":\"RESTART\",\"op_type_display\":\"重启\",\"step_type_display\":\"Agent\"}");
    assertThat(data.get("statistics"))
        .hasToString(
            "{\"pending_count\":7,\"running_count\":1,\"success_count\":1,\"failed_count\":2,\"ignored_count\":1,\"total_count\":12}");
  }

  @Test
  void a_job_that_does_not_go_on_says_since_when_in_details_and_summary() {
    long job = twelve();
    jdbc.sql("update job_progress set stalled_since = finished_at").update();
    assertThat(details(job, "{}").get("stalled_since").asString()).matches(TIME + "[+-][0-9]{4}");
    JsonNode summary = edge.get("/api/job/%d/summary/".formatted(job)).isOk().data();
    assertThat(summary.get("stalled_since").asString()).matches(TIME + "[+-][0-9]{4}");
    assertThat(summary.get("status").asString()).isEqualTo("RUNNING");
  }

  @Test
  void hosts_that_wait_for_a_hold_and_their_job_say_so_until_it_is_lifted() {
    long job = twelve();
    Fleet.change(jdbc, 12, "cloud_id = 5");
    hold("'CLOUD', 5");
    assertThat(heldHosts(job)).containsExactly(12L);
    assertThat(why(job)).isEmpty();
    hold("'BUSINESS', 2");
    assertThat(heldHosts(job)).containsExactly(5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
    assertThat(why(job)).matches("emergency stop by han since 2[0-9T:-]+Z: fire");
    jdbc.sql("update hold set lifted_at = now()").update();
    assertThat(heldHosts(job)).isEmpty();
    assertThat(why(job)).isEmpty();
  }

  private void hold(String place) {
    jdbc.sql(
            "insert into hold (area, target, mode, why, caller, app) values (%s, 'DRAIN', 'fire', 'han', 'sops')"
                .formatted(place))
        .update();
  }

  private String why(long job) {
    return edge.get("/api/job/%d/summary/".formatted(job)).isOk().data().get("why").asString();
  }

  private List<Long> heldHosts(long job) {
    return details(job, "{\"pagesize\":-1}")
        .get("list")
        .valueStream()
        .filter(row -> row.get("status_display").asString().contains("emergency stop by han"))
        .map(row -> row.get("bk_host_id").asLong())
        .toList();
  }

  /** Hosts 1 to 12: 1 succeeded, 2 and 3 failed, 4 was skipped, 5 is at work, the others wait. */
  private long twelve() {
    Fleet.agents(jdbc, 1, 12);
    Fleet.change(jdbc, 4, "os_type = 'AIX'");
    jdbc.sql("insert into business (id, name) values (2, '蓝鲸')").update();
    long job = given.again(JobOptions.DEFAULT);
    progress.show(job);
    progress.write(
        List.of(new Fact.Moved(new Fact.Key(job, 4), 5, NOON, InstanceState.RUNNING, 2, null)));
    given.end(job, 0, 0, "SUCCEEDED", null);
    given.end(job, 1, 2, "FAILED", "EXIT_CODE");
    progress.settle(job, 0, 11);
    return job;
  }

  private JsonNode details(long job, String body) {
    return edge.post("/api/job/" + job + "/details/", body).isOk().data();
  }

  @Test
  void a_row_is_told_with_the_fields_of_the_existing_service() {
    JsonNode list = details(twelve(), "{\"pagesize\":-1}").get("list");
    JsonNode waiting = list.get(11);
    assertThat(waiting.propertyNames())
        .contains(
            "instance_id",
            "ip",
            "inner_ip",
            "inner_ipv6",
            "bk_host_id",
            "bk_cloud_id",
            "bk_cloud_name",
            "bk_biz_id",
            "bk_biz_name",
            "status",
            "start_time",
            "end_time",
            "op_type",
            "op_type_display",
            "node_id",
            "status_display",
            "step",
            "is_manual",
            "ap_id")
        .doesNotContain("cost_time", "filter_host");
    assertThat(waiting.get("instance_id").asString()).isEqualTo("host|instance|host|12");
    assertThat(waiting.get("ip").asString()).isEqualTo("10.0.0.12");
    assertThat(waiting.get("bk_host_id").asLong()).isEqualTo(12);
    assertThat(waiting.get("bk_cloud_id").asLong()).isZero();
    assertThat(waiting.get("bk_biz_name").asString()).isEqualTo("蓝鲸");
    assertThat(waiting.get("start_time").isNull()).isTrue();
    assertThat(waiting.get("ap_id").isNull()).isTrue();
    assertThat(waiting.get("is_manual").asBoolean()).isFalse();
    says(waiting, "PENDING", "等待执行", "检查Agent功能", -1);
    says(list.get(0), "SUCCESS", "执行成功", "检查Agent功能", 3);
    says(list.get(1), "FAILED", "重启 失败", "重启", 0);
    says(list.get(4), "RUNNING", "正在 查询Agent状态", "查询Agent状态", 2);
    assertThat(list.get(3).get("status").asString()).isEqualTo("IGNORED");
    assertThat(list.get(4).get("cost_time").isNumber()).isTrue();
    assertThat(list.get(4).get("start_time").asString()).matches(TIME + "[+-][0-9]{4}");
    assertThat(list.get(1).get("reason").asString()).isEqualTo("EXIT_CODE");
    assertThat(list.get(1).get("detail").asString()).isEqualTo("as given");
  }

  private static void says(JsonNode row, String status, String display, String step, int node) {
    assertThat(row.get("status").asString()).isEqualTo(status);
    assertThat(row.get("status_display").asString()).isEqualTo(display);
    assertThat(row.get("step").asString()).isEqualTo(step);
    assertThat(row.get("node_id").asInt()).isEqualTo(node);
  }

  @ParameterizedTest(name = "{0}: {2} of {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{} ; 12 ; 1 2 3 4 5 6 7 8 9 10",
        "{\"page\":2} ; 12 ; 11 12",
        "{\"page\":\"2\",\"pagesize\":\"5\"} ; 12 ; 6 7 8 9 10",
        "{\"page\":4,\"pagesize\":5} ; 12 ; ``",
        "{\"pagesize\":-1} ; 12 ; 1 2 3 4 5 6 7 8 9 10 11 12",
        "{\"page\":3,\"pagesize\":-1} ; 12 ; 1 2 3 4 5 6 7 8 9 10 11 12",
        "{\"page\":9,\"start\":4,\"pagesize\":2} ; 12 ; 4 5",
        "{\"conditions\":[]} ; 12 ; 1 2 3 4 5 6 7 8 9 10",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"FAILED\"]}]} ; 2 ; 2 3",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"SUCCESS\",\"RUNNING\",\"IGNORED\"]}]} ; 3 ; 1 4 5",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[]}],\"pagesize\":1} ; 12 ; 1",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"NONSENSE\"]}]} ; 0 ; ``",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":[\"10.0.0.7\"]}]} ; 1 ; 7",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":[\"10.0.0.1\"]}]} ; 1 ; 1",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":\"0.12\"}]} ; 1 ; 12",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":[\"0.11\",\"0.12\"]}]} ; 2 ; 11 12",
        "{\"conditions\":[{\"key\":\"instance_id\",\"value\":\"host|instance|host|3\"}]} ; 1 ; 3",
        "{\"conditions\":[{\"key\":\"instance_id\",\"value\":[\"host|instance|host|3\",\"host|instance|host|5\"]}]} ; 2 ; 3 5",
        "{\"conditions\":[{\"key\":\"instance_id\",\"value\":[\"3\"]}]} ; 0 ; ``",
        "{\"conditions\":[{\"key\":\"colour\",\"value\":\"red\"}],\"pagesize\":1} ; 12 ; 1",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"FAILED\"]},{\"key\":\"ip\",\"value\":\"0.3\"}]} ; 1 ; 3",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"FAILED\",\"SUCCESS\"]},{\"key\":\"status\",\"value\":[\"FAILED\",\"RUNNING\"]}]} ; 2 ; 2 3",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"FAILED\"]},{\"key\":\"status\",\"value\":[\"RUNNING\"]}]} ; 0 ; ``",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"FAILED\"]},{\"key\":\"status\",\"value\":[]}]} ; 2 ; 2 3",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":\"0.1\"},{\"key\":\"ip\",\"value\":[\"2\"]}]} ; 1 ; 12",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":[\"a\\u0000\"]}]} ; 0 ; ``",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":[]}],\"pagesize\":1} ; 12 ; 1",
        "{\"conditions\":[{\"key\":\"instance_id\",\"value\":[]}]} ; 0 ; ``",
        "{\"conditions\":[{\"key\":\"exclude_instance_ids\",\"value\":[\"host|instance|host|1\",\"host|instance|host|2\",\"x\"]}],\"pagesize\":2} ; 10 ; 3 4",
        "{\"conditions\":[{\"key\":\"exclude_instance_ids\",\"value\":[]}],\"pagesize\":1} ; 12 ; 1",
        "{\"conditions\":[{\"key\":\"status\",\"value\":[\"FAILED\"]}],\"pagesize\":1,\"page\":2} ; 2 ; 3",
        "{\"page\":9223372036854775807} ; 12 ; ``",
        "{\"page\":1000000000000000000,\"pagesize\":100} ; 12 ; ``",
        "{\"start\":9223372036854775807} ; 12 ; ``",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":\"10.\"}],\"page\":9223372036854775807} ; 12 ; ``"
      })
  void a_page_of_rows_is_what_was_asked_for(String body, int total, String hosts) {
    JsonNode data = details(twelve(), body);
    assertThat(data.get("total").asInt()).isEqualTo(total);
    assertThat(
            String.join(
                " ",
                data.get("list").valueStream().map(r -> r.get("bk_host_id").asString()).toList()))
        .isEqualTo(hosts);
    assertThat(data.get("statistics").get("total_count").asInt()).isEqualTo(12);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"conditions\":{}} ; `搜索条件(conditions): 1.期望为一个包含物件的列表，得到的类型是“dict”。 `",
        "{\"conditions\":[{\"key\":\"ip\"}]} ; `搜索条件(conditions): {\"key\":\"ip\"} 应为 {\"key\": …, \"value\": …}`",
        "{\"conditions\":[3]} ; `搜索条件(conditions): 3 应为 {\"key\": …, \"value\": …}`",
        "{\"conditions\":[{\"key\":\"ip\",\"value\":[{}]}]} ; `搜索条件(conditions): ip 的值应为文本或文本列表，而不是 {}`",
        "{\"conditions\":[{\"key\":\"status\",\"value\":null}]} ; `搜索条件(conditions): status 的值应为文本或文本列表，而不是 null`",
        "{\"start\":0} ; `开始位置参数优先page使用(start): 1.请确保该值大于或者等于 1。 `",
        "{\"start\":-1,\"page\":0} ; `当前页数(page): 1.请确保该值大于或者等于 1。 开始位置参数优先page使用(start): 1.请确保该值大于或者等于 1。 `",
        "{\"start\":null} ; `开始位置参数优先page使用(start): 1.该字段不能为 null。 `",
        "{\"page\":0} ; `当前页数(page): 1.请确保该值大于或者等于 1。 `",
        "{\"page\":\"x\"} ; `当前页数(page): 1.请填写合法的整数值。 `",
        "{\"page\":null} ; `当前页数(page): 1.该字段不能为 null。 `",
        "{\"pagesize\":0} ; `分页大小(pagesize): 1.请填写 -1（全部），或 1 到 100000。 `",
        "{\"pagesize\":100001} ; `分页大小(pagesize): 1.请填写 -1（全部），或 1 到 100000。 `"
      })
  void a_wrong_question_is_refused(String body, String why) {
    edge.post("/api/job/" + twelve() + "/details/", body).isError(200, 3_800_001, why);
  }

  @Test
  void a_job_that_does_not_exist_is_named() {
    edge.post("/api/job/99/details/", "").isError(200, 3_801_012, "不存在ID为99的任务");
    edge.get("/api/job/99/summary").isError(200, 3_801_012, "不存在ID为99的任务");
    edge.get("/api/job/99/log/?instance_id=host%7Cinstance%7Chost%7C1")
        .isError(200, 3_801_012, "不存在ID为99的任务");
    edge.post("/api/job/99/details/", "{\"page\":0}")
        .isError(200, 3_800_001, "当前页数(page): 1.请确保该值大于或者等于 1。 ");
  }

  @Test
  void a_job_that_is_not_resolved_yet_has_no_rows_but_counts_what_was_selected() {
    Fleet.agents(jdbc, 1, 3);
    long job = given.accepted(Given.request(Given.ALL));
    JsonNode data = details(job, "{}");
    assertThat(data.get("status").asString()).isEqualTo("PENDING");
    assertThat(data.get("total").asInt()).isZero();
    assertThat(data.get("list").isEmpty()).isTrue();
    assertThat(data.get("statistics").get("pending_count").asInt()).isEqualTo(3);
    assertThat(data.get("statistics").get("total_count").asInt()).isEqualTo(3);
    assertThat(data.get("statistics").has("ignored_count"))
        .as("counted for the first time when the hosts are shown")
        .isFalse();
  }

  @Test
  void a_job_with_nothing_to_do_says_so_in_a_row_of_its_own() {
    long job = given.accepted(Given.request(Given.ALL));
    roster.resolve(job);
    progress.show(job);
    roster.finish(job);
    JsonNode data = details(job, "{}");
    assertThat(data.get("status").asString()).isEqualTo("SUCCESS");
    assertThat(data.get("total").asInt()).isZero();
    assertThat(data.get("ip_filter_list")).hasToString("[\"\"]");
    assertThat(data.get("statistics").get("ignored_count").asInt()).isEqualTo(1);
    assertThat(data.get("statistics").get("total_count").asInt()).isEqualTo(1);
    JsonNode row = data.get("list").get(0);
    assertThat(row.get("filter_host").asBoolean()).isTrue();
    assertThat(row.get("status").asString()).isEqualTo("IGNORED");
    assertThat(row.get("status_display").asString()).isEqualTo("没有需要变更的实例");
    assertThat(row.has("instance_id")).isFalse();
    assertThat(row.has("node_id")).isFalse();
    assertThat(row.has("cost_time")).isFalse();
    assertThat(details(job, "{\"page\":7}").get("list").size()).as("on every page").isOne();
    assertThat(details(job, IN_STATUS.formatted("IGNORED")).get("list").size()).isOne();
    JsonNode failed = details(job, IN_STATUS.formatted("FAILED"));
    assertThat(failed.get("list").isEmpty()).isTrue();
    assertThat(failed.get("ip_filter_list")).hasToString("[\"\"]");
  }

  @Test
  void a_hundred_conditions_and_a_hundred_parts_of_addresses_are_enough() {
    long job = twelve();
    String colour = "{\"key\":\"colour\",\"value\":1},".repeat(99);
    String ip = "{\"key\":\"ip\",\"value\":[%s]}";
    String parts =
        IntStream.rangeClosed(1, 100).mapToObj(i -> "\"" + i + ".\"").collect(joining(","));
    String all = "{\"conditions\":[" + colour + ip.formatted(parts) + "]}";
    assertThat(details(job, all).get("total").asInt()).isEqualTo(12);
    edge.post("/api/job/" + job + "/details/", all.replace("[{", "[{\"key\":1,\"value\":1},{"))
        .isError(200, 3_800_001, "搜索条件(conditions): 最多 100 个");
    edge.post("/api/job/" + job + "/details/", all.replace("\"1.\"", "\"1.\",\"0.\""))
        .isError(200, 3_800_001, "ip: 最多 100 个不完整的 IP；完整的 IP 不限");
    String wholes =
        IntStream.rangeClosed(1, 250).mapToObj(i -> "\"10.0.0." + i + "\"").collect(joining(","));
    assertThat(details(job, "{\"conditions\":[" + ip.formatted(wholes) + "]}").get("total").asInt())
        .isEqualTo(12);
  }

  /** Jobs here are of business 2, and asked for by admin. */
  @ParameterizedTest(name = "{0} who may view {1}: {2}")
  @CsvSource({
    "admin, 2, ok",
    "han, 2, ok",
    "han, 2 3, ok",
    "han, 3, none",
    "han, '', none",
    "admin, 3, not permitted",
    "admin, '', not permitted"
  })
  void a_job_is_told_to_whoever_may_view_its_businesses(String user, String view, String answer) {
    long job = twelve();
    Rights rights = rights(user, view);
    for (String path : List.of("details/", "collect_log/")) {
      check(answer, edge.as(rights, HttpMethod.POST, "/api/job/" + job + "/" + path, ASKED), job);
    }
    for (String path :
        List.of(
            "log/?instance_id=host%7Cinstance%7Chost%7C5",
            "get_job_commands/?bk_host_id=5", "summary/")) {
      check(answer, edge.as(rights, HttpMethod.GET, "/api/job/" + job + "/" + path, ""), job);
    }
  }

  private static Rights rights(String user, String view) {
    Set<Long> businesses =
        Stream.of(view.split(" ")).filter(b -> !b.isEmpty()).map(Long::valueOf).collect(toSet());
    return new Rights(new Caller(user, "sops"), Map.of(Role.VIEW, new Scope.Within(businesses)));
  }

  private static void check(String expected, Edge.Answer answer, long job) {
    switch (expected) {
      case "ok" -> answer.isOk();
      case "none" -> answer.isError(200, 3_801_012, "不存在ID为%d的任务".formatted(job));
      default -> {
        answer.isRefused("9900403", "当前用户无 [任务历史查看] 权限");
        assertThat(answer.json().get("code").isString()).isTrue();
        assertThat(answer.data().get("permission").get("actions").get(0).get("id").asString())
            .isEqualTo("task_history_view");
        assertThat(answer.data().has("apply_url")).isTrue();
      }
    }
  }

  @Test
  void a_job_of_several_businesses_is_told_to_whoever_may_view_all_of_them() {
    Fleet.agents(jdbc, 1, 2);
    Fleet.change(jdbc, 2, "business_id = 3");
    long job = given.again(JobOptions.DEFAULT);
    String path = "/api/job/" + job + "/details/";
    edge.as(rights("han", "2 3"), HttpMethod.POST, path, "").isOk();
    check("not permitted", edge.as(rights("han", "3"), HttpMethod.POST, path, ""), job);
    check("none", edge.as(rights("han", "4"), HttpMethod.POST, path, ""), job);
  }

  @Test
  void a_job_without_hosts_is_told_to_whoever_asked_for_it_or_may_view_everything() {
    long job = given.accepted(Given.request(Given.ALL));
    String path = "/api/job/" + job + "/details/";
    edge.as(rights("admin", ""), HttpMethod.POST, path, "").isOk();
    edge.as(Rights.admin(new Caller("root", "sops")), HttpMethod.POST, path, "").isOk();
    check("none", edge.as(rights("han", "2 3"), HttpMethod.POST, path, ""), job);
  }

  @Test
  void a_wrong_question_wins_over_a_missing_right() {
    edge.as(
            rights("han", ""),
            HttpMethod.POST,
            "/api/job/" + twelve() + "/details/",
            "{\"page\":0}")
        .isError(200, 3_800_001, "当前页数(page): 1.请确保该值大于或者等于 1。 ");
  }

  @Test
  void no_host_has_commands_for_a_person_to_type() {
    long job = twelve();
    String path = "/api/job/" + job + "/get_job_commands";
    for (String query : List.of("/?bk_host_id=5", "?bk_host_id=+5.0&is_uninstall=on")) {
      assertThat(edge.get(path + query).isOk().data()).hasToString("{\"status\":\"PENDING\"}");
    }
    edge.get(path + "/?bk_host_id=99").isError(200, 3_801_023, "主机不存在");
    edge.get(path + "/").isError(200, 3_800_001, "主机ID(bk_host_id): 1.该字段是必填项。 ");
    edge.get(path + "/?bk_host_id=x&is_uninstall=perhaps")
        .isError(
            200,
            3_800_001,
            "主机ID(bk_host_id): 1.请填写合法的整数值。 是否卸载(is_uninstall): 1.Must be a valid boolean. ");
    long fresh = given.accepted(Given.request(Given.ALL));
    assertThat(edge.get("/api/job/" + fresh + "/get_job_commands/?bk_host_id=99").isOk().data())
        .as("its hosts are not known yet")
        .hasToString("{\"status\":\"PENDING\"}");
  }

  @Test
  void nothing_is_left_to_collect_of_a_log() {
    String path = "/api/job/" + twelve() + "/collect_log";
    assertThat(edge.post(path + "/", ASKED).isOk().data()).hasToString("{\"celery_id\":-1}");
    edge.post(path, ASKED).isOk();
    edge.post(path, "{}").isError(200, 3_800_001, "任务实例ID(instance_id): 1.该字段是必填项。 ");
    edge.post(path, "{\"instance_id\":[]}")
        .isError(200, 3_800_001, "任务实例ID(instance_id): 1.Not a valid string. ");
  }

  @Test
  void a_stopped_job_is_terminated_until_its_hosts_have_ended() {
    long job = twelve();
    given.stop(job);
    JsonNode stopped = details(job, "{}");
    assertThat(stopped.get("status").asString()).isEqualTo("TERMINATED");
    assertThat(stopped.get("end_time").asString()).matches(TIME + "[+-][0-9]{4}");
    roster.plan(job, List.of());
    given.end(job, 4, 4, "STOPPED", "STOPPED");
    roster.finish(job);
    progress.settle(job, 0, 11);
    assertThat(details(job, "{}").get("status").asString()).isEqualTo("PART_FAILED");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "blueking-language, en",
    "Accept-Language, 'en-US,en;q=0.9'",
  })
  void english_is_spoken_when_it_is_asked_for(String header, String language) {
    long job = twelve();
    JsonNode data =
        edge.send(HttpMethod.POST, "/api/job/" + job + "/details/", r -> r.header(header, language))
            .isOk()
            .data();
    assertThat(data.get("job_type_display").asString()).isEqualTo("Restart Agent");
    assertThat(data.get("list").get(1).get("status_display").asString())
        .isEqualTo("Restart failed");
  }

  @Test
  void the_header_of_the_existing_service_wins_over_the_browsers() {
    long job = twelve();
    JsonNode data =
        edge.send(
                HttpMethod.POST,
                "/api/job/" + job + "/details/",
                r -> r.header("blueking-language", "zh-hans").header("Accept-Language", "en"))
            .isOk()
            .data();
    assertThat(data.get("job_type_display").asString()).isEqualTo("重启 Agent");
  }

  @Test
  void a_log_tells_every_step_begun_or_not() {
    long job = twelve();
    progress.write(
        List.of(
            new Fact.StepMoved(new Fact.Key(job, 4), 6, NOON, 0, 1, InstanceState.SUCCEEDED),
            new Fact.Logged(new Fact.Key(job, 4), 7, NOON, 0, 1, true, "started\n")));
    JsonNode data =
        edge.get("/api/job/" + job + "/log/?instance_id=host%7Cinstance%7Chost%7C5").isOk().data();
    assertThat(data.size()).isEqualTo(4);
    assertThat(data.get(0).propertyNames())
        .containsExactly("step", "status", "log", "start_time", "finish_time");
    assertThat(data.get(0).get("step").asString()).isEqualTo("重启");
    assertThat(data.get(0).get("status").asString()).isEqualTo("SUCCESS");
    assertThat(data.get(0).get("log").asString()).isEqualTo("started\n");
    assertThat(data.get(0).get("start_time").asString()).matches(TIME);
    assertThat(data.get(1).get("status").asString()).isEqualTo("PENDING");
    assertThat(data.get(1).get("log").asString()).isEmpty();
    assertThat(data.get(1).get("start_time").isNull()).isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "host%7Cinstance%7Chost%7C99, host|instance|host|99",
    "5, 5",
    "host%7Cinstance%7Chost%7C99999999999999999999, host|instance|host|99999999999999999999"
  })
  void a_log_of_no_instance_of_the_job_is_refused(String asked, String named) {
    edge.get("/api/job/" + twelve() + "/log/?instance_id=" + asked)
        .isError(200, 3_800_007, "instance_id: " + named + " 不是该任务的实例");
  }

  @Test
  void a_summary_counts_the_reasons() {
    JsonNode data = edge.get("/api/job/" + twelve() + "/summary").isOk().data();
    assertThat(data.get("status").asString()).isEqualTo("RUNNING");
    assertThat(data.get("why").asString()).isEmpty();
    assertThat(data.get("reasons").get(0).get("reason").asString()).isEqualTo("EXIT_CODE");
    assertThat(data.get("reasons").get(0).get("hosts").asInt()).isEqualTo(2);
  }
}
