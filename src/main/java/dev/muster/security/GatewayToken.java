package dev.muster.security;

import com.nimbusds.jose.JWSAlgorithm;
import dev.muster.job.Caller;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.security.converter.RsaKeyConverters;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.stereotype.Component;

/** The gateway's word, in {@code X-Bkapi-JWT}, for an app and its user (rest.md §2). */
@Component
@Order(1)
class GatewayToken implements Identity.Proof {

  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS512);

  private final @Nullable JwtDecoder decoder;
  private final Apps apps;

  GatewayToken(SecuritySettings settings, Apps apps) {
    Path key = settings.gateway().publicKey();
    this.decoder = key == null ? null : decoder(key);
    this.apps = apps;
  }

  private static JwtDecoder decoder(Path file) {
    RSAPublicKey key;
    try (InputStream pem = Files.newInputStream(file)) {
      key = RsaKeyConverters.x509().convert(pem);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new SecurityRefusal(
          "muster.security.gateway.public-key: %s cannot be read as a PEM file with BEGIN PUBLIC KEY"
              .formatted(file));
    }
    return BearerToken.decoder(
        (header, context) -> ALGORITHMS.contains(header.getAlgorithm()) ? List.of(key) : List.of(),
        List.of());
  }

  @Override
  public Identity of(Credentials credentials) {
    Optional<String> token = credentials.header("X-Bkapi-JWT");
    if (decoder == null || token.isEmpty()) {
      return new Identity.Nobody();
    }
    try {
      return read(decoder.decode(token.get()), credentials);
    } catch (JwtException e) {
      return refused();
    }
  }

  private static Identity refused() {
    return new Identity.Refused(200, 3_800_018, "Only handle requests from the ESB or APIGW", null);
  }

  private Identity read(Jwt token, Credentials credentials) {
    Claim app = Claim.of(token, "app", "bk_app_code", "app_code");
    Claim user = Claim.of(token, "user", "bk_username", "username");
    if (!app.verified() || app.name().isEmpty()) {
      return refused();
    }
    Optional<Apps.App> listed = apps.find(app.name().get());
    Optional<String> name =
        user.verified()
            ? user.name()
            : listed
                .filter(Apps.App::namesUsers)
                .map(known -> named(user, credentials).orElse(known.code()));
    return name.<Identity>map(
            who ->
                new Identity.Known(
                    new Caller(who, app.name().get()),
                    Set.of(),
                    listed.map(Apps.App::roles).orElse(Identity.ALL)))
        .orElseGet(Apps::noUser);
  }

  /** Whom an app that is believed names. */
  private static Optional<String> named(Claim user, Credentials credentials) {
    return Stream.of(
            user.name(),
            credentials.header("Bk-Username"),
            credentials.header("X-Bkapi-User-Name"),
            credentials.field(Credentials.USER))
        .flatMap(Optional::stream)
        .filter(name -> Identity.NAME.matcher(name).matches())
        .findFirst();
  }

  private record Claim(Optional<String> name, boolean verified) {

    static Claim of(Jwt token, String claim, String... names) {
      Map<String, Object> fields = token.getClaimAsMap(claim);
      if (fields == null) {
        return new Claim(Optional.empty(), false);
      }
      Optional<String> name =
          Stream.of(names)
              .map(fields::get)
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .filter(text -> Identity.NAME.matcher(text).matches())
              .findFirst();
      return new Claim(name, Boolean.TRUE.equals(fields.get("verified")));
    }
  }
}
