package dev.muster.step;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How stages behave.
 *
 * @param unknownDeadline how long a command nobody knows the end of is looked for before its host
 *     counts as failed
 * @param lookAgain how long to wait between looks at such a host, and at one that another job holds
 * @param runDirectory where hosts keep run records; by default {@code /var/lib/muster} as root,
 *     else {@code ~/.local/state/muster}; a host that has records already keeps them where they are
 */
@ConfigurationProperties("muster.stage")
public record StageSettings(
    @DefaultValue("1h") Duration unknownDeadline,
    @DefaultValue("30s") Duration lookAgain,
    @Nullable String runDirectory) {

  /** Between looks at a host whose job is paused, or that an emergency stop holds. */
  static final Duration HELD = Duration.ofSeconds(15);
}
