package dev.muster.transport;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.job.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.config.hosts.ConfigFileHostEntryResolver;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionCreator;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.BaseBuilder;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.cipher.Cipher;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reaches hosts over SSH: keys from files, host keys verified, {@code ~/.ssh/config} with its jumps
 * honoured; one client for the process, one session with one channel per {@link #open}.
 */
@Component
public final class SshTransport implements Transport, AutoCloseable {

  private static final int DEFAULT_PORT = 22;
  private static final AttributeKey<Set<String>> KNOWN_TYPES = new AttributeKey<>();

  /** A TCP handshake across the world takes a third of a second; one lost packet is forgiven. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  private final SshSettings settings;
  private final SshClient client;
  private final HostKeys hostKeys;
  private final HostConfigEntryResolver configuration;
  private final Identities identities = new Identities();
  private final Proxies proxies;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("ssh-deadlines").factory());

  public SshTransport(SshSettings settings) {
    this.settings = settings;
    this.configuration =
        Files.isReadable(settings.config())
            ? new ConfigFileHostEntryResolver(settings.config())
            : HostConfigEntryResolver.EMPTY;
    this.client = SshClient.setUpDefaultClient();
    this.hostKeys = new HostKeys(settings.knownHosts(), settings.acceptNew());
    client.setServerKeyVerifier(hostKeys);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setHostConfigEntryResolver(configuration);
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(true, keyExchanges(), ClientBuilder.DH2KEX));
    client.setCipherFactories(ciphers());
    CoreModuleProperties.TCP_NODELAY.set(client, true);
    CoreModuleProperties.PREFERRED_AUTHS.set(client, "publickey");
    CoreModuleProperties.AUTH_TIMEOUT.set(client, settings.connectTimeout());
    client.addSessionListener(
        new SessionListener() {
          @Override
          public void sessionCreated(Session session) {
            if (session instanceof ClientSession ours && ours.getConnectionContext() != null) {
              preferKnownKeys(ours, ours.getConnectionContext());
              nameTarget(ours, ours.getConnectionContext());
            }
          }
        });
    client.start();
    this.proxies = new Proxies(proxy -> logIn(proxy, login -> {}), deadlines);
  }

  private static void preferKnownKeys(ClientSession session, AttributeRepository context) {
    Set<?> known = context.getAttribute(KNOWN_TYPES);
    if (known != null && !known.isEmpty()) {
      List<NamedFactory<Signature>> order = new ArrayList<>(session.getSignatureFactories());
      order.sort(
          Comparator.comparing(f -> !known.contains(KeyUtils.getCanonicalKeyType(f.getName()))));
      session.setSignatureFactories(order);
    }
  }

  /** Its key is looked for under its own address, not under that of the way's entrance. */
  private static void nameTarget(ClientSession session, AttributeRepository context) {
    SshdSocketAddress target = context.getAttribute(HostKeys.BEHIND_PROXY);
    if (target != null) {
      session.setAttribute(ClientSessionCreator.TARGET_SERVER, target);
    }
  }

  /** Curve25519 first: a tenth of the post-quantum exchange's cost in Java. */
  private static List<BuiltinDHFactories> keyExchanges() {
    List<BuiltinDHFactories> order = new ArrayList<>(BaseBuilder.DEFAULT_KEX_PREFERENCE);
    order.sort((a, b) -> Integer.compare(cost(a), cost(b)));
    return order;
  }

  private static int cost(BuiltinDHFactories exchange) {
    return switch (exchange) {
      case curve25519, curve25519_libssh -> 0;
      case sntrup761x25519, sntrup761x25519_openssh -> 2;
      default -> 1;
    };
  }

  private static List<NamedFactory<Cipher>> ciphers() {
    return List.of(
        BuiltinCiphers.aes128gcm,
        BuiltinCiphers.aes256gcm,
        BuiltinCiphers.aes128ctr,
        BuiltinCiphers.aes256ctr,
        BuiltinCiphers.cc20p1305_openssh);
  }

  @Override
  public boolean answers(Access access) {
    if (access.proxies() != null) {
      return true;
    }
    try {
      HostConfigEntry entry = resolve(access);
      if (entry.getProxyJump() != null && !entry.getProxyJump().isEmpty()) {
        return true;
      }
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(entry.getHostName(), entry.getPort()),
            Math.toIntExact(ANSWER.toMillis()));
        return true;
      }
    } catch (IOException e) {
      return false;
    } catch (TransportException e) {
      // It has no address, of which its own turn will tell.
      return true;
    }
  }

  @Override
  public HostSession open(Access access) throws TransportException {
    return attend(access, login -> {});
  }

  @Override
  public Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn)
      throws TransportException {
    return attend(access, loggedIn);
  }

  private Attendant attend(Access access, Consumer<Inspection.Login> loggedIn)
      throws TransportException {
    ClientSession session = logIn(access, loggedIn);
    SshWire wire = null;
    try {
      ChannelExec channel = session.createExecChannel(become(access.become()) + Wire.BOOTSTRAP);
      wire = new SshWire(session, channel);
      channel.open().verify(settings.connectTimeout());
      return Attendant.greet(wire, deadlines);
    } catch (IOException e) {
      session.close(true);
      throw new TransportException(Reason.LINK, "no channel: " + e.getMessage());
    } catch (TransportException e) {
      session.close(true);
      if (access.become() != Become.NONE
          && e.reason() == Reason.LINK
          && wire != null
          && wire.ended()) {
        throw new TransportException(
            Reason.PRIVILEGE, privilege(access, session.getUsername(), wire.complaint()));
      }
      throw e;
    }
  }

  private static String become(Become become) {
    return switch (become) {
      case NONE -> "exec ";
      case SUDO -> "exec sudo -n -u root ";
      case DOAS -> "exec doas -n -u root ";
    };
  }

  private static String privilege(Access access, String account, String complaint) {
    String line =
        access.become() == Become.DOAS
            ? "permit nopass %s as root cmd /bin/sh".formatted(account)
            : "%1$s ALL=(root) NOPASSWD: /bin/sh   and, where a terminal is wanted, Defaults:%1$s !requiretty"
                .formatted(account);
    return "%s; install: %s".formatted(complaint.isEmpty() ? "refused" : complaint, line);
  }

  private ClientSession logIn(Access access, Consumer<Inspection.Login> loggedIn)
      throws TransportException {
    HostConfigEntry entry = resolve(access);
    if (access.proxies() == null) {
      return logIn(access, entry, null, loggedIn);
    }
    String trouble = "none runs";
    for (Access proxy : access.proxies()) {
      SshdSocketAddress target = new SshdSocketAddress(entry.getHostName(), entry.getPort());
      Proxies.Way way;
      try {
        way = proxies.way(proxy, target);
      } catch (TransportException | IOException e) {
        trouble = proxy.address() + ": " + plain(e);
        continue;
      }
      try {
        ClientSession session = logIn(access, entry, way, loggedIn);
        session.addCloseFutureListener(closed -> way.close());
        return session;
      } catch (TransportException | RuntimeException e) {
        way.close();
        throw e;
      }
    }
    throw new TransportException(
        Reason.NO_PROXY,
        "%d proxies of its cloud area were tried; %s".formatted(access.proxies().size(), trouble));
  }

  /**
   * @param way through a proxy; null if there is none on the way, or those of the SSH configuration
   */
  private ClientSession logIn(
      Access access,
      HostConfigEntry entry,
      Proxies.@Nullable Way way,
      Consumer<Inspection.Login> loggedIn)
      throws TransportException {
    if (entry.getUsername() == null || entry.getUsername().isEmpty()) {
      entry.setUsername(System.getProperty("user.name"));
    }
    List<KeyPair> keys =
        identities.of(
            access.identity() == null ? entry.getIdentities() : List.of(access.identity()));
    entry.setIdentities(List.of());
    boolean jumping = entry.getProxyJump() != null && !entry.getProxyJump().isEmpty();
    Map<AttributeKey<?>, Object> about = new HashMap<>();
    about.put(HostKeys.ACCESS, access);
    AtomicReference<String> refused = new AtomicReference<>("");
    about.put(HostKeys.REFUSED, refused);
    if (way != null) {
      about.put(HostKeys.BEHIND_PROXY, new SshdSocketAddress(entry.getHostName(), entry.getPort()));
    }
    if (jumping && way == null) {
      // The types by which the target is known say nothing of the jump on the way.
      about.put(HostKeys.BEHIND_JUMP, new SshdSocketAddress(entry.getHostName(), entry.getPort()));
    } else {
      about.put(KNOWN_TYPES, hostKeys.knownTypes(access, entry.getHostName(), entry.getPort()));
    }
    AttributeRepository context = AttributeRepository.ofAttributesMap(about);
    ClientSession session;
    try {
      session =
          client
              .connect(way == null ? entry : at(way.entrance(), entry), context, null)
              .verify(settings.connectTimeout())
              .getSession();
    } catch (IOException | RuntimeException e) {
      throw new TransportException(
          refused(cause(e)) ? Reason.REFUSED : Reason.CONNECT,
          "%s port %d: %s".formatted(entry.getHostName(), entry.getPort(), plain(e)));
    }
    try {
      keys.forEach(session::addPublicKeyIdentity);
      session.auth().verify(settings.connectTimeout());
      loggedIn.accept(
          new Inspection.Login(
              session.getUsername(),
              entry.getHostName(),
              entry.getPort(),
              HostKeys.described(session.getServerKey())));
      return session;
    } catch (IOException e) {
      session.close(true);
      if (!refused.get().isEmpty()) {
        throw new TransportException(
            Reason.HOST_KEY,
            refused.get() + "; " + HostKeys.enrol(entry.getHostName(), entry.getPort()));
      }
      throw new TransportException(
          loginReason(e),
          "%s@%s: %s".formatted(entry.getUsername(), entry.getHostName(), plain(e)));
    } catch (RuntimeException e) {
      session.close(true);
      throw e;
    }
  }

  private static HostConfigEntry at(SshdSocketAddress entrance, HostConfigEntry entry) {
    return new HostConfigEntry(
        entry.getHost(), entrance.getHostName(), entrance.getPort(), entry.getUsername());
  }

  private HostConfigEntry resolve(Access access) throws TransportException {
    if (access.address().isBlank()) {
      throw new TransportException(Reason.NO_ADDRESS, "no address");
    }
    int port = access.port() == null ? 0 : access.port();
    try {
      HostConfigEntry entry =
          configuration.resolveEffectiveHost(
              access.address(), port, null, access.account(), null, null);
      if (entry != null) {
        return entry;
      }
    } catch (IOException e) {
      throw new TransportException(
          Reason.CONNECT, "cannot read " + settings.config() + ": " + e.getMessage());
    }
    return new HostConfigEntry(
        access.address(), access.address(), port == 0 ? DEFAULT_PORT : port, access.account());
  }

  private static Reason loginReason(IOException e) {
    boolean refused =
        e instanceof SshException ssh
            && ssh.getDisconnectCode()
                == SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE;
    return refused ? Reason.AUTH : Reason.CONNECT;
  }

  /** The kernel's own time limit is a ConnectException too: only its words tell them apart. */
  private static boolean refused(Throwable cause) {
    return cause instanceof ConnectException && "Connection refused".equals(cause.getMessage());
  }

  private static String plain(Throwable e) {
    Throwable cause = cause(e);
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  private static Throwable cause(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  @Override
  public void close() {
    client.stop();
    deadlines.shutdownNow();
  }
}
