package dev.muster.security;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.job.Caller;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Systems that ask with a code and a secret of their own and say for whom, as at the gateway of the
 * existing service (rest.md §2).
 */
@Component
@Order(3)
class Apps implements Identity.Proof {

  private static final Logger log = LoggerFactory.getLogger(Apps.class);
  private static final String NO_USER =
      "User authentication failed, please provide a valid user identity, such as bk_token, bk_username";

  private static final int MOST_REMEMBERED = 10_000;

  private final WatchedFile<Contents> file;
  private final Secrets secrets;
  private final TokenVerifier tokens;

  /** Keyed digests of secrets that were right: a hash is too slow for every request. */
  private final Cache<String, Boolean> right =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(Duration.ofMinutes(10))
          .build();

  private final SecretKeySpec key;

  Apps(SecuritySettings settings, Secrets secrets, TokenVerifier tokens) {
    this.file =
        new WatchedFile<>(settings.apps(), Contents.class, new Contents(List.of()), Apps::tell);
    this.secrets = secrets;
    this.tokens = tokens;
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, "HmacSHA256");
  }

  @Scheduled(fixedDelay = 2_000)
  void look() {
    file.look();
  }

  private static void tell(Path path, Contents before, Contents after) {
    log.info("{} changed: {} apps, {} before", path, after.apps().size(), before.apps().size());
  }

  @Override
  public Identity of(Credentials credentials) {
    Optional<String> code = credentials.field(Credentials.CODE);
    Optional<String> secret = credentials.field(Credentials.SECRET);
    if (code.isEmpty() && secret.isEmpty()) {
      return new Identity.Nobody();
    }
    if (code.isEmpty()) {
      return Identity.Refused.byGateway("APP Code [bk_app_code] cannot be empty");
    }
    if (secret.isEmpty()) {
      return Identity.Refused.byGateway("APP Secret [bk_app_secret] cannot be empty");
    }
    Optional<App> app = find(code.get());
    return switch (check(credentials.address(), app, secret.get())) {
      case Secrets.Verdict.TooOften often -> Identity.Refused.tooOften(often.after());
      case Secrets.Verdict.Wrong wrong -> Identity.Refused.byGateway(wrong(app, code.get()));
      case Secrets.Verdict.Right right -> user(credentials, app.orElseThrow());
    };
  }

  private static String wrong(Optional<App> app, String code) {
    String named =
        Identity.NAME.matcher(code).matches()
            ? "[bk_app_code=%s]".formatted(code)
            : "[bk_app_code]";
    return app.isEmpty()
        ? "Invalid APP Code %s, please confirm if the APP Code has been registered".formatted(named)
        : "APP Secret verification failed, please confirm if the APP Secret and APP Code %s match"
            .formatted(named);
  }

  private Secrets.Verdict check(String address, Optional<App> app, String secret) {
    List<String> hashes = app.map(App::secrets).orElseGet(this::anyHashes);
    String digest = digest(app.map(App::code).orElse(""), hashes, secret);
    if (app.isPresent() && right.getIfPresent(digest) != null) {
      return new Secrets.Verdict.Right();
    }
    Secrets.Verdict verdict = secrets.check(address, secret, hashes);
    if (!(verdict instanceof Secrets.Verdict.Right)) {
      return verdict;
    }
    if (app.isEmpty()) {
      return new Secrets.Verdict.Wrong();
    }
    secrets.wasRight(address);
    right.put(digest, true);
    return verdict;
  }

  /** An unknown app costs as much as a wrong secret. */
  private List<String> anyHashes() {
    return file.now().apps().stream()
        .map(App::secrets)
        .filter(hashes -> !hashes.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private String digest(String code, List<String> hashes, String secret) {
    try {
      Mac mac = Mac.getInstance(key.getAlgorithm());
      mac.init(key);
      String whole = String.join("\0", code, String.join(",", hashes), secret);
      return HexFormat.of().formatHex(mac.doFinal(whole.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HmacSHA256 is part of every Java", e);
    }
  }

  private Identity user(Credentials credentials, App app) {
    Optional<String> token = credentials.field(Credentials.TOKEN);
    if (token.isPresent()) {
      return tokens
          .user(token.get(), credentials.address())
          .<Identity>map(user -> known(user, app))
          .orElseGet(Apps::noUser);
    }
    Optional<String> user =
        credentials.field(Credentials.USER).filter(name -> Identity.NAME.matcher(name).matches());
    return user.isPresent() && app.namesUsers() ? known(user.get(), app) : noUser();
  }

  static Identity noUser() {
    return Identity.Refused.byGateway(NO_USER);
  }

  private static Identity known(String user, App app) {
    return new Identity.Known(new Caller(user, app.code()), Set.of(), app.roles());
  }

  Optional<App> find(String code) {
    return file.now().apps().stream().filter(app -> app.code().equals(code)).findFirst();
  }

  /** The file. */
  record Contents(List<App> apps) {
    Contents {
      apps = apps == null ? List.of() : List.copyOf(apps);
      if (apps.stream().map(App::code).distinct().count() != apps.size()) {
        throw new IllegalArgumentException("two apps have the same code");
      }
    }
  }

  /**
   * One app.
   *
   * @param secrets hashes; two while a secret is being replaced
   * @param namesUsers whether it is believed which user it asks for, without a token of theirs
   * @param roles what it may be used for
   */
  record App(
      String code,
      List<String> secrets,
      @JsonProperty("names_users") boolean namesUsers,
      Set<Role> roles) {
    App {
      if (code == null || !Identity.NAME.matcher(code).matches()) {
        throw new IllegalArgumentException("an app has a code of up to 64 characters");
      }
      if (roles == null || roles.isEmpty()) {
        throw new IllegalArgumentException("an app has roles: what it may be used for");
      }
      secrets = secrets == null ? List.of() : List.copyOf(secrets);
      secrets.forEach(Secrets::requireHash);
      roles = Set.copyOf(roles);
    }

    /** Without the hashes. */
    @Override
    public String toString() {
      return code;
    }
  }
}
