package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Verb;
import dev.muster.job.Verb.Answer;
import dev.muster.job.Verb.Which;
import dev.muster.roster.Given;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Retry, pause and resume (rest.md §5, and muster's own). */
@ExtendWith(TestDatabase.class)
class ControlHttpTest {

  private static final String STRANGE = "{\"instance_id_list\":[\"nonsense\",3,null]}";

  private final Edge edge;
  private final Given given;
  private final JdbcClient jdbc;

  ControlHttpTest(DataSource database, Given given, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.given = given;
    this.jdbc = jdbc;
  }

  @BeforeEach
  void forget() {
    edge.operator().forget();
  }

  @Test
  void all_failed_hosts_are_retried_or_those_that_are_named_or_those_that_failed_alike() {
    assertThat(edge.post("/api/job/7/retry/", "{\"instance_id_list\":[]}").isOk().data())
        .hasToString("[7]");
    said(new Verb.Retry(new Which.All(), null));
    edge.post("/api/job/7/retry", "{\"instance_id_list\":[\"host|instance|host|4\"]}").isOk();
    said(new Verb.Retry(new Which.Hosts(Set.of(4L)), null));
    edge.post("/api/job/7/retry/", "{\"instance_id_list\":[],\"fingerprint\":\"f00\"}").isOk();
    said(new Verb.Retry(new Which.Alike("f00"), null));
  }

  @Test
  void ids_of_nothing_are_not_taken_for_all() {
    edge.post("/api/job/7/retry/", STRANGE).isOk();
    said(new Verb.Retry(new Which.Hosts(Set.of()), null));
    edge.post("/api/job/7/revoke/", STRANGE).isOk();
    said(new Verb.Stop(new Which.Hosts(Set.of()), Verb.Mode.KILL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"instance_id_list\":null}"})
  void a_retry_says_whom_it_means(String body) {
    edge.post("/api/job/7/retry/", body)
        .isError(200, 3_800_001, "任务实例ID列表(instance_id_list): 1.该字段不能为 null。 ");
    assertThat(edge.operator().verb()).isEmpty();
  }

  @Test
  void a_retry_that_finds_nothing_failed_says_so() {
    edge.operator().answers(new Answer.Nothing());
    edge.post("/api/job/7/retry/", "{\"instance_id_list\":[]}")
        .isError(200, 3_800_007, "订阅任务 -> 7 不存在失败任务");
  }

  @Test
  void a_job_is_retried_with_its_own_runbook_or_the_latest() {
    Fleet.agents(jdbc, 1, 1);
    long job = given.accepted(Given.request(Given.ALL));
    String path = "/api/job/" + job + "/retry/";
    edge.post(path, "{\"instance_id_list\":[],\"runbook\":\"pinned\"}").isOk();
    said(new Verb.Retry(new Which.All(), null));
    String steps = "steps: [{code: restart, zh: a, en: a, run: restart, timeout: 1s}]";
    jdbc.sql("insert into runbook (digest, type, text) values ('runbook', 'RESTART_AGENT', :text)")
        .param("text", "job_type: RESTART_AGENT\nstages:\n  - name: restart\n    " + steps + "\n")
        .update();
    edge.post(path, "{\"instance_id_list\":[],\"runbook\":\"latest\"}")
        .isError(200, 3_800_001, "runbook: 当前流程的步骤与该任务的不同，请新建任务");
    edge.post(path, "{\"instance_id_list\":[],\"runbook\":\"newest\"}")
        .isError(200, 3_800_001, "流程版本(runbook): 1.“newest” 不是合法选项。 ");
  }

  @Test
  void one_host_is_retried_by_its_node() {
    Fleet.agents(jdbc, 1, 1);
    long job = given.accepted(Given.request(Given.ALL));
    String id = "host|instance|host|1";
    assertThat(
            edge.post("/api/job/" + job + "/retry_node/", "{\"instance_id\":\"" + id + "\"}")
                .isOk()
                .data()
                .get("retry_node_id")
                .asString())
        .isEqualTo(id);
    said(new Verb.Retry(new Which.Hosts(Set.of(1L)), null));
    edge.operator().answers(new Answer.Nothing());
    edge.post("/api/job/" + job + "/retry_node/", "{\"instance_id\":\"" + id + "\"}")
        .isError(200, 3_800_007, "instance_id: host|instance|host|1 不是该任务的实例");
    edge.post("/api/job/" + job + "/retry_node/", "{}")
        .isError(200, 3_800_001, "任务实例ID(instance_id): 1.该字段是必填项。 ");
  }

  @Test
  void a_job_is_paused_and_resumed_and_the_hosts_that_this_means_are_counted() {
    edge.operator().answers(new Answer.Acknowledged(12));
    assertThat(edge.post("/api/job/7/pause/", "").isOk().data()).hasToString("{\"hosts\":12}");
    said(new Verb.Pause());
    edge.post("/api/job/7/resume", "{}").isOk();
    said(new Verb.Resume());
  }

  @ParameterizedTest
  @CsvSource({"pause", "resume", "retry", "revoke"})
  void what_does_not_fit_now_is_told_and_who_may_not_hears_so(String verb) {
    String body = "{\"instance_id_list\":[]}";
    edge.operator().answers(new Answer.NotNow("the job is being stopped"));
    edge.post("/api/job/7/" + verb + "/", body)
        .isError(200, 3_800_001, "现在不能这样做: the job is being stopped");
    edge.operator().answers(new Answer.NotPermitted());
    edge.post("/api/job/7/" + verb + "/", body).isError(200, 3_800_403, "您没有执行该操作的权限。");
    edge.operator().answers(new Answer.NoSuchJob());
    edge.post("/api/job/7/" + verb + "/", body).isError(200, 3_801_012, "不存在ID为7的任务");
  }

  private void said(Verb verb) {
    assertThat(edge.operator().verb()).contains(verb);
  }
}
