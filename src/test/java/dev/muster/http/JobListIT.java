package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.HostSelector;
import dev.muster.http.Edge.Answer;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Lists of jobs (rest.md §4.1). */
@ExtendWith(TestDatabase.class)
class JobListIT {

  private static final String PATH = "/api/job/job_list/";
  private static final String TIME =
      "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{4}";

  private final Edge edge;
  private final ProgressRows progress;
  private final RosterRows roster;
  private final Given given;
  private final JdbcClient jdbc;

  JobListIT(
      DataSource database, ProgressRows progress, RosterRows roster, Given given, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.progress = progress;
    this.roster = roster;
    this.given = given;
    this.jdbc = jdbc;
  }

  @Test
  void a_row_has_the_fields_of_the_existing_service() {
    jdbc.sql("insert into business (id, name) values (2, '蓝鲸')").update();
    Fleet.agents(jdbc, 1, 3);
    Fleet.change(jdbc, 3, "business_id = 5");
    long job = given.again(JobOptions.DEFAULT);
    progress.show(job);
    given.end(job, 0, 0, "FAILED", "AUTH");
    progress.settle(job, 0, 2);
    JsonNode data = edge.post(PATH, "").isOk().data();
    assertThat(data.propertyNames()).containsExactly("total", "list");
    assertThat(data.get("total").asInt()).isOne();
    JsonNode row = data.get("list").get(0);
    assertThat(row.propertyNames())
        .containsExactlyInAnyOrder(
            "id",
            "created_by",
            "from_system",
            "job_type",
            "subscription_id",
            "task_id_list",
            "start_time",
            "end_time",
            "status",
            "global_params",
            "statistics",
            "bk_biz_scope",
            "error_hosts",
            "is_auto_trigger",
            "type",
            "step_type",
            "op_type",
            "op_type_display",
            "step_type_display",
            "policy_name",
            "cost_time",
            "bk_biz_scope_display",
            "job_type_display");
    assertThat(row.get("id").asLong()).isEqualTo(job);
    assertThat(row.get("created_by").asString()).isEqualTo("admin");
    assertThat(row.get("from_system").asString()).isEqualTo("bk_nodeman");
    assertThat(row.get("status").asString()).isEqualTo("RUNNING");
    assertThat(row.get("start_time").asString()).matches(TIME);
    assertThat(row.get("end_time").isNull()).isTrue();
    assertThat(row.get("cost_time").asString()).matches("[0-9]+");
    assertThat(row.get("statistics"))
        .hasToString(
            "{\"pending_count\":2,\"running_count\":0,\"success_count\":0,\"failed_count\":1,\"ignored_count\":0,\"total_count\":3}");
    assertThat(row.get("bk_biz_scope")).hasToString("[2,5]");
    assertThat(row.get("bk_biz_scope_display")).hasToString("[\"蓝鲸\",\"5\"]");
    assertThat(row.get("error_hosts")).hasToString("[]");
    assertThat(row.get("is_auto_trigger").asBoolean()).isFalse();
    assertThat(row.get("op_type").asString()).isEqualTo("RESTART");
    assertThat(row.get("job_type_display").asString()).isEqualTo("重启 Agent");
    assertThat(row.get("policy_name").isNull()).isTrue();
  }

  @Test
  void a_job_with_nothing_to_do_has_an_error_host() {
    long job = given.accepted(Given.request(Given.ALL));
    roster.resolve(job);
    progress.show(job);
    roster.finish(job);
    JsonNode row = edge.post(PATH, "{}").isOk().data().get("list").get(0);
    assertThat(row.get("error_hosts"))
        .hasToString("[{\"ip\":\"\",\"msg\":\"没有需要变更的实例\",\"status\":\"IGNORED\"}]");
    assertThat(row.get("end_time").asString()).matches(TIME);
    assertThat(row.get("status").asString()).isEqualTo("SUCCESS");
  }

