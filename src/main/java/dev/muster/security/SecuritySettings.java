package dev.muster.security;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How callers prove who they are, and what they may. With none of users, apps, gateway, oidc and
 * tokenVerifier there is no identity: muster keeps to the loopback interface, and whoever can speak
 * to that is an administrator.
 *
 * @param bindings YAML: which user, app or group has which roles where
 * @param users YAML: people and the hashes of their passwords
 * @param apps YAML: systems, the hashes of their secrets, and what they may be used for
 */
@ConfigurationProperties(prefix = "muster.security", ignoreUnknownFields = false)
public record SecuritySettings(
    @Nullable Path bindings,
    @Nullable Path users,
    @Nullable Path apps,
    @DefaultValue TokenVerifier tokenVerifier,
    @DefaultValue Gateway gateway,
    @DefaultValue Oidc oidc,
    @DefaultValue RateLimit rateLimit) {

  /**
   * Who knows whose a {@code bk_token} is.
   *
   * @param url is posted {@code {"bk_token": …}} and answers {@code {"bk_username": …}}, as it is
   *     or in {@code data}
   * @param loginUrl where people get their token, in place of muster's own page
   * @param remember for how long an answer holds
   */
  public record TokenVerifier(
      @Nullable URI url,
      @Nullable String loginUrl,
      @DefaultValue("2s") Duration timeout,
      @DefaultValue("1m") Duration remember) {}

  /**
   * The gateway in front of muster.
   *
   * @param publicKey PEM, of the key that it signs {@code X-Bkapi-JWT} with
   */
  public record Gateway(@Nullable Path publicKey) {}

  /**
   * Who issues Bearer tokens.
   *
   * @param jwkSetUri where the keys are; found through the issuer if absent
   * @param audience what a token must be meant for, so that one for another service is no good here
   */
  public record Oidc(
      @Nullable URI issuerUri,
      @Nullable URI jwkSetUri,
      @Nullable String audience,
      @DefaultValue("preferred_username") String userClaim,
      @DefaultValue("groups") String groupsClaim) {

    boolean configured() {
      return issuerUri != null || jwkSetUri != null;
    }
  }

  /**
   * How often one app, one user of the page, or one unknown address may ask.
   *
   * @param requests none: 6,000 with identity, without limit otherwise
   */
  public record RateLimit(@Nullable Integer requests, @DefaultValue("1m") Duration per) {}

  /** Whether there is any way to prove who asks. */
  public boolean identified() {
    return users != null
        || apps != null
        || tokenVerifier.url() != null
        || gateway.publicKey() != null
        || oidc.configured();
  }

  /**
   * Refuses settings that would lock everybody out, or let strangers in.
   *
   * @throws SecurityRefusal with the remedy
   */
  void check() {
    if (identified() && bindings == null) {
      throw new SecurityRefusal(
          "muster.security.bindings is not set, so nobody could do anything: name a YAML file that"
              + " says who may do what");
    }
    if (!identified() && bindings != null) {
      throw new SecurityRefusal(
          "muster.security.bindings is set, but nobody could prove who they are: set"
              + " muster.security.users, .apps, .gateway.public-key, .oidc.issuer-uri or"
              + " .token-verifier.url");
    }
    if (oidc.configured() && oidc.audience() == null) {
      throw new SecurityRefusal(
          "muster.security.oidc.audience is not set, so a token for any other service would be good"
              + " here: set it to what your issuer writes into aud for muster");
    }
    if (rateLimit.requests() != null && rateLimit.requests() < 1) {
      throw new SecurityRefusal("muster.security.rate-limit.requests must be at least 1");
    }
  }
}
