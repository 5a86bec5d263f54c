package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Outcome;
import dev.muster.job.Reason;
import dev.muster.job.Scope;
import dev.muster.roster.Claim;
import dev.muster.roster.Given;
import dev.muster.roster.Instances;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import tools.jackson.databind.JsonNode;

/** Failures that are alike, as they are asked for. */
@ExtendWith(TestDatabase.class)
class FailuresIT {

  private final Edge edge;
  private final Given given;
  private final Instances instances;

  FailuresIT(DataSource database, Given given, Instances instances) {
    this.edge = Edge.with(database);
    this.given = given;
    this.instances = instances;
  }

  /** Two hosts whose command failed alike, and one of which nothing became yet. */
  private long job() {
    long job = given.resolved(3);
    for (int ordinal : new int[] {0, 1}) {
      Claim.Granted granted = (Claim.Granted) instances.claim(job, ordinal);
      instances.finish(
          granted.grant(),
          0,
          new Outcome.Failed(Reason.EXIT_CODE, "exit code 7: pid %d is gone".formatted(ordinal)));
    }
    return job;
  }

  @Test
  void a_group_says_what_it_means_what_to_do_and_where() {
    JsonNode data = edge.get("/api/job/" + job() + "/failures/").isOk().data();
    assertThat(data.propertyNames()).containsExactly("total", "hosts", "list");
    assertThat(data.get("total").asInt()).isEqualTo(1);
    assertThat(data.get("hosts").asInt()).isEqualTo(2);
    assertThat(data.get("list").size()).isOne();
    JsonNode group = data.get("list").get(0);
    assertThat(group.propertyNames())
        .containsExactly(
            "fingerprint",
            "reason",
            "reason_display",
            "hint",
            "counts_as_failure",
            "step",
            "count",
            "first_seen",
            "last_seen",
            "sample",
            "hosts");
    assertThat(group.get("fingerprint").asString()).matches("EXIT_CODE-[0-9a-f]{12}");
    assertThat(group.get("reason").asString()).isEqualTo("EXIT_CODE");
    assertThat(group.get("reason_display").asString()).isEqualTo("命令执行失败。");
    assertThat(group.get("hint").asString()).isEqualTo("请查看该步骤的日志。");
    assertThat(group.get("counts_as_failure").asBoolean()).isTrue();
    assertThat(group.get("step").asString()).isEqualTo("重启");
    assertThat(group.get("count").asInt()).isEqualTo(2);
    assertThat(group.get("first_seen").asString())
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d[+-]\\d{4}");
    assertThat(group.get("sample").asString()).isEqualTo("exit code 7: pid 0 is gone");
    assertThat(group.get("hosts").asString()).isEqualTo("10.0.0.[1-2]");
  }

  @Test
  void english_is_spoken_when_it_is_asked_for_and_the_last_slash_may_be_missing() {
    JsonNode group =
        edge.send(
                HttpMethod.GET,
                "/api/job/" + job() + "/failures",
                r -> r.header("blueking-language", "en"))
            .isOk()
            .data()
            .get("list")
            .get(0);
    assertThat(group.get("reason_display").asString()).isEqualTo("The command failed.");
    assertThat(group.get("hint").asString()).isEqualTo("See the log of the step.");
    assertThat(group.get("step").asString()).isEqualTo("Restart");
  }

  @Test
  void a_job_of_which_nothing_failed_has_no_groups() {
    assertThat(edge.get("/api/job/" + given.resolved(2) + "/failures/").isOk().data())
        .hasToString("{\"total\":0,\"hosts\":0,\"list\":[]}");
  }

  @ParameterizedTest(name = "{0} who may view {1}: {2}")
  @CsvSource({"han, 2, 0", "han, 3, 3801012", "admin, 3, 9900403"})
  void failures_are_told_to_whoever_may_view_the_job(String user, long business, String code) {
    Rights rights =
        new Rights(new Caller(user, "sops"), Map.of(Role.VIEW, new Scope.Within(Set.of(business))));
    Edge.Answer answer = edge.as(rights, HttpMethod.GET, "/api/job/" + job() + "/failures/", "");
    assertThat(answer.json().get("code").asString()).isEqualTo(code);
    assertThat(answer.text().contains("EXIT_CODE")).isEqualTo(code.equals("0"));
  }

  @Test
  void a_job_that_does_not_exist_is_named() {
    edge.get("/api/job/99/failures/").isError(200, 3_801_012, "不存在ID为99的任务");
  }
}
