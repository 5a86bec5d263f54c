package dev.muster.transport;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.ConstructorBinding;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How hosts are reached.
 *
 * @param connectTimeout for the TCP connection and again for the login
 * @param knownHosts keys of hosts that have none pinned in the inventory; by default {@code
 *     ~/.ssh/known_hosts} of the service's user
 * @param acceptNew whether an unknown host's key is recorded and trusted at first sight
 * @param config the SSH configuration: aliases, accounts, keys, jumps; by default {@code
 *     ~/.ssh/config} of the service's user
 */
@ConfigurationProperties("muster.ssh")
public record SshSettings(
    Duration connectTimeout, Path knownHosts, boolean acceptNew, Path config) {

  private static final Path HOME = Path.of(System.getProperty("user.home"), ".ssh");

  @ConstructorBinding
  public SshSettings(
      @DefaultValue("10s") Duration connectTimeout,
      @Nullable Path knownHosts,
      @DefaultValue("false") boolean acceptNew,
      @Nullable Path config) {
    this.connectTimeout = connectTimeout;
    this.knownHosts = knownHosts == null ? HOME.resolve("known_hosts") : knownHosts;
    this.acceptNew = acceptNew;
    this.config = config == null ? HOME.resolve("config") : config;
  }
}
