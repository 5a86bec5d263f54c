package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.http.Edge.Answer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;

/** Whatever goes wrong is told in the envelope of the contract (rest.md §1). */
class ErrorsHttpTest {

  private static final String OPERATE = "/api/job/operate/";
  private static final String GOOD = "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1]}";
  private static final String NO_DATABASE = "数据库没有响应；没有执行任何操作，请重试";

  private final Edge edge = Edge.withoutDatabase();

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "{",
        "{\"job_type\":",
        "{'job_type':'RESTART_AGENT'}",
        "{\"job_type\":\"RESTART_AGENT\",}",
        "job_type=RESTART_AGENT",
        "{\"a\":NaN}",
        "{\"a\":\"\n\"}",
        "{\"a\":01}",
        "<job/>"
      })
  void what_is_not_json_is_told_as_the_existing_service_tells_it(String body) {
    Answer answer = edge.post(OPERATE, body);
    assertThat(answer.json().get("code").asInt()).isEqualTo(3_800_400);
    assertThat(answer.json().get("message").asString())
        .startsWith("JSON parse error - ")
        .endsWith("（3800400）")
        .doesNotContain("\n", "Exception");
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | list",
        "\"text\" | str",
        "1 | int",
        "1.5 | float",
        "true | bool",
        "null | NoneType"
      })
  void a_body_that_is_no_object_is_refused_with_its_type(String body, String type) {
    edge.post(OPERATE, body).isError(200, 3_800_001, "请求体必须是一个 JSON 对象，得到的类型是“" + type + "”");
  }

  @Test
  void fifty_levels_of_nesting_are_read_and_a_thousand_are_refused() {
    String field = ",\"x\":%s%s}";
    edge.post(OPERATE, GOOD.replace("}", field.formatted("[".repeat(49), "]".repeat(49)))).isOk();
    Answer deep =
        edge.post(
            OPERATE, GOOD.replace("}", field.formatted("[".repeat(100_000), "]".repeat(100_000))));
    assertThat(deep.json().get("code").asInt()).isEqualTo(3_800_400);
    assertThat(deep.text()).hasSizeLessThan(1_000);
  }

  @Test
  void a_body_of_ten_megabytes_is_read_and_a_larger_one_refused() {
    int room = 10 * 1024 * 1024 - GOOD.length();
    edge.post(OPERATE, GOOD + " ".repeat(room)).isOk();
    edge.operator().forget();
    edge.post(OPERATE, GOOD + " ".repeat(room + 1))
        .isError(413, 3_800_413, "请求体超过 10 MB；请使用 conditions 代替主机ID列表");
    assertThat(edge.operator().asked()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "application/x-www-form-urlencoded",
        "text/plain",
        "text/plain;charset=UTF-8",
        "multipart/form-data;boundary=x",
        "application/xml",
        "nonsense"
      })
  void only_json_is_taken_for_a_page_could_post_the_rest(String type) {
    edge.post(OPERATE, type, GOOD)
        .isError(200, 3_800_415, "Content-Type 为 " + type + "；请使用 application/json");
    assertThat(edge.operator().asked()).isEmpty();
  }

  @Test
  void json_must_be_called_json() {
    Answer untyped = edge.send(HttpMethod.POST, OPERATE, r -> r.content(GOOD));
    untyped.isError(200, 3_800_415, "Content-Type 为 空；请使用 application/json");
    edge.post(OPERATE, "application/json; charset=utf-8", GOOD).isOk();
    edge.post(OPERATE, "APPLICATION/JSON", GOOD).isOk();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/html", "text/plain", "application/xml", "nonsense"})
  void an_answer_is_json_whatever_the_client_accepts(String accept) {
    edge.send(
            HttpMethod.POST,
            OPERATE,
            r -> r.header("Accept", accept).contentType("application/json").content(GOOD))
        .isOk();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/nowhere",
        "/api",
        "/api/job/",
        "/api/job/7",
        "/api/job/7/",
        "/api/job/7/explode/",
        "/api/job/operate/now",
        "/application.yaml",
        "/WEB-INF/web.xml"
      })
  void an_unknown_address_is_told_in_the_envelope(String path) {
    edge.get(path).isError(404, 3_800_404, path + " 不存在");
  }

  @Test
  void an_unknown_address_is_unknown_for_posts_too() {
    edge.post("/api/job/7/explode/", "{}").isError(404, 3_800_404, "/api/job/7/explode/ 不存在");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "GET, /api/job/operate/",
    "PUT, /api/job/operate/",
    "DELETE, /api/job/operate/",
    "GET, /api/job/7/revoke/",
    "GET, /api/job/7/details/",
    "POST, /api/job/7/log/",
    "GET, /api/inventory/import"
  })
  void a_wrong_method_is_told_as_the_existing_service_tells_it(String method, String path) {
    edge.send(HttpMethod.valueOf(method), path, r -> r)
        .isError(200, 3_800_405, "方法 “" + method + "” 不被允许。");
  }

  static Stream<Arguments> asked_of_the_database() {
    return Stream.of(
        Arguments.of("POST", "/api/job/7/details/", "application/json"),
        Arguments.of(
            "GET", "/api/job/7/log/?instance_id=host%7Cinstance%7Chost%7C1", "application/json"),
        Arguments.of("GET", "/api/job/7/summary", "application/json"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("asked_of_the_database")
  void a_database_that_does_not_answer_is_said_to_be_away(String method, String path, String type) {
    edge.send(HttpMethod.valueOf(method), path, r -> r.contentType(type))
        .isError(503, 3_800_503, NO_DATABASE);
  }

  @Test
  void a_verb_that_meets_no_database_has_done_nothing() {
    edge.operator().fails(new DataAccessResourceFailureException("connection refused: secret"));
    edge.post(OPERATE, GOOD).isError(503, 3_800_503, NO_DATABASE);
    edge.operator().fails(new CannotCreateTransactionException("connection refused: secret"));
    edge.post("/api/job/7/revoke/", "").isError(503, 3_800_503, NO_DATABASE);
    edge.operator().fails(new QueryTimeoutException("canceled: secret"));
    edge.post(OPERATE, GOOD).isError(503, 3_800_503, NO_DATABASE);
  }

  @Test
  void a_commit_that_was_not_answered_may_have_been_done() {
    edge.operator().fails(new TransactionSystemException("no answer: secret"));
    edge.post(OPERATE, GOOD).isError(503, 3_800_503, "数据库在提交时没有响应；可能已执行，请查询后再重试");
  }

  static Stream<RuntimeException> faults_of_ours() {
    return Stream.of(
        new IllegalStateException("insides: dev.muster.Secret"),
        new NullPointerException(),
        new DataIntegrityViolationException("insides: a value too long"),
        new BadSqlGrammarException("insides", "select", new java.sql.SQLException("insides")),
        new RuntimeException("wrapped", new java.io.IOException("insides")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults_of_ours")
  void a_fault_of_ours_is_told_without_our_insides(RuntimeException fault) {
    edge.operator().fails(fault);
    Answer answer = edge.post(OPERATE, GOOD);
    answer.isError(200, 3_800_500, "系统错误，请联系管理员");
    assertThat(answer.text()).doesNotContain("insides");
  }

  @Test
  void a_log_is_of_an_instance_that_must_be_named() {
    edge.get("/api/job/7/log/").isError(200, 3_800_001, "任务实例ID(instance_id): 1.该字段是必填项。 ");
  }

  @Test
  void a_job_number_must_be_a_number() {
    edge.post("/api/job/x/details/", "").isError(200, 3_800_001, "id: x 不是整数");
    edge.get("/api/job/1e9/summary").isError(200, 3_800_001, "id: 1e9 不是整数");
  }
}
