package dev.muster.security;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.job.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the login centre whose a token is, and believes its answer for a while. A centre that does
 * not answer proves nothing. By itself it also knows a browser by the cookie of that centre.
 */
@Component
@Order(5)
class TokenVerifier implements Identity.Proof {

  private static final Logger log = LoggerFactory.getLogger(TokenVerifier.class);
  private static final int MOST_REMEMBERED = 10_000;
  private static final int MOST_BYTES = 64 * 1024;

  /** Unknown tokens of one address: many people may sit behind it, or one who guesses. */
  private static final int ASKED_PER_MINUTE = 600;

  private final SecuritySettings.TokenVerifier settings;
  private final @Nullable HttpClient http;
  private final Limiter said = new Limiter(1, Duration.ofMinutes(1));
  private final Limiter asked = new Limiter(ASKED_PER_MINUTE, Duration.ofMinutes(1));

  /** Users by the digest of their token. */
  private final Cache<String, String> users;

  TokenVerifier(SecuritySettings settings) {
    this.settings = settings.tokenVerifier();
    this.http =
        this.settings.url() == null
            ? null
            : HttpClient.newBuilder()
                .connectTimeout(this.settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    this.users =
        Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(this.settings.remember())
            .build();
  }

  /** Whose this token is; empty if it is nobody's, or nobody can tell. */
  Optional<String> user(String token, String address) {
    if (http == null || settings.url() == null) {
      return Optional.empty();
    }
    String digest = DigestUtils.sha256Hex(token);
    Optional<String> known = Optional.ofNullable(users.getIfPresent(digest));
    if (known.isPresent()) {
      return known;
    }
    if (asked.take(address).isPresent()) {
      return Optional.empty();
    }
    Optional<String> told = ask(http, settings.url(), token);
    told.ifPresent(user -> users.put(digest, user));
    return told;
  }

  private Optional<String> ask(HttpClient http, URI url, String token) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(
                BodyPublishers.ofString(
                    JsonMapper.shared().writeValueAsString(Map.of(Credentials.TOKEN, token))))
            .build();
    try {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        byte[] bytes = body.readNBytes(MOST_BYTES);
        return response.statusCode() == 200
            ? read(JsonMapper.shared().readTree(bytes))
            : Optional.empty();
      }
    } catch (IOException | JacksonException e) {
      if (said.take("").isEmpty()) {
        log.warn("{} does not tell whose a token is: {}", url, e.getClass().getSimpleName());
      }
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<String> read(JsonNode answer) {
    if (answer.has("result") && !answer.get("result").asBoolean(false)) {
      return Optional.empty();
    }
    JsonNode data = answer.path("data").isObject() ? answer.get("data") : answer;
    String user = data.path(Credentials.USER).asString("");
    return Optional.of(user).filter(name -> Identity.NAME.matcher(name).matches());
  }

  /** The cookie that the login centre leaves in browsers. */
  @Override
  public Identity of(Credentials credentials) {
    return credentials
        .cookie(Credentials.TOKEN)
        .flatMap(token -> user(token, credentials.address()))
        .<Identity>map(
            user -> new Identity.Known(new Caller(user, Identity.OWN_APP), Set.of(), Identity.ALL))
        .orElseGet(Identity.Nobody::new);
  }
}
