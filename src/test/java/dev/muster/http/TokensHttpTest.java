package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.muster.job.Caller;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed words for a caller: the gateway's, and those of an issuer (OpenID Connect). */
class TokensHttpTest {

  private static final String NOT_VALID =
      "the Bearer token is not valid; get a new one from the issuer";
  private static final AtomicInteger KEYS_ASKED = new AtomicInteger();

  @TempDir private static Path files;

  private static RSAKey gateway;
  private static RSAKey issuer;
  private static RSAKey stranger;
  private static HttpServer server;
  private static Map<String, String> settings;
  private static Guarded edge;

  @BeforeAll
  static void start() throws JOSEException {
    gateway = new RSAKeyGenerator(2048).generate();
    issuer = new RSAKeyGenerator(2048).keyID("one").generate();
    stranger = new RSAKeyGenerator(2048).keyID("one").generate();
    server = Guarded.server();
    String address = Guarded.address(server);
    serve(
        "/realm/.well-known/openid-configuration",
        "{\"issuer\":\"%s/realm\",\"jwks_uri\":\"%s/keys\"}".formatted(address, address));
    serve("/keys", new JWKSet(issuer.toPublicJWK()).toString());
    Path pem =
        Guarded.write(
            files.resolve("gateway.pem"),
            "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
                .formatted(
                    Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(gateway.toRSAPublicKey().getEncoded())));
    Path apps =
        Guarded.write(
            files.resolve("apps.yaml"),
            "apps: [{code: sops, names_users: true, roles: [OPERATE_AGENT]}]\n");
    Path bindings =
        Guarded.write(
            files.resolve("bindings.yaml"),
            """
            bindings:
              - {user: han, roles: [OPERATE_AGENT], businesses: all}
              - {app: sops, roles: [OPERATE_AGENT], businesses: [2]}
              - {group: sre, roles: [ADMIN], businesses: all}
            """);
    settings =
        Map.of(
            "apps", apps.toString(),
            "bindings", bindings.toString(),
            "gateway.public-key", pem.toString(),
            "oidc.issuer-uri", address + "/realm",
            "oidc.audience", "muster");
    edge = Guarded.start(settings);
  }

  private static void serve(String path, String json) {
    server.createContext(
        path,
        exchange -> {
          if (path.equals("/keys")) {
            KEYS_ASKED.incrementAndGet();
          }
          byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @AfterAll
  static void stop() {
    edge.close();
    server.stop(0);
  }

  @BeforeEach
  void forget() {
    edge.operator().forget();
  }

  private static String sign(RSAKey key, JWSAlgorithm algorithm, String kid, JWTClaimsSet claims) {
    try {
      SignedJWT jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(kid).build(), claims);
      jwt.sign(new RSASSASigner(key));
      return jwt.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private static Date in(long seconds) {
    return Date.from(Instant.now().plusSeconds(seconds));
  }

  private static Caller asked() {
    return edge.operator().asked().orElseThrow().caller();
  }

  // The gateway.

  private static JWTClaimsSet.Builder said(boolean appVerified, boolean userVerified) {
    return new JWTClaimsSet.Builder()
        .expirationTime(in(300))
        .claim("app", Map.of("app_code", "sops", "verified", appVerified))
        .claim("user", Map.of("username", "han", "verified", userVerified));
  }

  private static Guarded.Answer throughGateway(String token, String... more) {
    String[] headers = new String[more.length + 2];
    headers[0] = "X-Bkapi-JWT";
    headers[1] = token;
    System.arraycopy(more, 0, headers, 2, more.length);
    return edge.operate(Map.of(), headers);
  }

  private static void refusedByUs(Guarded.Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .isEqualTo(
            "{\"code\":3800018,\"message\":\"Only handle requests from the ESB or APIGW\",\"result\":false}");
    assertThat(edge.operator().asked()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS512"})
  void the_gateways_word_counts_for_app_and_user(String algorithm) {
    throughGateway(
            sign(gateway, JWSAlgorithm.parse(algorithm), "nodeman", said(true, true).build()))
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("han", "sops"));
  }

  @Test
  void the_newer_names_of_its_claims_are_known_too() {
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .expirationTime(in(300))
            .claim("app", Map.of("bk_app_code", "other", "verified", true))
            .claim("user", Map.of("bk_username", "han", "verified", true))
            .build();
    throughGateway(sign(gateway, JWSAlgorithm.RS512, "k", claims)).isOk();
    assertThat(asked()).isEqualTo(new Caller("han", "other"));
  }

  @Test
  void of_a_white_listed_app_an_unverified_user_is_believed() {
    throughGateway(sign(gateway, JWSAlgorithm.RS512, "k", said(true, false).build())).isOk();
    assertThat(asked()).isEqualTo(new Caller("han", "sops"));
  }

  @Test
  void a_white_listed_app_names_its_user_in_a_header() {
    throughGateway(
            sign(
                gateway,
                JWSAlgorithm.RS512,
                "k",
                said(true, false).claim("user", Map.of("verified", false)).build()),
            "Bk-Username",
            "lee")
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("lee", "sops"));
  }

  @Test
  void a_white_listed_app_without_a_user_is_its_own() {
    throughGateway(
            sign(gateway, JWSAlgorithm.RS512, "k", said(true, false).claim("user", null).build()))
        .isOk();
    assertThat(asked()).isEqualTo(new Caller("sops", "sops"));
  }

  @Test
  void of_any_other_app_an_unverified_user_is_not_believed() {
    JWTClaimsSet claims =
        said(true, false).claim("app", Map.of("app_code", "other", "verified", true)).build();
    throughGateway(sign(gateway, JWSAlgorithm.RS512, "k", claims))
        .isRefusedByGateway(
            1_306_000,
            "User authentication failed, please provide a valid user identity, such as bk_token, bk_username");
  }

  @Test
  void an_unverified_app_proves_nothing() {
    refusedByUs(throughGateway(sign(gateway, JWSAlgorithm.RS512, "k", said(false, true).build())));
  }

  @Test
  void a_word_that_another_key_signed_proves_nothing() {
    refusedByUs(throughGateway(sign(stranger, JWSAlgorithm.RS512, "k", said(true, true).build())));
  }

  @Test
  void a_word_past_its_end_or_without_one_proves_nothing() {
    refusedByUs(
        throughGateway(
            sign(
                gateway,
                JWSAlgorithm.RS512,
                "k",
                said(true, true).expirationTime(in(-300)).build())));
    refusedByUs(
        throughGateway(
            sign(gateway, JWSAlgorithm.RS512, "k", said(true, true).expirationTime(null).build())));
  }

  @Test
  void a_word_that_nobody_signed_proves_nothing() throws JOSEException {
    refusedByUs(throughGateway(new PlainJWT(said(true, true).build()).serialize()));
    SignedJWT confused = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), said(true, true).build());
    confused.sign(new MACSigner(gateway.toRSAPublicKey().getEncoded()));
    refusedByUs(throughGateway(confused.serialize()));
    refusedByUs(throughGateway("no token"));
  }

  // The issuer.

  private static String token(UnaryOperator<JWTClaimsSet.Builder> change) {
    return sign(issuer, JWSAlgorithm.RS256, "one", claims(change));
  }

  private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
    return change
        .apply(
            new JWTClaimsSet.Builder()
                .issuer(Guarded.address(server) + "/realm")
                .audience(List.of("muster", "account"))
                .subject("1234")
                .expirationTime(in(300))
                .claim("preferred_username", "lee")
                .claim("groups", List.of("sre", "staff")))
        .build();
  }

  private static Guarded.Answer bearing(String token) {
    return edge.operate(Map.of(), "Authorization", "Bearer " + token);
  }

  private static Guarded.Answer stopBearing(String token) {
    return edge.post("/api/job/7/revoke/", "{}", "Authorization", "Bearer " + token);
  }

  private static void notValid(String token) {
    Guarded.Answer answer = bearing(token).isError(401, 3_800_401, NOT_VALID);
    assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer error=\"invalid_token\"");
    assertThat(edge.operator().asked()).isEmpty();
  }

