package dev.muster.transport;

import dev.muster.job.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Private keys from files; parsed once per content. Nothing of a key is ever logged. */
final class Identities {

  private static final List<String> DEFAULTS = List.of("id_ed25519", "id_ecdsa", "id_rsa");

  private record Parsed(FileTime modified, List<KeyPair> keys) {}

  private final Map<Path, Parsed> parsed = new ConcurrentHashMap<>();
  private final Path home = Path.of(System.getProperty("user.home"), ".ssh");

  /**
   * The key pairs to offer: of the named files, or of the user's default files if none is named.
   */
  List<KeyPair> of(Collection<String> files) throws TransportException {
    List<KeyPair> keys = new ArrayList<>();
    for (String file : files) {
      keys.addAll(
          load(
              Path.of(
                  file.startsWith("~/")
                      ? System.getProperty("user.home") + file.substring(1)
                      : file)));
    }
    if (files.isEmpty()) {
      for (String name : DEFAULTS) {
        if (Files.isReadable(home.resolve(name))) {
          keys.addAll(load(home.resolve(name)));
        }
      }
    }
    return keys;
  }

  private List<KeyPair> load(Path file) throws TransportException {
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      Parsed known = parsed.get(file);
      if (known != null && known.modified().equals(modified)) {
        return known.keys();
      }
      List<KeyPair> keys = new ArrayList<>();
      try (InputStream in = Files.newInputStream(file)) {
        SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName(file.toString()), in, null)
            .forEach(keys::add);
      }
      parsed.put(file, new Parsed(modified, List.copyOf(keys)));
      return keys;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new TransportException(
          Reason.AUTH, "cannot use the key file " + file + ": " + e.getClass().getSimpleName());
    }
  }
}
