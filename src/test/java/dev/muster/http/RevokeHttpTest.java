package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.Verb;
import dev.muster.job.Verb.Answer;
import dev.muster.job.Verb.Mode;
import dev.muster.job.Verb.Which;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stopping a job (rest.md §5). */
class RevokeHttpTest {

  private static final String PATH = "/api/job/7/revoke/";

  private final Edge edge = Edge.withoutDatabase();

  @ParameterizedTest(name = "with the body {0}")
  @ValueSource(strings = {"", "{}", "{\"instance_id_list\":[]}", "{\"unknown\":1}"})
  void a_stop_is_acknowledged_with_the_number_of_the_job(String body) {
    assertThat(edge.post(PATH, body).isOk().data()).hasToString("[7]");
    assertThat(edge.operator().stopped()).contains(new JobId(7));
  }

  @Test
  void the_slash_at_the_end_may_be_left_out() {
    edge.post("/api/job/7/revoke", "").isOk();
  }

  @Test
  void whoever_the_body_names_is_who_stops() {
    edge.post(PATH, "{\"bk_username\":\"han\",\"bk_app_code\":\"sops\"}").isOk();
    assertThat(edge.operator().stopper()).contains(new Caller("han", "sops"));
    edge.post(PATH, "").isOk();
    assertThat(edge.operator().stopper()).contains(new Caller("admin", "bk_nodeman"));
  }

  @Test
  void a_job_with_nothing_left_to_stop_says_so() {
    edge.operator().answers(new Answer.Nothing());
    edge.post(PATH, "").isError(200, 3_800_016, "订阅[id:7]不存在运行中的任务，请确认");
  }

  @Test
  void a_job_that_does_not_exist_is_named() {
    edge.operator().answers(new Answer.NoSuchJob());
    edge.post("/api/job/404/revoke/", "").isError(200, 3_801_012, "不存在ID为404的任务");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "null | 该字段不能为 null。",
        "\"host\" | 期望为一个包含物件的列表，得到的类型是“str”。",
        "3 | 期望为一个包含物件的列表，得到的类型是“int”。",
        "{} | 期望为一个包含物件的列表，得到的类型是“dict”。"
      })
  void a_list_of_instances_that_is_no_list_is_refused_and_nothing_stopped(String list, String why) {
    edge.post(PATH, "{\"instance_id_list\":" + list + "}")
        .isError(200, 3_800_001, "任务实例ID列表(instance_id_list): 1." + why + " ");
    assertThat(edge.operator().stopped()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiterString = "=>",
      value = {
        "{\"instance_id_list\":[\"host|instance|host|1\",\"nonsense\",3]} => 1 => KILL",
        "{\"instance_id_list\":[],\"mode\":\"drain\"} => all => DRAIN"
      })
  void whoever_and_however_is_what_was_asked(String body, String which, Mode mode) {
    edge.post(PATH, body).isOk();
    Which meant = which.equals("all") ? new Which.All() : new Which.Hosts(Set.of(1L));
    assertThat(edge.operator().verb()).contains(new Verb.Stop(meant, mode));
  }

  @Test
  void another_way_to_stop_is_refused() {
    edge.post(PATH, "{\"mode\":\"gently\"}")
        .isError(200, 3_800_001, "停止方式(mode): 1.“gently” 不是合法选项。 ");
    assertThat(edge.operator().stopped()).isEmpty();
  }

  @Test
  void a_number_that_is_none_is_refused() {
    edge.post("/api/job/seven/revoke/", "").isError(200, 3_800_001, "id: seven 不是整数");
  }
}
