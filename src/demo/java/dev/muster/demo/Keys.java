package dev.muster.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** Key pairs in files that only their owner can read. */
final class Keys {

  private static final int ED25519_BITS = 256;

  private Keys() {}

  /** The pair in the file; a new one, which is kept there, if there is none yet. */
  static KeyPair of(Path file) throws IOException, GeneralSecurityException {
    if (!Files.exists(file)) {
      write(KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, ED25519_BITS), file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      return SecurityUtils.loadKeyPairIdentities(
              null, NamedResource.ofName(file.toString()), in, null)
          .iterator()
          .next();
    }
  }

  private static void write(KeyPair pair, Path file) throws IOException, GeneralSecurityException {
    Path next =
        Files.createTempFile(
            file.getParent(),
            "key",
            ".next",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (OutputStream out = Files.newOutputStream(next)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "muster demo", null, out);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
