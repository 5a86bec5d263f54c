package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.projection.ProgressRows;
import dev.muster.roster.Given;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The paths of the service bus (rest.md §2.1): answers as of the others, with a request id. */
@ExtendWith(TestDatabase.class)
class BusIT {

  private static final String BUS = "/api/c/compapi/v2/nodeman/api/job";

  private final Edge edge;
  private final ProgressRows progress;
  private final Given given;

  BusIT(DataSource database, ProgressRows progress, Given given) {
    this.edge = Edge.with(database);
    this.progress = progress;
    this.given = given;
    edge.operator().forget();
  }

  private long two() {
    long job = given.resolved(2);
    progress.show(job);
    return job;
  }

  @ParameterizedTest
  @ValueSource(strings = {BUS + "/details/", BUS + "/details", "/v2/nodeman/api/job/details/"})
  void details_are_of_the_job_in_the_body(String path) {
    long job = two();
    String body = "{\"job_id\":\"%d\",\"pagesize\":1}".formatted(job);
    JsonNode data = answered(edge.post(path, body));
    assertThat(data.get("job_id").asLong()).isEqualTo(job);
    assertThat(data.get("list").size()).isOne();
  }

  private static JsonNode answered(Edge.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.json().propertyNames())
        .containsExactly("result", "data", "code", "message", "request_id");
    assertThat(answer.json().get("result").asBoolean()).as(answer.text()).isTrue();
    assertThat(answer.json().get("request_id").asString()).matches("[0-9a-f]{32}");
    return answer.data();
  }

  @ParameterizedTest
  @ValueSource(strings = {BUS + "/log/", BUS + "/log", "/v2/nodeman/api/job/log"})
  void a_log_is_of_the_job_in_the_query(String path) {
    String query = "?job_id=" + two() + "&instance_id=host%7Cinstance%7Chost%7C2";
    assertThat(answered(edge.get(path + query)).size()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {BUS + "/operate/", BUS + "/operate", "/v2/nodeman/api/job/operate/"})
  void a_job_is_operated(String path) {
    String body = "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1]}";
    assertThat(answered(edge.post(path, body)).get("job_id").asLong()).isEqualTo(7);
    assertThat(edge.operator().asked()).isPresent();
  }

  @Test
  void an_error_has_a_request_id_too_and_every_answer_another() {
    JsonNode first = edge.post(BUS + "/details/", "{\"page\":\"x\"}").json();
    assertThat(first.propertyNames())
        .containsExactly("result", "code", "data", "message", "errors", "request_id");
    assertThat(first.get("message").asString())
        .isEqualTo("任务ID(job_id): 1.该字段是必填项。 当前页数(page): 1.请填写合法的整数值。 （3800001）");
    JsonNode second = edge.get(BUS + "/log/").json();
    assertThat(second.get("message").asString())
        .isEqualTo("任务ID(job_id): 1.该字段是必填项。 任务实例ID(instance_id): 1.该字段是必填项。 （3800001）");
    assertThat(second.get("request_id")).isNotEqualTo(first.get("request_id"));
  }
}
