package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.http.Edge.Answer;
import dev.muster.security.OwnSite;
import dev.muster.security.SecurityRefusal;
import dev.muster.security.SecuritySettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.http.HttpMethod;

/** What a page of somebody else could make a browser send is refused (design, section 9). */
class OwnSiteHttpTest {

  private static final String NAME = "Host must be a loopback name";
  private static final String ORIGIN = "a foreign Origin is refused";
  private static final String SITE = "a request from a foreign site is refused";

  private final Edge edge = Edge.withoutDatabase();

  @ParameterizedTest(name = "Host: {0}")
  @CsvSource({
    "localhost",
    "localhost:8080",
    "LOCALHOST:8080",
    "127.0.0.1",
    "127.0.0.1:9000",
    "127.1.2.3:80",
    "[::1]",
    "[::1]:8080"
  })
  void a_loopback_name_is_served(String host) {
    post(Map.of("Host", host)).isOk();
  }

  @ParameterizedTest(name = "Host: {0}")
  @CsvSource({
    "muster.example",
    "muster.example:8080",
    "localhost.muster.example",
    "127.0.0.1.muster.example",
    "10.0.0.1:8080",
    "0.0.0.0:8080",
    "[::]:8080",
    "127.0.0.1@muster.example",
    "muster.example#localhost",
    "'local host'",
    "''",
    ":8080"
  })
  void any_other_name_is_refused(String host) {
    refused(post(Map.of("Host", host)), NAME);
  }

  @Test
  void a_request_without_a_host_is_refused() {
    refused(post(Map.of()), NAME);
  }

  @ParameterizedTest(name = "Origin: {0}")
  @CsvSource({"http://127.0.0.1:8080", "https://127.0.0.1:8080"})
  void our_own_origin_is_served(String origin) {
    post(headers("Origin", origin, null, null)).isOk();
  }

  @ParameterizedTest(name = "Origin: {0}")
  @CsvSource({
    "https://evil.example",
    "http://127.0.0.1",
    "http://127.0.0.1:8081",
    "http://localhost:8080",
    "http://127.0.0.1:8080.evil.example",
    "null",
    "''"
  })
  void a_foreign_origin_is_refused(String origin) {
    refused(post(headers("Origin", origin, null, null)), ORIGIN);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"same-origin", "none"})
  void a_request_of_our_own_page_is_served(String site) {
    post(headers("Sec-Fetch-Site", site, null, null)).isOk();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"cross-site", "same-site", "Same-Origin", "''"})
  void a_request_from_a_foreign_site_is_refused(String site) {
    refused(post(headers("Sec-Fetch-Site", site, null, null)), SITE);
  }

  @Test
  void a_link_from_a_foreign_site_may_be_followed_but_not_posted() {
    Map<String, String> link =
        headers("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate");
    assertThat(send(HttpMethod.GET, link).status()).isNotEqualTo(403);
    refused(send(HttpMethod.POST, link), SITE);
  }

  @Test
  void a_foreign_site_cannot_read_with_a_script() {
    refused(
        send(HttpMethod.GET, headers("Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors")),
        SITE);
  }

  @Test
  void a_preflight_of_a_foreign_page_is_refused() {
    refused(
        send(HttpMethod.OPTIONS, headers("Origin", "https://evil.example", null, null)), ORIGIN);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"0.0.0.0", "192.0.2.1", "::"})
  void does_not_start_on_an_address_that_others_can_reach(String address)
      throws UnknownHostException {
    ServerProperties server = new ServerProperties();
    server.setAddress(InetAddress.getByName(address));
    assertThatThrownBy(() -> new OwnSite(nobodyKnown(), server, "http://127.0.0.1:8080"))
        .isInstanceOf(SecurityRefusal.class)
        .hasMessageContaining("muster only listens on 127.0.0.1 or ::1 until muster.security")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void does_not_start_on_every_address() {
    assertThatThrownBy(
            () -> new OwnSite(nobodyKnown(), new ServerProperties(), "http://127.0.0.1:8080"))
        .hasMessageContaining("server.address is every interface");
  }

  private static SecuritySettings nobodyKnown() {
    return new Binder(new MapConfigurationPropertySource(Map.of()))
        .bindOrCreate("muster.security", SecuritySettings.class);
  }

  private static Map<String, String> headers(
      String name, String value, @Nullable String other, @Nullable String otherValue) {
    Map<String, String> headers = new LinkedHashMap<>(Map.of("Host", Edge.HOST, name, value));
    if (other != null && otherValue != null) {
      headers.put(other, otherValue);
    }
    return headers;
  }

  private Answer post(Map<String, String> headers) {
    return send(HttpMethod.POST, headers);
  }

  private Answer send(HttpMethod method, Map<String, String> headers) {
    return edge.sendBare(
        method,
        "/api/job/operate/",
        request -> {
          headers.forEach(request::header);
          return request
              .contentType("application/json")
              .content("{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[1]}");
        });
  }

  private void refused(Answer answer, String why) {
    answer.isError(403, 3_800_403, why);
    assertThat(edge.operator().asked()).isEmpty();
  }
}
