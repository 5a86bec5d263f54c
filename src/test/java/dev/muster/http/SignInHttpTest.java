package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.http.Guarded.Answer;
import dev.muster.job.Caller;
import dev.muster.security.Users;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.scheduling.annotation.Scheduled;
import tools.jackson.databind.json.JsonMapper;

/** People who sign in on the page, and those who have not. */
class SignInHttpTest {

  private static final String PASSWORD = "correct horse";
  private static final String[] OUR_SCRIPT = {"Sec-Fetch-Site", "same-origin"};

  @TempDir private Path files;

  private Guarded edge;

  @BeforeEach
  void start() {
    edge = Guarded.start(settings());
  }

  private Map<String, String> settings() {
    Guarded.write(
        files.resolve("users.yaml"),
        """
        users:
          - {name: han, password: "%s", groups: [sre]}
          - {name: lee, password: "%s"}
        """
            .formatted(Guarded.hash(PASSWORD), Guarded.hash(PASSWORD)));
    Path bindings =
        Guarded.write(
            files.resolve("bindings.yaml"),
            "bindings: [{group: sre, roles: [OPERATE_AGENT], businesses: all}]\n");
    return new HashMap<>(
        Map.of("users", files.resolve("users.yaml").toString(), "bindings", bindings.toString()));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  private Answer signIn(String user, String password, String... headers) {
    return edge.post(
        "/api/sign-in",
        JsonMapper.shared().writeValueAsString(Map.of("user", user, "password", password)),
        headers);
  }

  private static String cookie(Answer answer) {
    return answer.header("Set-Cookie").replaceAll(";.*", "");
  }

  private Answer operate(String cookie, String... more) {
    String[] headers = new String[more.length + 2];
    headers[0] = "Cookie";
    headers[1] = cookie;
    System.arraycopy(more, 0, headers, 2, more.length);
    return edge.operate(Map.of(), headers);
  }

  @Test
  void whoever_signs_in_asks_by_their_name_and_with_the_rights_of_their_groups() {
    Answer done = signIn("han", PASSWORD).isOk();
    assertThat(done.text()).contains("\"user\":\"han\"");
    operate(cookie(done), OUR_SCRIPT).isOk();
    assertThat(edge.operator().asked().orElseThrow().caller())
        .isEqualTo(new Caller("han", "bk_nodeman"));
  }

  @Test
  void the_cookie_is_out_of_reach_of_scripts_and_foreign_sites() {
    String cookie = signIn("han", PASSWORD).header("Set-Cookie");
    assertThat(cookie).startsWith("muster_session=").contains("HttpOnly", "SameSite=Lax", "Path=/");
    assertThat(cookie).doesNotContain("Secure");
  }

  @Test
  void over_https_the_cookie_never_travels_without_it() {
    Map<String, String> settings = settings();
    settings.put("muster.public-url", "https://muster.example");
    try (Guarded other = Guarded.start(settings)) {
      assertThat(
              other
                  .post("/api/sign-in", "{\"user\":\"han\",\"password\":\"correct horse\"}")
                  .isOk()
                  .header("Set-Cookie"))
          .contains("Secure", "HttpOnly", "SameSite=Lax");
    }
  }

  @Test
  void a_session_that_was_there_before_is_not_taken_over() {
    String before = cookie(signIn("lee", PASSWORD));
    String after = cookie(signIn("han", PASSWORD, "Cookie", before));
    assertThat(after).isNotEqualTo(before).startsWith("muster_session=");
    assertThat(edge.get("/api/session", "Cookie", before).text()).isEqualTo("{\"user\":\"\"}");
    assertThat(edge.get("/api/session", "Cookie", after).text()).isEqualTo("{\"user\":\"han\"}");
    Answer planted = signIn("han", PASSWORD, "Cookie", "muster_session=0123456789ABCDEF");
    assertThat(cookie(planted)).isNotEqualTo("muster_session=0123456789ABCDEF");
  }

  @Test
  void a_wrong_name_and_a_wrong_password_are_answered_alike() {
    Answer name = signIn("nobody", PASSWORD);
    Answer password = signIn("han", "wrong");
    assertThat(name.status()).isEqualTo(401);
    assertThat(name.text())
        .isEqualTo(password.text())
        .contains("the name or the password is wrong");
    assertThat(name.response().headers().map().keySet())
        .isEqualTo(password.response().headers().map().keySet())
        .doesNotContain("set-cookie");
  }

  @Test
  void who_guesses_too_often_has_to_wait() {
    for (int i = 0; i < 20; i++) {
      assertThat(signIn("han", "guess " + i).status()).isEqualTo(401);
    }
    Answer refused = signIn("han", PASSWORD);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("Retry-After")).matches("[1-9]");
    assertThat(refused.header("Set-Cookie")).isEmpty();
  }

