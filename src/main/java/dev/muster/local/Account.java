package dev.muster.local;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Who runs PostgreSQL, which refuses to be root.
 *
 * @param prefix goes in front of its programs; replaces itself by them
 * @param owner of its data, as seen from here
 */
record Account(List<String> prefix, UserPrincipal owner) {

  private static final String NOBODY = "nobody";
  private static final int SECONDS = 10;

  Account {
    prefix = List.copyOf(prefix);
  }

  /**
   * Picks the account: this one; for root a user name space, where it is root no more; else user
   * {@code nobody}, if it can reach {@code program}.
   *
   * @throws LocalServerRefusal if root cannot step down
   */
  static Account choose(Path program, Home home) throws IOException {
    // Not user.name, which anyone can set: the file system knows whom it takes us for.
    Path probe = Files.createTempFile(home.postgres(), "account", ".probe");
    UserPrincipal self = Files.getOwner(probe);
    int uid = (Integer) Files.getAttribute(probe, "unix:uid");
    Files.delete(probe);
    if (uid != 0) {
      return new Account(List.of(), self);
    }
    Account separate = new Account(List.of("unshare", "-U"), self);
    return separate.works(List.of("true")) ? separate : nobody(program, home);
  }

  static Account nobody(Path program, Home home) throws IOException {
    UserPrincipal owner =
        program.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
    String group = output(List.of("id", "-g", NOBODY)).orElse(NOBODY);
    Account nobody =
        new Account(
            List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + group, "--clear-groups"), owner);
    for (Path way : home.waysToPostgres()) {
      letPass(way);
    }
    if (!nobody.works(List.of("test", "-x", program.toString()))) {
      throw new LocalServerRefusal(
          ("PostgreSQL does not run as root, `unshare -U` fails, and user nobody cannot run %s: set"
                  + " MUSTER_HOME to a directory below /var/lib, run muster as another user, or"
                  + " configure spring.datasource.url")
              .formatted(program));
    }
    return nobody;
  }

  /** Others may go through, not look around. */
  private static void letPass(Path directory) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
    if (permissions.add(PosixFilePermission.OTHERS_EXECUTE)) {
      Files.setPosixFilePermissions(directory, permissions);
    }
  }

  /** Gives a directory with all that is in it to the account, if it has another owner. */
  void own(Path directory) throws IOException {
    if (Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.toList()) {
        Files.setOwner(path, owner);
      }
    }
  }

  List<String> command(List<String> command) {
    List<String> line = new ArrayList<>(prefix);
    line.addAll(command);
    return line;
  }

  private boolean works(List<String> command) {
    return output(command(command)).isPresent();
  }

  /** Empty if the command fails or does not exist. */
  private static Optional<String> output(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectError(Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? Optional.of(output.strip()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