  @Test
  void a_token_of_the_issuer_names_user_and_groups() {
    bearing(token(c -> c)).isOk();
    assertThat(asked()).isEqualTo(new Caller("lee", "bk_nodeman"));
  }

  @Test
  void without_the_group_the_rights_are_gone() {
    stopBearing(token(c -> c)).isOk();
    stopBearing(token(c -> c.claim("groups", List.of("staff"))))
        .isError(200, 3_800_403, "您没有执行该操作的权限。");
    stopBearing(token(c -> c.claim("groups", "sre"))).isError(200, 3_800_403, "您没有执行该操作的权限。");
  }

  @Test
  void a_token_for_another_service_proves_nothing() {
    notValid(token(c -> c.audience("mail")));
  }

  @Test
  void a_token_of_another_issuer_proves_nothing() {
    notValid(token(c -> c.issuer("https://issuer.example")));
    notValid(sign(stranger, JWSAlgorithm.RS256, "one", claims(c -> c)));
  }

  @Test
  void a_token_outside_its_time_proves_nothing() {
    notValid(token(c -> c.expirationTime(in(-300))));
    notValid(token(c -> c.expirationTime(null)));
    notValid(token(c -> c.notBeforeTime(in(300))));
  }

  @Test
  void a_token_that_nobody_signed_proves_nothing() throws JOSEException {
    notValid(new PlainJWT(claims(c -> c)).serialize());
    SignedJWT confused = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims(c -> c));
    confused.sign(new MACSigner(issuer.toRSAPublicKey().getEncoded()));
    notValid(confused.serialize());
    notValid("no token");
  }

  @Test
  void a_token_that_names_no_user_proves_nothing() {
    bearing(token(c -> c.claim("preferred_username", null)))
        .isError(401, 3_800_401, "the Bearer token names no user in preferred_username");
    bearing(token(c -> c.claim("preferred_username", "a\nb")))
        .isError(401, 3_800_401, "the Bearer token names no user in preferred_username");
  }

  @Test
  void unknown_keys_do_not_make_muster_ask_the_issuer_again_and_again() {
    bearing(token(c -> c)).isOk();
    int before = KEYS_ASKED.get();
    for (int i = 0; i < 20; i++) {
      bearing(sign(stranger, JWSAlgorithm.RS256, "unknown " + i, claims(c -> c)));
    }
    assertThat(KEYS_ASKED.get() - before).isLessThanOrEqualTo(2);
  }

  @Test
  void an_issuer_that_does_not_answer_is_no_reason_not_to_start() {
    Map<String, String> elsewhere = new HashMap<>(settings);
    elsewhere.put("oidc.issuer-uri", Guarded.address(server) + "/nowhere");
    try (Guarded other = Guarded.start(elsewhere)) {
      other
          .operate(Map.of(), "Authorization", "Bearer " + token(c -> c))
          .isError(503, 3_800_503, "the issuer of Bearer tokens does not answer; try again");
      assertThat(other.operator().asked()).isEmpty();
    }
  }
}