  /**
   * Jobs 1 to 7, an hour apart. Hosts 1 to 3 are of business 2, host 4 of business 3. Job 1 ended
   * well, 2 badly, 3 in part, 4 is stopped, 5 is a proxies' job at work, 6 waits, 7 is not resolved
   * and han's.
   */
  private void seven() {
    Fleet.agents(jdbc, 1, 4);
    Fleet.change(jdbc, 4, "business_id = 3");
    ended(shown(1L, 2L), "SUCCEEDED", "SUCCEEDED");
    ended(shown(1L, 2L), "FAILED", "FAILED");
    ended(shown(1L, 3L), "SUCCEEDED", "FAILED");
    given.stop(shown(1L));
    long atWork = shown(1L, 2L, 3L);
    progress.write(
        List.of(
            new Fact.Moved(
                new Fact.Key(atWork, 1), 5, Instant.EPOCH, InstanceState.RUNNING, 0, null)));
    jdbc.sql("update job set type = 'RESTART_PROXY' where id = 5").update();
    shown(3L, 4L);
    given.accepted(Given.request(new HostSelector.Ids(List.of(4L))));
    jdbc.sql("update job set caller = 'han' where id = 7").update();
    jdbc.sql("update job set created_at = timestamptz '2026-11-23Z' + id * interval '1 hour'")
        .update();
  }

  private long shown(Long... hosts) {
    long job = given.accepted(Given.request(new HostSelector.Ids(List.of(hosts))));
    roster.resolve(job);
    progress.show(job);
    return job;
  }

  private void ended(long job, String... outcomes) {
    for (int i = 0; i < outcomes.length; i++) {
      given.end(job, i, i, outcomes[i], outcomes[i].equals("FAILED") ? "AUTH" : null);
    }
    progress.settle(job, 0, outcomes.length);
    roster.finish(job);
  }

