package dev.muster.projection;

import dev.muster.job.InstanceState;
import java.time.Instant;
import java.util.Optional;
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

  private static final String ID = "host|instance|host|";

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
    return idOf(host.id());
  }

  /** The id of the existing service for a host's part in any job. */
  public static String idOf(long host) {
    return ID + host;
  }

  /** The host of such an id; empty if it is none. */
  public static Optional<Long> hostOf(String id) {
    String host = id.startsWith(ID) ? id.substring(ID.length()) : "";
    return host.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(host)) : Optional.empty();
  }

  /** The word of the existing service for where it stands. */
  public String status() {
    return Wording.status(state);
  }
}
