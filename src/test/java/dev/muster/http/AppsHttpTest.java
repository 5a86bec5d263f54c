package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.muster.job.Caller;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Systems that ask as at the gateway of the existing service (rest.md §2). */
class AppsHttpTest {

  private static final String SECRET = "a-secret-of-sops";
  private static final String NO_CODE = "APP Code [bk_app_code] cannot be empty";
  private static final String NO_SECRET = "APP Secret [bk_app_secret] cannot be empty";
  private static final String WRONG =
      "APP Secret verification failed, please confirm if the APP Secret and APP Code [bk_app_code=sops] match";
  private static final String NO_USER =
      "User authentication failed, please provide a valid user identity, such as bk_token, bk_username";

  private static final List<String> VERIFIED = new CopyOnWriteArrayList<>();

  @TempDir private static Path files;

  private static HttpServer centre;
  private static Map<String, String> settings;
  private static Guarded edge;

  @BeforeAll
  static void start() {
    centre = Guarded.server();
    centre.createContext(
        "/verify",
        exchange -> {
          JsonNode asked = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
          String token = asked.path("bk_token").asString();
          VERIFIED.add(token);
          String answer =
              switch (token) {
                case "token-of-han" -> "{\"bk_username\":\"han\"}";
                case "token-of-lee" -> "{\"result\":true,\"data\":{\"bk_username\":\"lee\"}}";
                case "token-of-nobody" -> "{\"bk_username\":\"\"}";
                case "expired" -> "{\"result\":false,\"data\":{\"bk_username\":\"han\"}}";
                default -> "no JSON";
              };
          byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(token.equals("forbidden") ? 403 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    Path apps =
        Guarded.write(
            files.resolve("apps.yaml"),
            """
            apps:
              - code: sops
                secrets: ["%s", "%s"]
                names_users: true
                roles: [OPERATE_AGENT, CONTROL]
              - code: portal
                secrets: ["%s"]
                roles: [OPERATE_AGENT]
              - code: viewer
                secrets: ["%s"]
                names_users: true
                roles: [VIEW]
            """
                .formatted(
                    Guarded.hash("the one before"),
                    Guarded.hash(SECRET),
                    Guarded.hash(SECRET),
                    Guarded.hash(SECRET)));
    Path bindings =
        Guarded.write(
            files.resolve("bindings.yaml"),
            """
            bindings:
              - {user: han, roles: [ADMIN], businesses: all}
              - {user: lee, roles: [OPERATE_AGENT], businesses: [2]}
            """);
    settings =
        Map.of(
            "apps",
            apps.toString(),
            "bindings",
            bindings.toString(),
            "token-verifier.url",
            Guarded.address(centre) + "/verify",
            "server.address",
            "0.0.0.0");
    edge = Guarded.start(settings);
  }

  @AfterAll
  static void stop() {
    edge.close();
    centre.stop(0);
  }

  @BeforeEach
  void forget() {
    edge.operator().forget();
    VERIFIED.clear();
  }

  private static Map<String, String> fields(String... namesAndValues) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static void refused(Guarded.Answer answer, int code, String message) {
    answer.isRefusedByGateway(code, message);
    assertThat(edge.operator().asked()).isEmpty();
  }

  private static Caller asked() {
    return edge.operator().asked().orElseThrow().caller();
  }

  @ParameterizedTest(name = "code {0}, secret {1}, token {2}, user {3}")
  @CsvSource(
      nullValues = "-",
      delimiter = '|',
      value = {
        "-    | -                | -               | -   | " + NO_CODE,
        "''   | a-secret-of-sops | -               | -   | " + NO_CODE,
        "-    | -                | token-of-han    | han | " + NO_CODE,
        "sops | -                | -               | han | " + NO_SECRET,
        "sops | ''               | -               | han | " + NO_SECRET,
        "sops | wrong            | -               | han | " + WRONG,
        "sops | wrong            | token-of-han    | -   | " + WRONG,
        "sops | a-secret-of-sops | -               | -   | " + NO_USER,
        "sops | a-secret-of-sops | expired         | -   | " + NO_USER,
        "sops | a-secret-of-sops | token-of-nobody | -   | " + NO_USER,
        "sops | a-secret-of-sops | unknown         | -   | " + NO_USER,
        "sops | a-secret-of-sops | forbidden       | -   | " + NO_USER,
        "sops | a-secret-of-sops | expired         | han | " + NO_USER,
        "portal | a-secret-of-sops | -             | han | " + NO_USER
      })
  void what_does_not_prove_who_asks_is_refused(
      String code, String secret, String token, String user, String message) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("bk_app_code", code);
    fields.put("bk_app_secret", secret);
    fields.put("bk_token", token);
    fields.put("bk_username", user);
    fields.values().removeIf(Objects::isNull);
    refused(edge.operate(fields), 1_306_000, message);
  }

  @Test
  void an_unknown_app_is_named() {
    refused(
        edge.operate(fields("bk_app_code", "cron", "bk_app_secret", SECRET, "bk_username", "han")),
        1_306_000,
        "Invalid APP Code [bk_app_code=cron], please confirm if the APP Code has been registered");
  }

  @Test
  void a_token_says_whose_it_is_and_is_asked_about_once() {
    for (int i = 0; i < 3; i++) {
      edge.operate(
              fields("bk_app_code", "portal", "bk_app_secret", SECRET, "bk_token", "token-of-lee"))
          .isOk();
      assertThat(asked()).isEqualTo(new Caller("lee", "portal"));
    }
    assertThat(VERIFIED).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void a_token_is_believed_before_a_name() {
    edge.operate(
            fields(
                "bk_app_code", "sops",
                "bk_app_secret", SECRET,
                "bk_token", "token-of-lee",
                "bk_username", "han"))
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("lee", "sops"));
  }

  @Test
  void a_white_listed_app_names_its_user() {
    edge.operate(fields("bk_app_code", "sops", "bk_app_secret", SECRET, "bk_username", "han"))
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("han", "sops"));
  }

  @Test
  void the_secret_before_is_good_while_it_is_being_replaced() {
    edge.operate(
            fields("bk_app_code", "sops", "bk_app_secret", "the one before", "bk_username", "han"))
        .isOk();
  }

  @Test
  void credentials_may_stand_in_the_query() {
    edge.post(
            "/api/job/operate/?bk_app_code=sops&bk_app_secret=a%2Dsecret-of-sops&bk_username=han",
            "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1]}")
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("han", "sops"));
  }

