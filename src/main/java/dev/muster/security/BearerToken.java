package dev.muster.security;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.muster.job.Caller;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtAudienceValidator;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderInitializationException;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.SupplierJwtDecoder;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Bearer token of the configured issuer (OpenID Connect), for people and scripts. */
@Component
@Order(2)
class BearerToken implements Identity.Proof {

  private static final Logger log = LoggerFactory.getLogger(BearerToken.class);
  private static final String SCHEME = "Bearer ";
  private static final int MOST_GROUPS = 1_000;
  private static final int PATIENCE_MILLIS = 2_000;
  private static final int MOST_BYTES = 1024 * 1024;

  /** Only those in which the issuer alone has the key to sign. */
  private static final Set<JWSAlgorithm> ALGORITHMS = Set.copyOf(JWSAlgorithm.Family.SIGNATURE);

  private final SecuritySettings.Oidc settings;
  private final @Nullable JwtDecoder decoder;

  /** Whoever sends tokens of unknown keys must not fill the log. */
  private final Limiter said = new Limiter(1, Duration.ofMinutes(1));

  BearerToken(SecuritySettings settings) {
    this.settings = settings.oidc();
    // The issuer is first asked when a token comes: muster starts without it.
    this.decoder =
        this.settings.configured() ? new SupplierJwtDecoder(() -> decoder(this.settings)) : null;
  }

  private static JwtDecoder decoder(SecuritySettings.Oidc settings) {
    DefaultResourceRetriever http =
        new DefaultResourceRetriever(PATIENCE_MILLIS, PATIENCE_MILLIS, MOST_BYTES);
    List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
    validators.add(new JwtAudienceValidator(String.valueOf(settings.audience())));
    if (settings.issuerUri() != null) {
      validators.add(new JwtIssuerValidator(settings.issuerUri().toString()));
    }
    try {
      // Asks the issuer for new keys at most twice in half a minute, whatever key a token names.
      JWKSource<SecurityContext> keys =
          JWKSourceBuilder.<SecurityContext>create(keys(settings, http), http)
              .refreshAheadCache(false)
              .outageTolerant(true)
              .build();
      return decoder(new JWSVerificationKeySelector<>(ALGORITHMS, keys), validators);
    } catch (IOException e) {
      throw new IllegalStateException("the issuer does not tell where its keys are", e);
    }
  }

  private static URL keys(SecuritySettings.Oidc settings, DefaultResourceRetriever http)
      throws IOException {
    if (settings.jwkSetUri() != null) {
      return settings.jwkSetUri().toURL();
    }
    String issuer = String.valueOf(settings.issuerUri());
    URL document = url(issuer.replaceAll("/$", "") + "/.well-known/openid-configuration");
    JsonNode found = JsonMapper.shared().readTree(http.retrieveResource(document).getContent());
    if (!found.path("issuer").asString("").equals(issuer)) {
      throw new IOException("the document is another issuer's");
    }
    return url(found.path("jwks_uri").asString(""));
  }

  private static URL url(String text) throws MalformedURLException {
    try {
      return URI.create(text).toURL();
    } catch (IllegalArgumentException e) {
      throw (MalformedURLException) new MalformedURLException("no address").initCause(e);
    }
  }

  /** Verifies signature, times and what else is asked for; a token has to have an end. */
  static JwtDecoder decoder(
      JWSKeySelector<SecurityContext> keys, List<OAuth2TokenValidator<Jwt>> validators) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(keys);
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    // The validators below see to the claims.
    processor.setJWTClaimsSetVerifier((claims, context) -> {});
    JwtTimestampValidator times = new JwtTimestampValidator();
    times.setAllowEmptyExpiryClaim(false);
    List<OAuth2TokenValidator<Jwt>> all = new ArrayList<>(validators);
    all.add(times);
    NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
    decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(all));
    return decoder;
  }

  @Override
  public Identity of(Credentials credentials) {
    Optional<String> token =
        credentials
            .header("Authorization")
            .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
            .map(header -> header.substring(SCHEME.length()).strip());
    if (decoder == null || token.isEmpty()) {
      return new Identity.Nobody();
    }
    try {
      return read(decoder.decode(token.get()));
    } catch (BadJwtException e) {
      return refused("the Bearer token is not valid; get a new one from the issuer");
    } catch (JwtException | JwtDecoderInitializationException e) {
      if (said.take("").isEmpty()) {
        String kind = e.getClass().getSimpleName();
        log.warn("the issuer of Bearer tokens does not answer as it should: {}", kind);
      }
      return new Identity.Refused(
          503, 3_800_503, "the issuer of Bearer tokens does not answer; try again", null);
    }
  }

  private Identity read(Jwt token) {
    if (!(token.getClaims().get(settings.userClaim()) instanceof String user)
        || !Identity.NAME.matcher(user).matches()) {
      return refused("the Bearer token names no user in " + settings.userClaim());
    }
    Object groups = token.getClaims().get(settings.groupsClaim());
    List<String> names = new ArrayList<>();
    for (Object group : groups instanceof Iterable<?> list ? list : List.of()) {
      if (group instanceof String name && names.size() < MOST_GROUPS) {
        names.add(name);
      }
    }
    return new Identity.Known(new Caller(user, Identity.OWN_APP), Set.copyOf(names), Identity.ALL);
  }

  private static Identity refused(String why) {
    return new Identity.Refused(401, 3_800_401, why, null);
  }
}
