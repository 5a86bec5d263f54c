package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.http.Edge.Answer;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.Hold.Area;
import dev.muster.job.Scope;
import dev.muster.job.Verb.Mode;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;

/** The emergency stop, as it is asked for. */
class HoldHttpTest {

  private static final String PATH = "/api/hold/";
  private static final String NOT_PERMITTED = "您没有执行该操作的权限。";
  private static final Caller HAN = new Caller("han", "sops");

  private final Edge edge = Edge.withoutDatabase();

  private static Rights of(Map<Role, Scope> scopes) {
    return new Rights(HAN, scopes);
  }

  private static final Scope TWO = new Scope.Within(Set.of(2L));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"scope\":\"all\"} | Everything[] | DRAIN | ''",
        "{\"scope\":\"all\",\"mode\":\"kill\",\"why\":\"fire\"} | Everything[] | KILL | fire",
        "{\"bk_biz_id\":2,\"mode\":\"drain\"} | Business[id=2] | DRAIN | ''",
        "{\"bk_biz_id\":\"2\"} | Business[id=2] | DRAIN | ''",
        "{\"bk_cloud_id\":0} | Cloud[id=0] | DRAIN | ''"
      })
  void an_area_is_held_as_it_was_asked_for(String body, String area, Mode mode, String why) {
    assertThat(edge.post(PATH, body).isOk().data()).hasToString("{\"id\":9}");
    Hold held = edge.operator().held().orElseThrow();
    assertThat(held.area()).hasToString(area);
    assertThat(held.mode()).isEqualTo(mode);
    assertThat(held.why()).isEqualTo(why);
    assertThat(held.by()).isEqualTo(new Caller("admin", "bk_nodeman"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 请填写 scope（all）、bk_biz_id、bk_cloud_id 三者之一",
        "{\"scope\":\"all\",\"bk_biz_id\":2} | 请填写 scope（all）、bk_biz_id、bk_cloud_id 三者之一",
        "{\"bk_cloud_id\":1,\"bk_biz_id\":2} | 请填写 scope（all）、bk_biz_id、bk_cloud_id 三者之一",
        "{\"scope\":\"some\"} | '范围(scope): 1.“some” 不是合法选项。 '",
        "{\"bk_biz_id\":\"two\"} | '业务ID(bk_biz_id): 1.请填写合法的整数值。 '",
        "{\"bk_biz_id\":null} | '业务ID(bk_biz_id): 1.该字段不能为 null。 '",
        "{\"scope\":\"all\",\"mode\":\"gently\"} | '停止方式(mode): 1.“gently” 不是合法选项。 '"
      })
  void an_area_that_is_not_clear_is_refused_and_nothing_held(String body, String why) {
    edge.post(PATH, body).isError(200, 3_800_001, why);
    assertThat(edge.operator().held()).isEmpty();
  }

  @Test
  void what_the_inventory_does_not_know_is_named() {
    edge.operator().answers(new Hold.Answer.NoSuchArea());
    edge.post(PATH, "{\"bk_biz_id\":77}")
        .isError(200, 3_800_001, "业务ID(bk_biz_id): 清单中没有业务 77；请核对");
    edge.post(PATH, "{\"bk_cloud_id\":77}")
        .isError(200, 3_800_001, "管控区域ID(bk_cloud_id): 清单中没有管控区域 77；请核对");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"scope\":\"all\"} | CONTROL | all",
        "{\"bk_cloud_id\":1} | CONTROL | all",
        "{\"scope\":\"all\"} | ADMIN | 2",
        "{\"bk_cloud_id\":1} | ADMIN | 2",
        "{\"bk_biz_id\":3} | ADMIN | 2",
        "{\"bk_biz_id\":3} | CONTROL | 2",
      })
  void who_may_not_hold_an_area_holds_nothing(String body, Role role, String where) {
    Scope scope = where.equals("all") ? Scope.everywhere() : TWO;
    edge.as(of(Map.of(role, scope)), HttpMethod.POST, PATH, body)
        .isError(200, 3_800_403, NOT_PERMITTED);
    assertThat(edge.operator().held()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"CONTROL", "ADMIN"})
  void a_business_is_held_by_who_controls_it(Role role) {
    edge.as(of(Map.of(role, TWO)), HttpMethod.POST, PATH, "{\"bk_biz_id\":2}").isOk();
    assertThat(edge.operator().held()).isPresent();
  }

  // ---- lifted and listed ----

  private static Hold hold(long id, Area area) {
    return new Hold(id, area, Mode.KILL, "fire", HAN, Instant.parse("2026-11-23T12:00:00Z"));
  }

  private void threeInForce() {
    edge.operator()
        .holds(
            List.of(
                hold(1, new Area.Everything()),
                hold(2, new Area.Business(2)),
                hold(3, new Area.Business(3)),
                hold(4, new Area.Cloud(0))));
  }

  @Test
  void a_hold_is_lifted_by_its_number_with_or_without_a_body() {
    threeInForce();
    assertThat(edge.post("/api/hold/1/lift/", "{}").isOk().data()).hasToString("{\"id\":1}");
    assertThat(edge.operator().lifted()).isEqualTo(OptionalLong.of(1));
    edge.post("/api/hold/2/lift", "").isOk();
    assertThat(edge.operator().lifted()).isEqualTo(OptionalLong.of(2));
  }

  @Test
  void a_hold_that_is_not_there_is_named() {
    edge.post("/api/hold/404/lift/", "{}")
        .isError(200, 3_800_001, "没有编号为 404 的急停；GET /api/hold/ 列出生效中的急停");
    assertThat(edge.operator().lifted()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"1, 403", "2, ok", "3, none", "4, 403"})
  void who_controls_one_business_lifts_what_is_held_there(long id, String expected) {
    threeInForce();
    Rights rights = of(Map.of(Role.CONTROL, TWO, Role.VIEW, TWO));
    Answer answer = edge.as(rights, HttpMethod.POST, "/api/hold/%d/lift/".formatted(id), "{}");
    switch (expected) {
      case "ok" -> answer.isOk();
      case "403" -> answer.isError(200, 3_800_403, NOT_PERMITTED);
      default -> answer.isError(200, 3_800_001, "没有编号为 3 的急停；GET /api/hold/ 列出生效中的急停");
    }
    assertThat(edge.operator().lifted().isPresent()).isEqualTo(expected.equals("ok"));
  }

  @Test
  void everybody_sees_what_holds_everybody_and_their_own_businesses() {
    threeInForce();
    Answer seen = edge.as(of(Map.of(Role.VIEW, TWO)), HttpMethod.GET, PATH, "");
    assertThat(seen.isOk().data().valueStream().map(hold -> hold.get("id").asInt()))
        .containsExactly(1, 2, 4);
    assertThat(seen.data().get(1))
        .hasToString(
            "{\"id\":2,\"scope\":null,\"bk_biz_id\":2,\"bk_cloud_id\":null,\"mode\":\"kill\","
                + "\"why\":\"fire\",\"caller\":\"han\",\"app\":\"sops\",\"since\":\"%s\"}"
                    .formatted(JobJson.time(Instant.parse("2026-11-23T12:00:00Z"))));
    assertThat(seen.data().get(0).get("scope").asString()).isEqualTo("all");
    assertThat(seen.data().get(2).get("bk_cloud_id").asInt()).isZero();
    assertThat(edge.get("/api/hold").isOk().data()).hasSize(4);
  }
}
