package dev.muster.security;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Compares what was presented with hashes. That is slow on purpose: an address may only be wrong so
 * often, and at most half of the processors are ever busy with it.
 */
@Component
class Secrets {

  private static final int WRONG_PER_MINUTE = 20;
  private static final int LONGEST = 1_024;
  private static final Pattern HASH =
      Pattern.compile(
          "(\\{bcrypt})?\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}|\\{argon2}\\$argon2.+");

  private final Limiter wrong = new Limiter(WRONG_PER_MINUTE, Duration.ofMinutes(1));
  private final Semaphore processors =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
  private final PasswordEncoder encoder = encoder();

  private static PasswordEncoder encoder() {
    PasswordEncoder bcrypt = new BCryptPasswordEncoder();
    DelegatingPasswordEncoder encoder =
        new DelegatingPasswordEncoder(
            "bcrypt",
            Map.of(
                "bcrypt",
                bcrypt,
                "argon2",
                Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8()));
    encoder.setDefaultPasswordEncoderForMatches(bcrypt);
    return encoder;
  }

  sealed interface Verdict {
    record Right() implements Verdict {}

    record Wrong() implements Verdict {}

    record TooOften(Duration after) implements Verdict {}
  }

  /** Refuses a plain text where a hash belongs, without saying it. */
  static void requireHash(String hash) {
    if (hash == null || !HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException(
          "a secret is no hash; 'htpasswd -nbBC 12 x SECRET' prints one behind the colon");
    }
  }

  /**
   * Compares with each hash in turn. To make an unknown name cost as much as a wrong secret, pass
   * the hashes of another one and disregard the answer.
   */
  Verdict check(String address, String presented, List<String> hashes) {
    Optional<Duration> wait = wrong.take(address);
    if (wait.isPresent()) {
      return new Verdict.TooOften(wait.get());
    }
    if (presented.length() > LONGEST) {
      return new Verdict.Wrong();
    }
    processors.acquireUninterruptibly();
    try {
      for (String hash : hashes) {
        if (encoder.matches(presented, hash)) {
          return new Verdict.Right();
        }
      }
      return new Verdict.Wrong();
    } finally {
      processors.release();
    }
  }

  /** A right secret does not count as an attempt. */
  void wasRight(String address) {
    wrong.giveBack(address);
  }
}
