package dev.muster.roster;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all processes that work on jobs can do together.
 *
 * @param slots hosts at once, which open jobs share; each process adds 512, and keeps some in
 *     reserve
 */
@ConfigurationProperties("muster")
public record FleetSettings(@DefaultValue("512") int slots) {

  public FleetSettings {
    if (slots < 1) {
      throw new IllegalArgumentException(
          "muster.slots is %d, it must be at least 1".formatted(slots));
    }
  }
}
