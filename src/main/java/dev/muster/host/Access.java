package dev.muster.host;

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
 */
public record Access(
    long hostId,
    String address,
    @Nullable Integer port,
    @Nullable String account,
    @Nullable String identity,
    @Nullable String hostKey,
    Become become) {}
