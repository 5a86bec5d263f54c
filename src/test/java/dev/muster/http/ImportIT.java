package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Scope;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Hosts are taken in over HTTP (design, section 9). */
@ExtendWith(TestDatabase.class)
class ImportIT {

  private static final String PATH = "/api/inventory/import";

  private final Edge edge;
  private final JdbcClient jdbc;

  ImportIT(DataSource database, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
  }

  @Test
  void lines_of_json_are_imported_and_bad_ones_told_by_number() {
    JsonNode data =
        edge.post(
                PATH,
                "application/x-ndjson",
                """
                {"bk_host_id":1,"bk_biz_id":2,"bk_host_name":"蓝鲸"}
                {"bk_host_id":"one","bk_biz_id":2}
                """)
            .isOk()
            .data();
    assertThat(data)
        .hasToString(
            "{\"imported\":{\"host\":1},\"rejected_count\":1,\"rejected\":[%s]}"
                .formatted(data.get("rejected").get(0)));
    assertThat(data.get("rejected").get(0).get("line").asInt()).isEqualTo(2);
    assertThat(data.get("rejected").get(0).get("why").asString())
        .isEqualTo("bk_host_id: one is not a whole number above 0");
    assertThat(jdbc.sql("select name from host").query(String.class).list()).containsExactly("蓝鲸");
  }

  @Test
  void csv_is_imported() {
    JsonNode data =
        edge.post(PATH + "/", "text/csv;charset=utf-8", "bk_host_id,bk_biz_id\n1,2\n2,2\n")
            .isOk()
            .data();
    assertThat(data)
        .hasToString("{\"imported\":{\"host\":2},\"rejected_count\":0,\"rejected\":[]}");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "text/x-ini | web-1 ansible_host=192.0.2.1",
        "text/x-ini;charset=utf-8 | web-1 ansible_host=192.0.2.1",
        "application/yaml | all: {hosts: {web-1: {ansible_host: 192.0.2.1}}}",
        "application/x-yaml | all: {hosts: {web-1: {ansible_host: 192.0.2.1}}}"
      })
  void an_ansible_inventory_is_imported_into_the_business_of_the_query(String type, String body) {
    JsonNode data = edge.post(PATH + "?bk_biz_id=7", type, body).isOk().data();
    assertThat(data)
        .hasToString("{\"imported\":{\"host\":1},\"rejected_count\":0,\"rejected\":[]}");
    assertThat(
            jdbc.sql("select id || ' ' || business_id || ' ' || name || ' ' || login_ip from host")
                .query(String.class)
                .list())
        .containsExactly("1 7 web-1 192.0.2.1");
  }

  @Test
  void a_business_that_is_none_is_named() {
    edge.post(PATH + "?bk_biz_id=0", "text/x-ini", "a")
        .isError(200, 3_800_001, "bk_biz_id: 0 不是大于 0 的整数");
    edge.post(PATH + "?bk_biz_id=x", "text/x-ini", "a")
        .isError(200, 3_800_001, "bk_biz_id: x 不是整数");
  }

  @Test
  void only_an_administrator_of_every_business_imports() {
    edge.send(
            HttpMethod.POST,
            PATH,
            r ->
                r.contentType("application/x-ndjson")
                    .content("{\"bk_host_id\":1,\"bk_biz_id\":2}")
                    .requestAttr(
                        Edge.GivenRights.GIVEN,
                        new Rights(
                            new Caller("ops", "desk"),
                            Map.of(Role.ADMIN, new Scope.Within(Set.of(2L))))))
        .isError(200, 3_800_403, "导入需要在所有业务上拥有 ADMIN 角色，请联系管理员");
    assertThat(jdbc.sql("select count(*) from host").query(Integer.class).single()).isZero();
  }

  @Test
  void text_is_read_in_the_charset_that_the_client_names() {
    byte[] line =
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"bk_host_name\":\"蓝鲸\"}"
            .getBytes(Charset.forName("GBK"));
    edge.send(
            HttpMethod.POST,
            PATH,
            r -> r.contentType("application/x-ndjson;charset=gbk").content(line))
        .isOk();
    assertThat(jdbc.sql("select name from host").query(String.class).list()).containsExactly("蓝鲸");
    JsonNode data =
        edge.send(HttpMethod.POST, PATH, r -> r.contentType("application/x-ndjson").content(line))
            .isOk()
            .data();
    assertThat(data.get("rejected_count").asInt()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"application/json", "text/html", "application/x-www-form-urlencoded"})
  void any_other_type_is_refused_and_those_that_are_taken_named(String type) {
    Edge.Answer answer = edge.post(PATH, type, "{\"bk_host_id\":1,\"bk_biz_id\":2}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("code").asInt()).isEqualTo(3_800_415);
    assertThat(answer.json().get("message").asString())
        .contains("application/x-ndjson", "text/csv");
    assertThat(jdbc.sql("select count(*) from host").query(Integer.class).single()).isZero();
  }
}
