package dev.muster.projection;

import dev.muster.job.InstanceState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One host's part in a job as pages show it. */
public record InstanceView(
    int ordinal,
    HostView host,
    InstanceState state,
    int step,
    Verdict verdict,
    long version,
    @Nullable Instant started,
    @Nullable Instant ended) {

  public record HostView(
      long id,
      @Nullable String ip,
      @Nullable String ipv6,
      String name,
      Place place,
      boolean manual,
      @Nullable Long accessPoint) {}

  public record Place(
      long cloud, @Nullable String cloudName, long business, @Nullable String businessName) {}

  /**
   * Why it stands where it stands.
   *
   * @param note a sentence, for waiting and for failure
   */
  public record Verdict(
      @Nullable String reason,
      @Nullable String note,
      @Nullable String proof,
      int tries,
      int execution) {}

  /** The id of the existing service for this part. */
  public String id() {
    return "host|instance|host|" + host.id();
  }

  /** The word of the existing service for where it stands. */
  public String status() {
    return Wording.status(state);
  }
}
