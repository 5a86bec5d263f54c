package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Scope;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was exported can be imported again. */
@ExtendWith(TestDatabase.class)
class ExportIT {

  private static final String PATH = "/api/inventory/export";

  private static final String INVENTORY =
      """
      {"kind":"business","bk_biz_id":2,"bk_biz_name":"蓝鲸 \\"two\\""}
      {"kind":"business","bk_biz_id":5,"bk_biz_name":"five"}
      {"kind":"cloud","bk_cloud_id":0,"bk_cloud_name":"default"}
      {"kind":"access_point","ap_id":1,"ap_name":"point"}
      {"kind":"install_channel","install_channel_id":4,"bk_cloud_id":3,"install_channel_name":"jump"}
      {"kind":"set","bk_set_id":11,"bk_biz_id":2,"bk_set_name":"set"}
      {"kind":"set","bk_set_id":12,"bk_biz_id":5,"bk_set_name":"other"}
      {"kind":"module","bk_module_id":21,"bk_biz_id":2,"bk_set_id":11,"bk_module_name":"module"}
      {"kind":"module","bk_module_id":22,"bk_biz_id":5,"bk_module_name":"other"}
      {"kind":"host","bk_host_id":1,"bk_biz_id":2,"bk_cloud_id":3,"inner_ip":"10.0.0.1","inner_ipv6":"fe80::1","bk_host_name":"tab\\tand \\\\","os_type":"LINUX","node_type":"PAGENT","node_from":"CMDB","bk_addressing":"dynamic","bk_agent_id":"a1","is_manual":true,"install_channel_id":4,"ap_id":1,"bk_set_ids":[11],"bk_module_ids":[21,23],"login_ip":"bastion.example","port":2222,"account":"ops","identity":"/keys/id","host_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyV0dp2xE3sYk1dD2f7WkXnXcQm0h3jv0m0v8y3bqzL","become":"SUDO","profile":"systemd:nginx"}
      {"kind":"host","bk_host_id":2,"bk_biz_id":5,"bk_cloud_id":0,"node_type":"AGENT","node_from":"NODE_MAN","bk_addressing":"static","is_manual":false,"bk_set_ids":[],"bk_module_ids":[],"become":"NONE"}
      {"kind":"process","bk_host_id":1,"proc_type":"AGENT","name":"gse_agent","status":"RUNNING","version":"2.0","source_id":"s"}
      {"kind":"process","bk_host_id":2,"proc_type":"PLUGIN","name":"basereport","status":"UNKNOWN"}
      """;

  private final Edge edge;
  private final JdbcClient jdbc;

  ExportIT(DataSource database, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
  }

  private void given(String lines) {
    assertThat(
            edge.post("/api/inventory/import", "application/x-ndjson", lines)
                .isOk()
                .data()
                .get("rejected"))
        .isEmpty();
  }

  @Test
  void an_export_imported_into_an_empty_inventory_is_exported_alike() {
    given(INVENTORY);
    String first = edge.get(PATH).text();
    assertThat(plain(first)).isEqualTo(INVENTORY);
    jdbc.sql(
            "truncate business, cloud, access_point, install_channel, host_set, host_module, host, process")
        .update();
    assertThat(edge.get(PATH + "/").text()).isEmpty();
    given(first);
    assertThat(edge.get(PATH).text()).isEqualTo(first);
  }

  @Test
  void more_rows_than_are_fetched_at_once_are_all_exported() {
    jdbc.sql("insert into host (id, business_id) select i, 2 from generate_series(1, 5001) i")
        .update();
    assertThat(edge.get(PATH).text().lines()).hasSize(5_001);
  }

  @Test
  void businesses_can_be_asked_for() {
    given(INVENTORY);
    assertThat(plain(edge.get(PATH + "?bk_biz_id=5").text()))
        .isEqualTo(
            INVENTORY
                .lines()
                .filter(
                    line ->
                        !line.contains("\"bk_biz_id\":2")
                            && !line.contains("\"process\",\"bk_host_id\":1"))
                .reduce("", (all, line) -> all + line + "\n"));
    assertThat(edge.get(PATH + "?bk_biz_id=5&bk_biz_id=2").text()).isEqualTo(edge.get(PATH).text());
  }

  @Test
  void a_caller_gets_what_they_may_see() {
    given(INVENTORY);
    assertThat(as(Set.of(5L), "").text()).isEqualTo(edge.get(PATH + "?bk_biz_id=5").text());
    assertThat(as(Set.of(5L), "?bk_biz_id=2").text()).doesNotContain("\"host\"", "\"process\"");
    as(Set.of(), "").isError(200, 3_800_403, "您没有执行该操作的权限。");
  }

  @Test
  void without_a_database_nothing_is_begun() {
    Edge.withoutDatabase().get(PATH).isError(503, 3_800_503, "数据库没有响应；没有执行任何操作，请重试");
  }

  private Edge.Answer as(Set<Long> businesses, String query) {
    Rights rights =
        new Rights(new Caller("reader", "desk"), Map.of(Role.VIEW, new Scope.Within(businesses)));
    return edge.send(
        HttpMethod.GET, PATH + query, r -> r.requestAttr(Edge.GivenRights.GIVEN, rights));
  }

  /** PostgreSQL sets blanks beside colons and commas; here none stands inside a value so. */
  private static String plain(String lines) {
    return lines.replace("\" : ", "\":").replace(", \"", ",\"").replace(", ", ",");
  }
}
