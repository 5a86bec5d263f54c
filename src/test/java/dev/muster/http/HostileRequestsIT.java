package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.http.Edge.Answer;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobId;
import dev.muster.job.Submission;
import dev.muster.roster.Acceptance;
import dev.muster.roster.Given;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Whatever stands in whatever field is refused in words, or matched as it is written. */
@ExtendWith(TestDatabase.class)
class HostileRequestsIT {

  private static final String PATH = "/api/job/operate/";

  /** As JSON; no host of SmallFleet has any of these in full. */
  private static final List<String> TEXTS =
      List.of(
          "\"' or '1'='1\"",
          "\"'; drop table host; --\"",
          "\"\\\"\"",
          "\"%\"",
          "\"_\"",
          "\"%%%\"",
          "\"\\\\\"",
          "\"\\\\%\"",
          "\"{10.0.0.1}\"",
          "\":sel0\"",
          "\"?\"",
          "\"$1\"",
          "\"%s%n%d\"",
          "\"${java:version}\"",
          "\"{0}\"",
          "\"\\u0000\"",
          "\"10.0.0.1\\u0000\"",
          "\"机器🚀é\"",
          "\"\\ud800\"",
          "\"x\\udc00x\"",
          "\"\\u202e\\ufeff\"",
          "\"\\r\\n\\t\\u001b[2J\"",
          "\"" + "x".repeat(1 << 20) + "\"");

  private static final List<String> OTHERS =
      List.of(
          "1e999",
          "-1e999999",
          "1e-400",
          "-0.0",
          "9223372036854775808",
          "-9223372036854775809",
          "1" + "0".repeat(900),
          "0." + "1".repeat(900),
          "true",
          "null",
          "[]",
          "{}",
          "[".repeat(30) + "]".repeat(30),
          "{\"a\":".repeat(30) + "1" + "}".repeat(30),
          "{\"key\":{},\"value\":[]}",
          "{\"\\u0000\":\"\\ud800\",\"key\":\"\",\"value\":\"\"}",
          "[" + "1,".repeat(20_000) + "1]");

  /** Where the value is put; {@code @} stands for it. */
  private static final List<String> FIELDS =
      List.of(
          "{'job_type':@,'bk_host_id':[1]}",
          "{'job_type':'RESTART_AGENT','bk_host_id':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[@]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':@}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[@]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'bk_biz_id':@}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'bk_biz_id':[@]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':@}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[@]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':@,'value':1}]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':'query','value':'1','fuzzy_search_fields':@}]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':'query','value':'1','fuzzy_search_fields':[@]}]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':'topology','value':{'bk_biz_id':@}}]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':'topology','value':{'bk_biz_id':2,'bk_set_ids':@}}]}",
          "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':'topology','value':{'bk_biz_id':2,'bk_module_ids':[@]}}]}",
          "{'job_type':'RESTART_AGENT','hosts':@}",
          "{'job_type':'RESTART_AGENT','hosts':[@]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_host_id':@}]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_host_id':1,'ap_id':@}]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_cloud_id':@,'inner_ip':'10.0.0.1'}]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_cloud_id':0,'inner_ip':@}]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_cloud_id':0,'inner_ipv6':@}]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_host_id':1,'is_use_ap_map':@}]}",
          "{'job_type':'RESTART_AGENT','hosts':[{'bk_host_id':1,'is_need_inject_ap_id':@}]}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'version':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'version':[@]}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'is_install_latest_plugins':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'is_install_other_agent':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'agent_setup_info':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'agent_setup_info':{'name':@}}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'agent_setup_info':{'version':@}}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'op_type':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'node_type':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'bk_host_ids':[@]}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'bk_biz_scope':[@]}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'window':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'retry_failed':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'retry_failed':{'rounds':@}}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'retry_failed':{'rounds':1,'after':@}}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'bk_username':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'bk_app_code':@}",
          "{'job_type':'RESTART_AGENT','bk_host_id':[1],'colour':@}",
          "@");

