package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Scope;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Hosts are found by the conditions that operate takes, and shown with what they belong to. */
@ExtendWith(TestDatabase.class)
class HostSearchIT {

  private static final String PATH = "/api/host/search/";

  private final Edge edge;
  private final JdbcClient jdbc;

  HostSearchIT(DataSource database, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
  }

  @BeforeEach
  void twenty_five_hosts() {
    Fleet.agents(jdbc, 1, 25);
    Fleet.change(jdbc, 7, "business_id = 5, cloud_id = 3");
  }

  @Test
  void a_host_is_shown_with_what_it_belongs_to_and_runs() {
    jdbc.sql(
            """
            insert into business (id, name) values (5, 'five');
            insert into cloud (id, name) values (3, 'edge');
            update host set name = 'seven', set_ids = '{11,12}', module_ids = '{21}', login_ip = 'gate',
              port = 2222, account = 'ops', identity = '/keys/id', become = 'SUDO', agent_id = 'a7', ap_id = 1,
              install_channel_id = 4, profile = 'gse', inner_ipv6 = 'fe80::7', is_manual = true where id = 7;
            update process set status = 'RUNNING', version = '2.0' where host_id = 7;
            insert into process (host_id, kind, name, status, version) values
              (7, 'PLUGIN', 'processbeat', 'RUNNING', '1.1'), (7, 'PLUGIN', 'basereport', 'TERMINATED', '1.2')
            """)
        .update();
    JsonNode data =
        edge.post(PATH, "{\"conditions\":[{\"key\":\"bk_cloud_id\",\"value\":3}]}").isOk().data();
    assertThat(data.get("total").asInt()).isEqualTo(1);
    assertThat(data.get("list"))
        .hasToString(
            """
            [{"bk_host_id":7,"bk_biz_id":5,"bk_biz_name":"five","bk_cloud_id":3,"bk_cloud_name":"edge",\
            "inner_ip":"10.0.0.7","inner_ipv6":"fe80::7","bk_host_name":"seven","os_type":"LINUX",\
            "node_type":"AGENT","node_from":"NODE_MAN","bk_addressing":"static","bk_agent_id":"a7",\
            "is_manual":true,"install_channel_id":4,"ap_id":1,"bk_set_ids":[11,12],"bk_module_ids":[21],\
            "login_ip":"gate","port":2222,"account":"ops","become":"SUDO","profile":"gse","status":"RUNNING",\
            "version":"2.0","plugin_status":[{"name":"basereport","status":"TERMINATED","version":"1.2"},\
            {"name":"processbeat","status":"RUNNING","version":"1.1"}]}]""");
  }

  @Test
  void a_host_without_an_agent_or_names_is_shown_too() {
    jdbc.sql("delete from process where host_id = 7").update();
    JsonNode host =
        edge.post("/api/host/search", "{\"bk_biz_id\":[5]}").isOk().data().get("list").get(0);
    assertThat(host.get("bk_host_id").asInt()).isEqualTo(7);
    for (String absent :
        List.of("status", "version", "bk_biz_name", "bk_cloud_name", "port", "ap_id")) {
      assertThat(host.get(absent).isNull()).as(absent).isTrue();
    }
    assertThat(host.get("plugin_status")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 1 | 10",
        "{\"page\":3} | 21 | 25",
        "{\"page\":4} | 1 | 0",
        "{\"page\":9223372036854775807,\"pagesize\":1000} | 1 | 0",
        "{\"pagesize\":1000} | 1 | 25",
        "{\"page\":2,\"pagesize\":20} | 21 | 25",
        "{\"after\":18,\"pagesize\":5} | 19 | 23",
        "{\"after\":18,\"page\":2,\"pagesize\":5} | 24 | 25",
        "{\"after\":25} | 1 | 0"
      })
  void pages_are_in_the_order_of_ids(String body, long first, long last) {
    JsonNode data = edge.post(PATH, body).isOk().data();
    assertThat(data.get("total").asInt()).isEqualTo(25);
    assertThat(ids(data)).isEqualTo(LongStream.rangeClosed(first, last).boxed().toList());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"pagesize\":-1} | 分页大小(pagesize): 1.请填写 1 到 1000；GET /api/inventory/export 给出全部主机。 ",
        "{\"pagesize\":0} | 分页大小(pagesize): 1.请填写 1 到 1000；GET /api/inventory/export 给出全部主机。 ",
        "{\"pagesize\":1001} | 分页大小(pagesize): 1.请填写 1 到 1000；GET /api/inventory/export 给出全部主机。 ",
        "{\"page\":0} | 当前页数(page): 1.请确保该值大于或者等于 1。 ",
        "{\"after\":\"x\"} | 主机ID(after): 1.请填写合法的整数值。 "
      },
      ignoreLeadingAndTrailingWhitespace = false)
  void a_page_that_cannot_be_is_refused_with_the_remedy(String body, String message) {
    edge.post(PATH, body.strip()).isError(200, 3_800_001, message.stripLeading());
  }

  @Test
  void an_unknown_condition_is_refused_as_by_operate() {
    Edge.Answer answer = edge.post(PATH, "{\"conditions\":[{\"key\":\"nope\",\"value\":1}]}");
    assertThat(answer.json().get("code").asInt()).isEqualTo(3_800_001);
  }

  @Test
  void only_what_a_caller_may_see_is_found() {
    assertThat(ids(as(Set.of(5L), "{}"))).containsExactly(7L);
    assertThat(ids(as(Set.of(5L), "{\"bk_biz_id\":[2,5]}"))).containsExactly(7L);
    assertThat(as(Set.of(5L), "{\"bk_biz_id\":[2]}").get("total").asInt()).isZero();
    assertThat(as(Set.of(), "{}").get("total").asInt()).isZero();
  }

  private JsonNode as(Set<Long> businesses, String body) {
    Rights rights =
        new Rights(new Caller("reader", "desk"), Map.of(Role.VIEW, new Scope.Within(businesses)));
    return edge.send(
            HttpMethod.POST,
            PATH,
            r ->
                r.contentType("application/json")
                    .content(body)
                    .requestAttr(Edge.GivenRights.GIVEN, rights))
        .isOk()
        .data();
  }

  private static List<Long> ids(JsonNode data) {
    return data.get("list").values().stream().map(host -> host.get("bk_host_id").asLong()).toList();
  }
}