  @Test
  void signing_in_right_is_no_guess() {
    for (int i = 0; i < 25; i++) {
      signIn("han", PASSWORD).isOk();
    }
  }

  @Test
  void signing_out_ends_the_session() {
    String cookie = cookie(signIn("han", PASSWORD));
    edge.post("/api/sign-out", "", "Cookie", cookie).isOk();
    assertThat(operate(cookie).status()).isEqualTo(401);
  }

  @Test
  void a_session_ends_with_the_password_and_with_the_user() throws ReflectiveOperationException {
    String han = cookie(signIn("han", PASSWORD));
    operate(han).isOk();
    Guarded.write(
        files.resolve("users.yaml"),
        "users: [{name: han, password: \"%s\", groups: [sre]}]\n".formatted(Guarded.hash("new")));
    lookAgain();
    assertThat(operate(han).status()).isEqualTo(401);
    String again = cookie(signIn("han", "new"));
    operate(again).isOk();
    Guarded.write(files.resolve("users.yaml"), "users: []\n");
    lookAgain();
    assertThat(operate(again).status()).isEqualTo(401);
  }

  /** As the scheduler does every few seconds. */
  private void lookAgain() throws ReflectiveOperationException {
    var users = edge.bean(Users.class);
    for (var method : Users.class.getDeclaredMethods()) {
      if (method.isAnnotationPresent(Scheduled.class)) {
        method.setAccessible(true);
        method.invoke(users);
      }
    }
  }

  @Test
  void only_json_signs_in() {
    Answer form =
        edge.send(
            "/api/sign-in",
            r ->
                r.header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString("user=han&password=correct+horse")));
    assertThat(form.status()).isEqualTo(400);
    assertThat(form.header("Set-Cookie")).isEmpty();
    assertThat(edge.post("/api/sign-in", "[").status()).isEqualTo(400);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "Origin, https://evil.example",
    "Origin, null",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site"
  })
  void a_foreign_page_cannot_use_the_session(String header, String value) {
    String cookie = cookie(signIn("han", PASSWORD));
    assertThat(operate(cookie, header, value).status()).isEqualTo(403);
    assertThat(signIn("han", PASSWORD, header, value).status()).isEqualTo(403);
    assertThat(edge.operator().asked()).isEmpty();
  }

  @Test
  void behind_a_proxy_the_origin_is_that_of_the_public_url() {
    String cookie = cookie(signIn("han", PASSWORD));
    operate(cookie, "Origin", "http://muster.example").isOk();
  }

  // Those who have not signed in.

  @ParameterizedTest(name = "GET {0} with {1}: {2}")
  @CsvSource({
    "/, Accept, text/html",
    "/index.html, Sec-Fetch-Mode, navigate",
    "/api/job/1/summary/, Accept, 'text/html,*/*'"
  })
  void a_person_who_opens_a_page_is_sent_to_the_sign_in(String path, String header, String value) {
    Answer answer = edge.get(path, header, value);
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.header("Location")).isEqualTo("/sign-in.html");
    assertThat(edge.get("/sign-in.html", header, value).status()).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "X-Requested-With, XMLHttpRequest",
    "Sec-Fetch-Site, same-origin",
    "Cookie, muster_session=gone"
  })
  void a_script_is_told_where_to_sign_in(String header, String value) {
    Answer answer = edge.get("/api/job/1/summary/", header, value);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.json().propertyNames())
        .containsExactly("login_url", "width", "height", "has_plain");
    assertThat(answer.json().get("login_url").asString()).isEqualTo("/sign-in.html");
  }

  @Test
  void any_other_client_is_told_what_its_request_lacks() {
    edge.get("/api/job/1/summary/")
        .isRefusedByGateway(1_306_000, "APP Code [bk_app_code] cannot be empty");
    edge.operate(Map.of()).isRefusedByGateway(1_306_000, "APP Code [bk_app_code] cannot be empty");
  }

  @Test
  void the_files_of_the_page_are_for_everybody() {
    for (String path : new String[] {"/muster.css", "/sign-in.js", "/favicon.svg"}) {
      assertThat(edge.get(path).status()).as(path).isEqualTo(200);
    }
    assertThat(edge.get("/sign-in.html").header("Content-Security-Policy"))
        .contains("default-src 'none'", "script-src 'self'", "form-action 'none'");
  }
}