  private static final List<String> EXACT_KEYS =
      List.of(
          "inner_ip",
          "inner_ipv6",
          "ip",
          "node_from",
          "node_type",
          "bk_addressing",
          "bk_host_name",
          "bk_agent_id",
          "os_type",
          "status",
          "version",
          "is_manual",
          "bk_cloud_id",
          "bk_biz_id",
          "install_channel_id",
          "source_id",
          "plugin_name",
          "basereport",
          "basereport_status");

  private final Edge edge;
  private final JdbcClient jdbc;
  private final Given given;

  HostileRequestsIT(DataSource database, JdbcClient jdbc, Acceptance acceptance, Given given) {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
    this.given = given;
    edge.operator()
        .asks(
            request -> {
              Submission answer = acceptance.accept(request);
              if (answer instanceof Submission.Accepted accepted) {
                resolve(accepted.id());
              }
              return answer;
            });
  }

  private void resolve(JobId id) {
    given.resolve(id.value());
  }

  @TestFactory
  Stream<DynamicTest> no_value_of_any_field_breaks_anything() {
    SmallFleet.insert(jdbc);
    Stream<String> conditions =
        Stream.concat(EXACT_KEYS.stream(), Stream.of("topology", "query"))
            .flatMap(key -> Stream.of(condition(key, "@"), condition(key, "[@]")));
    return Stream.concat(FIELDS.stream(), conditions)
        .map(
            body ->
                DynamicTest.dynamicTest(
                    body,
                    () ->
                        Stream.concat(TEXTS.stream(), OTHERS.stream())
                            .forEach(value -> answered(body, value))));
  }

  private static String condition(String key, String value) {
    return "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[{'key':'%s','value':%s}]}"
        .formatted(key, value);
  }

  private Answer answered(String body, String value) {
    Answer answer = edge.post(PATH, body.replace('\'', '"').replace("@", value));
    String code = answer.json().get("code").asString();
    assertThat(answer.status()).as("%s with %.60s: %s", body, value, answer.text()).isEqualTo(200);
    assertThat(code)
        .as("%s with %.60s", body, value)
        .isIn("0", "3800001", "3800400", "3801001", "3801021");
    assertThat(answer.text().length()).isLessThan(2_000);
    return answer;
  }

  @TestFactory
  Stream<DynamicTest> no_text_matches_more_than_itself() {
    SmallFleet.insert(jdbc);
    return EXACT_KEYS.stream()
        .map(
            key ->
                DynamicTest.dynamicTest(
                    key,
                    () -> {
                      for (String text : TEXTS) {
                        Answer answer = answered(condition(key, "@"), text);
                        if (answer.json().get("result").asBoolean()) {
                          assertThat(selected(answer)).as("%s: %.60s", key, text).isZero();
                        }
                      }
                    }));
  }

  private int selected(Answer answer) {
    return jdbc.sql("select count(*) from job_instance where job_id = :job")
        .param("job", answer.data().get("job_id").asLong())
        .query(Integer.class)
        .single();
  }

  @Test
  void nesting_without_end_is_no_json() {
    for (String deep :
        List.of("[".repeat(5_000), "{\"a\":".repeat(5_000), "[".repeat(60) + "]".repeat(60))) {
      Answer answer = edge.post(PATH, "{\"job_type\":" + deep);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().get("code").asInt()).isEqualTo(3_800_400);
    }
  }

  @Test
  void limits_are_told() {
    refused(
        "{'job_type':'RESTART_AGENT','exclude_hosts':[],'conditions':[@]}",
        "{\"key\":\"bk_cloud_id\",\"value\":[]},".repeat(100)
            + "{\"key\":\"bk_cloud_id\",\"value\":[]}",
        "搜索条件(conditions): 最多 100 个");
    refused(
        condition("query", "[@]"),
        "\"x\",".repeat(100) + "\"x\"",
        "搜索条件(conditions): query: 共 101 个，最多 100 个。");
    refused(
        condition("bk_cloud_id", "[@]"),
        "1,".repeat(100_000) + "1",
        "搜索条件(conditions): bk_cloud_id: 共 100001 个，最多 100000 个。");
  }

  private void refused(String body, String value, String message) {
    edge.post(PATH, body.replace('\'', '"').replace("@", value)).isError(200, 3_800_001, message);
  }
}
