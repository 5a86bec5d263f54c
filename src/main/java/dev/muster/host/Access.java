package dev.muster.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one host is reached.
 *
 * @param hostId the host
 * @param address what to connect to: a name, an IPv4 or IPv6 address, or an alias of the SSH
 *     configuration
 * @param port TCP port; null means what the SSH configuration says, else 22
 * @param account login name; null means what the SSH configuration says, else the service's own
 *     user
 * @param identity path of the private key; null means what the SSH configuration says, else the
 *     default keys
 * @param hostKey the pinned key as in a {@code known_hosts} line ({@code ssh-ed25519 AAAA…}); null
 *     means the service user's {@code known_hosts}
 * @param proxies one of which is the way to it, in the order in which they are tried; empty means
 *     that none of its cloud area runs; null means that it is reached directly
 */
public record Access(
    long hostId,
    String address,
    @Nullable Integer port,
    @Nullable String account,
    @Nullable String identity,
    @Nullable String hostKey,
    Become become,
    @Nullable List<Access> proxies) {

  /** Reached directly. */
  public Access(
      long hostId,
      String address,
      @Nullable Integer port,
      @Nullable String account,
      @Nullable String identity,
      @Nullable String hostKey,
      Become become) {
    this(hostId, address, port, account, identity, hostKey, become, null);
  }

  /** The same host, by way of one of these. */
  public Access through(List<Access> proxies) {
    return new Access(
        hostId, address, port, account, identity, hostKey, become, List.copyOf(proxies));
  }
}
