package dev.muster.transport;

import dev.muster.host.Access;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.RejectAllServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionCreator;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Trusts a host by the key pinned in the inventory, else by {@code known_hosts}; never by its word.
 */
final class HostKeys implements ServerKeyVerifier {

  /** On the connection: whom we mean to reach. */
  static final AttributeKey<Access> ACCESS = new AttributeKey<>();

  /** On the connection, if there are jumps on the way: where the host itself is. */
  static final AttributeKey<SshdSocketAddress> BEHIND_JUMP = new AttributeKey<>();

  /** On the connection, if it goes through a proxy of ours: where the host itself is. */
  static final AttributeKey<SshdSocketAddress> BEHIND_PROXY = new AttributeKey<>();

  /**
   * In the context of the connection: takes why the key was refused. Not on the session, for one
   * that is closed, as it is by the refusal, forgets what it was given.
   */
  static final AttributeKey<AtomicReference<String>> REFUSED = new AttributeKey<>();

  private final Path knownHosts;
  private final ServerKeyVerifier known;

  HostKeys(Path knownHosts, boolean acceptNew) {
    ServerKeyVerifier unknown =
        acceptNew ? AcceptAllServerKeyVerifier.INSTANCE : RejectAllServerKeyVerifier.INSTANCE;
    this.knownHosts = knownHosts;
    this.known = new KnownHostsServerKeyVerifier(unknown, knownHosts);
    if (acceptNew && knownHosts.getParent() != null) {
      try {
        Files.createDirectories(knownHosts.getParent());
      } catch (IOException e) {
        throw new IllegalStateException("cannot write " + knownHosts, e);
      }
    }
  }

  @Override
  public boolean verifyServerKey(ClientSession session, SocketAddress remote, PublicKey key) {
    AttributeRepository context = session.getConnectionContext();
    Access access = context == null ? null : context.getAttribute(ACCESS);
    String pinned = access == null ? null : access.hostKey();
    // A pinned key speaks for its own host, and alone; a jump on the way is known by known_hosts.
    boolean trusted =
        (pinned != null && !isJump(session, context))
            ? samePinned(pinned, key)
            : known.verifyServerKey(session, remote, key);
    if (!trusted) {
      AtomicReference<String> refused = context == null ? null : context.getAttribute(REFUSED);
      if (refused != null) {
        refused.set(described(key) + " is not the key we know");
      }
    }
    return trusted;
  }

  private static boolean isJump(ClientSession session, AttributeRepository context) {
    SshdSocketAddress target = context.getAttribute(BEHIND_JUMP);
    return target != null
        && !target.equals(session.getAttribute(ClientSessionCreator.TARGET_SERVER));
  }

  private static boolean samePinned(String pinned, PublicKey key) {
    PublicKey expected = parse(pinned);
    return expected != null && KeyUtils.compareKeys(expected, key);
  }

  /**
   * The types of key by which a host is known. A server that has several keys is asked for one of
   * these first, for it could not be recognised by another.
   */
  Set<String> knownTypes(Access access, String host, int port) {
    PublicKey pinned = access.hostKey() == null ? null : parse(access.hostKey());
    if (pinned != null) {
      return Set.of(String.valueOf(KeyUtils.getKeyType(pinned)));
    }
    if (!Files.isReadable(knownHosts)) {
      return Set.of();
    }
    try {
      return KnownHostEntry.readKnownHostEntries(knownHosts).stream()
          .filter(entry -> entry.getKeyEntry() != null && entry.isHostMatch(host, port))
          .map(entry -> entry.getKeyEntry().getKeyType())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      return Set.of();
    }
  }

  /**
   * The key of a {@code known_hosts}-like text, with or without host names before it; null if there
   * is none.
   */
  static @Nullable PublicKey parse(String pinned) {
    List<String> words = List.of(pinned.strip().split("\\s+"));
    for (int i = 0; i + 1 < words.size(); i++) {
      if (words.get(i).startsWith("ssh-") || words.get(i).startsWith("ecdsa-")) {
        try {
          return AuthorizedKeyEntry.parseAuthorizedKeyEntry(words.get(i) + " " + words.get(i + 1))
              .resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
          return null;
        }
      }
    }
    return null;
  }

  /** Type and fingerprint, as {@code ssh-keygen -l} prints them. */
  static String described(PublicKey key) {
    return KeyUtils.getKeyType(key) + " " + KeyUtils.getFingerPrint(key);
  }

  /** The command that enrols a host's key, for the person who has checked its fingerprint. */
  static String enrol(String address, int port) {
    return "compare the fingerprint, then: ssh-keyscan -p %d %s >> ~/.ssh/known_hosts"
        .formatted(port, address);
  }
}