  @ParameterizedTest(name = "{0}: {2} of {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{} ; 7 ; 7 6 5 4 3 2 1",
        "{\"job_id\":[]} ; 7 ; 7 6 5 4 3 2 1",
        "{\"job_id\":[1,\"3\",9,\"x\",null,{}]} ; 2 ; 3 1",
        "{\"job_id\":[\"x\"]} ; 0 ; ``",
        "{\"status\":[]} ; 0 ; ``",
        "{\"status\":[\"SUCCESS\",\"FAILED\"]} ; 2 ; 2 1",
        "{\"status\":[\"PART_FAILED\"]} ; 1 ; 3",
        "{\"status\":[\"TERMINATED\"]} ; 1 ; 4",
        "{\"status\":[\"RUNNING\"]} ; 1 ; 5",
        "{\"status\":[\"PENDING\"]} ; 2 ; 7 6",
        "{\"status\":[\"success\",\"\\u0000\"]} ; 0 ; ``",
        "{\"created_by\":[]} ; 0 ; ``",
        "{\"created_by\":[\"han\"]} ; 1 ; 7",
        "{\"created_by\":[\"ha\"]} ; 0 ; ``",
        "{\"bk_biz_id\":[]} ; 7 ; 7 6 5 4 3 2 1",
        "{\"bk_biz_id\":[3]} ; 2 ; 7 6",
        "{\"bk_biz_id\":[\"x\"]} ; 0 ; ``",
        "{\"inner_ip_list\":[]} ; 7 ; 7 6 5 4 3 2 1",
        "{\"inner_ip_list\":[\"10.0.0.3\"]} ; 3 ; 6 5 3",
        "{\"inner_ip_list\":[\"0.0.4\",\"10.0.0.2\"]} ; 4 ; 6 5 2 1",
        "{\"inner_ip_list\":[\"10.0.0\"],\"pagesize\":1} ; 6 ; 6",
        "{\"inner_ip_list\":[\"8.8.8.8\"]} ; 0 ; ``",
        "{\"inner_ip_list\":[{},\"\"]} ; 0 ; ``",
        "{\"step_type\":[]} ; 7 ; 7 6 5 4 3 2 1",
        "{\"step_type\":[\"proxy\"]} ; 1 ; 5",
        "{\"step_type\":[\"Plugin\"]} ; 0 ; ``",
        "{\"op_type\":[]} ; 7 ; 7 6 5 4 3 2 1",
        "{\"op_type\":[\"RESTART\",\"STOP\"],\"pagesize\":1} ; 7 ; 7",
        "{\"op_type\":[\"restart\"]} ; 0 ; ``",
        "{\"policy_name\":[]} ; 7 ; 7 6 5 4 3 2 1",
        "{\"policy_name\":[\"nightly\"]} ; 0 ; ``",
        "{\"job_type\":[\"RESTART_PROXY\"],\"hide_auto_trigger_job\":true} ; 7 ; 7 6 5 4 3 2 1",
        "{\"page\":2,\"pagesize\":\"3\"} ; 7 ; 4 3 2",
        "{\"page\":3,\"pagesize\":3} ; 7 ; 1",
        "{\"sort\":{\"head\":\"total_count\",\"sort_type\":\"DEC\"}} ; 7 ; 5 6 3 2 1 7 4",
        "{\"sort\":{\"head\":\"total_count\",\"sort_type\":\"ASC\"}} ; 7 ; 7 4 6 3 2 1 5",
        "{\"sort\":{\"head\":\"failed_count\",\"sort_type\":\"DEC\"}} ; 7 ; 2 3 7 6 5 4 1",
        "{\"sort\":{\"head\":\"success_count\",\"sort_type\":\"ASC\"}} ; 7 ; 7 6 5 4 2 3 1",
        "{\"start_time\":\"2026-11-23 05:00:00+0000\"} ; 3 ; 7 6 5",
        "{\"start_time\":\"2026-11-23T13:00:00.000001+08:00\"} ; 2 ; 7 6",
        "{\"end_time\":\"2026-11-23T02:00Z\"} ; 2 ; 2 1",
        "{\"start_time\":\"2026-11-20 00:00:00\",\"end_time\":\"2026-11-26 00:00\"} ; 7 ; 7 6 5 4 3 2 1",
        "{\"status\":[\"PENDING\",\"RUNNING\"],\"inner_ip_list\":[\"10.0.0.3\"],\"step_type\":[\"AGENT\"]} ; 1 ; 6"
      })
  void a_list_is_what_was_asked_for(String body, int total, String ids) {
    seven();
    lists(edge.post(PATH, body), total, ids);
  }

  private static void lists(Answer answer, int total, String ids) {
    JsonNode data = answer.isOk().data();
    assertThat(
            data.get("list")
                .valueStream()
                .map(row -> row.get("id").asString())
                .collect(Collectors.joining(" ")))
        .isEqualTo(ids);
    assertThat(data.get("total").asInt()).isEqualTo(total);
  }

  @Test
  void every_job_is_found_by_the_status_that_it_is_listed_with() {
    seven();
    for (JsonNode row : edge.post(PATH, "{}").isOk().data().get("list")) {
      String status = row.get("status").asString();
      List<String> found =
          edge.post(PATH, "{\"status\":[\"%s\"]}".formatted(status))
              .isOk()
              .data()
              .get("list")
              .valueStream()
              .map(r -> r.get("id").asString())
              .toList();
      assertThat(found).as(status).contains(row.get("id").asString());
    }
  }

  @ParameterizedTest(name = "{0} who may view {1} asks {2}: {3}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "li ; `` ; {} ; ``",
        "li ; 2 ; {} ; 5 4 3 2 1",
        "li ; 3 ; {} ; 7",
        "li ; 2 3 ; {} ; 7 6 5 4 3 2 1",
        "han ; `` ; {} ; 7",
        "han ; 2 ; {} ; 7 5 4 3 2 1",
        "admin ; `` ; {} ; 6 5 4 3 2 1",
        "li ; 2 ; {\"bk_biz_id\":[2,3]} ; 5 4 3 2 1",
        "li ; 2 ; {\"bk_biz_id\":[3]} ; ``",
        "han ; `` ; {\"bk_biz_id\":[3]} ; ``",
        "li ; 2 ; {\"job_id\":[7]} ; ``",
        "li ; 3 ; {\"inner_ip_list\":[\"10.0.0.1\"]} ; ``"
      })
  void a_caller_sees_their_own_jobs_and_those_that_lie_where_they_may_view(
      String user, String view, String body, String ids) {
    seven();
    Set<Long> businesses =
        Stream.of(view.split(" "))
            .filter(b -> !b.isEmpty())
            .map(Long::valueOf)
            .collect(Collectors.toSet());
    Rights rights =
        new Rights(new Caller(user, "sops"), Map.of(Role.VIEW, new Scope.Within(businesses)));
    int total = ids.isEmpty() ? 0 : ids.split(" ").length;
    lists(edge.as(rights, HttpMethod.POST, PATH, body), total, ids);
  }

  @Test
  void a_job_without_hosts_is_seen_by_whoever_asked_for_it_and_by_who_sees_everything() {
    given.accepted(Given.request(Given.ALL));
    Map<Role, Scope> two = Map.of(Role.VIEW, new Scope.Within(Set.of(2L)));
    lists(edge.as(new Rights(Given.ADMIN, two), HttpMethod.POST, PATH, ""), 1, "1");
    lists(edge.as(new Rights(new Caller("li", "x"), two), HttpMethod.POST, PATH, ""), 0, "");
    lists(edge.as(Rights.admin(new Caller("li", "x")), HttpMethod.POST, PATH, ""), 1, "1");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"job_id\":1} ; `任务ID(job_id): 1.期望为一个包含物件的列表，得到的类型是“int”。 `",
        "{\"pagesize\":0} ; `分页大小(pagesize): 1.请填写 1 到 100000。 `",
        "{\"pagesize\":-1} ; `分页大小(pagesize): 1.请填写 1 到 100000。 `",
        "{\"page\":0} ; `当前页数(page): 1.请确保该值大于或者等于 1。 `",
        "{\"page\":2} ; `当前页数(page): 1.共 1 页，请填写 1 到 1。 `",
        "{\"page\":8,\"pagesize\":1} ; `当前页数(page): 1.共 7 页，请填写 1 到 7。 `",
        "{\"page\":9223372036854775807,\"pagesize\":100000} ; `当前页数(page): 1.共 1 页，请填写 1 到 1。 `",
        "{\"status\":[],\"page\":2} ; `当前页数(page): 1.共 1 页，请填写 1 到 1。 `",
        "{\"sort\":{}} ; `排序(sort): 排序字段(head): 1.该字段是必填项。 排序类型(sort_type): 1.该字段是必填项。 `",
        "{\"sort\":{\"head\":\"id\",\"sort_type\":\"ASC\"}} ; `排序(sort): 排序字段(head): 1.“id” 不是合法选项。 `",
        "{\"hide_auto_trigger_job\":\"perhaps\"} ; `隐藏自动触发任务(hide_auto_trigger_job): 1.Must be a valid boolean. `",
        "{\"start_time\":\"yesterday\"} ; `起始时间(start_time): 1.日期时间格式错误。请从这些格式中选择：YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]。 `",
        "{\"end_time\":\"2026-02-30 00:00:00\"} ; `终止时间(end_time): 1.日期时间格式错误。请从这些格式中选择：YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]。 `"
      })
  void a_wrong_question_is_refused(String body, String why) {
    seven();
    edge.post(PATH, body).isError(200, 3_800_001, why);
  }

  @Test
  void the_first_page_of_no_jobs_is_empty_and_its_slash_at_the_end_may_be_left_out() {
    lists(edge.post("/api/job/job_list", ""), 0, "");
  }
}
