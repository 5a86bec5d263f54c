package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody may ask more often than the operator allows. */
class RateLimitHttpTest {

  @TempDir private Path files;

  private Map<String, String> settings() {
    return new HashMap<>(
        Map.of(
            "apps",
            Guarded.write(
                    files.resolve("apps.yaml"),
                    """
                    apps:
                      - {code: busy, secrets: ["%s"], names_users: true, roles: [OPERATE_AGENT]}
                      - {code: calm, secrets: ["%s"], names_users: true, roles: [OPERATE_AGENT]}
                    """
                        .formatted(Guarded.hash("s"), Guarded.hash("s")))
                .toString(),
            "bindings",
            Guarded.write(
                    files.resolve("bindings.yaml"),
                    "bindings: [{user: han, roles: [OPERATE_AGENT], businesses: all}]\n")
                .toString(),
            "rate-limit.requests",
            "5",
            "rate-limit.per",
            "1h"));
  }

  private static Guarded.Answer operate(Guarded edge, String app) {
    return edge.operate(Map.of("bk_app_code", app, "bk_app_secret", "s", "bk_username", "han"));
  }

  @Test
  void an_app_that_asks_too_often_waits_and_others_do_not() {
    try (Guarded edge = Guarded.start(settings())) {
      for (int i = 0; i < 5; i++) {
        operate(edge, "busy").isOk();
      }
      edge.operator().forget();
      Guarded.Answer refused = operate(edge, "busy");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.json().get("code").asInt()).isEqualTo(3_800_429);
      assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 720);
      assertThat(edge.operator().asked()).isEmpty();
      operate(edge, "calm").isOk();
    }
  }

  @Test
  void strangers_are_counted_by_address_and_do_not_use_up_what_apps_may() {
    try (Guarded edge = Guarded.start(settings())) {
      for (int i = 0; i < 5; i++) {
        assertThat(edge.operate(Map.of()).status()).isEqualTo(200);
      }
      assertThat(edge.operate(Map.of()).status()).isEqualTo(429);
      operate(edge, "calm").isOk();
      assertThat(edge.get("/muster.css").status()).isEqualTo(200);
    }
  }

  @Test
  void without_identity_there_is_a_limit_only_if_one_is_set() {
    Map<String, String> none = Map.of("server.address", "127.0.0.1");
    try (Guarded edge = Guarded.start(none)) {
      for (int i = 0; i < 20; i++) {
        edge.operate(Map.of()).isOk();
      }
    }
    Map<String, String> limited =
        Map.of("server.address", "127.0.0.1", "rate-limit.requests", "2", "rate-limit.per", "1h");
    try (Guarded edge = Guarded.start(limited)) {
      edge.operate(Map.of()).isOk();
      edge.operate(Map.of()).isOk();
      assertThat(edge.operate(Map.of()).status()).isEqualTo(429);
    }
  }
}