  @Test
  void credentials_may_stand_in_the_header() {
    edge.operate(
            Map.of(),
            "X-Bkapi-Authorization",
            "{\"bk_app_code\":\"sops\",\"bk_app_secret\":\"a-secret-of-sops\",\"bk_username\":\"han\"}")
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("han", "sops"));
  }

  @Test
  void a_header_that_is_no_object_proves_nothing() {
    refused(edge.operate(Map.of(), "X-Bkapi-Authorization", "sops"), 1_306_000, NO_CODE);
  }

  @Test
  void an_app_is_used_only_for_what_it_is_permitted() {
    refused(
        edge.operate(
            fields("bk_app_code", "viewer", "bk_app_secret", SECRET, "bk_username", "han")),
        1_306_403,
        "APP Code [bk_app_code=viewer] has no permission to use this API");
  }

  @Test
  void an_administrator_through_an_app_may_only_what_the_app_may() {
    edge.post(
            "/api/job/7/revoke/",
            "{\"bk_app_code\":\"portal\",\"bk_app_secret\":\"a-secret-of-sops\",\"bk_token\":\"token-of-han\"}")
        .isRefusedByGateway(
            1_306_403, "APP Code [bk_app_code=portal] has no permission to use this API");
    assertThat(edge.operator().stopped()).isEmpty();
  }

  @Test
  void a_user_without_a_role_is_refused() {
    edge.post(
            "/api/job/7/revoke/",
            "{\"bk_app_code\":\"sops\",\"bk_app_secret\":\"a-secret-of-sops\",\"bk_username\":\"kim\"}")
        .isError(200, 3_800_403, "您没有执行该操作的权限。");
    assertThat(edge.operator().stopped()).isEmpty();
  }

  @Test
  void may_listen_where_others_reach_it() {
    assertThat(edge.context().getEnvironment().getProperty("server.address")).isEqualTo("0.0.0.0");
    edge.operate(fields("bk_app_code", "sops", "bk_app_secret", SECRET, "bk_username", "han"))
        .isOk();
  }

  @Test
  void a_body_that_is_streamed_carries_no_credentials() {
    String line =
        "{\"kind\":\"business\",\"bk_app_code\":\"sops\",\"bk_app_secret\":\"a-secret-of-sops\",\"bk_username\":\"han\"}";
    edge.send(
            "/api/inventory/import",
            r ->
                r.header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString(line)))
        .isRefusedByGateway(1_306_000, NO_CODE);
  }

  @Test
  void a_body_that_is_too_large_to_be_read_proves_nothing() {
    String filler = "x".repeat(10 * 1024 * 1024);
    edge.operate(
            fields(
                "filler",
                filler,
                "bk_app_code",
                "sops",
                "bk_app_secret",
                SECRET,
                "bk_username",
                "han"))
        .isError(
            413, 3_800_413, "the request body is larger than 10 MB, and no header says who asks");
  }

  @Test
  void who_guesses_too_often_has_to_wait_while_others_at_the_address_go_on() {
    Map<String, String> right =
        fields("bk_app_code", "sops", "bk_app_secret", SECRET, "bk_username", "han");
    try (Guarded other = Guarded.start(settings)) {
      other.operate(right).isOk();
      Guarded.Answer last = other.operate(Map.of());
      for (int i = 0; i < 21; i++) {
        last = other.operate(fields("bk_app_code", "cron", "bk_app_secret", "guess " + i));
      }
      assertThat(last.status()).as(last.text()).isEqualTo(429);
      assertThat(last.header("Retry-After")).matches("[1-9][0-9]?");
      other.operate(right).isOk();
    }
  }
}
