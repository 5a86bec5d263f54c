package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  @ValueSource(strings = {"application/json", "text/plain", "application/x-www-form-urlencoded"})
  void any_other_type_is_refused_and_those_that_are_taken_named(String type) {
    Edge.Answer answer = edge.post(PATH, type, "{\"bk_host_id\":1,\"bk_biz_id\":2}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("code").asInt()).isEqualTo(3_800_415);
    assertThat(answer.json().get("message").asString())
        .contains("application/x-ndjson", "text/csv");
    assertThat(jdbc.sql("select count(*) from host").query(Integer.class).single()).isZero();
  }
}
