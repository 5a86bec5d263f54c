package dev.muster.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * What a host shares with its lab: plain files of this machine, which the host sees in {@code
 * /lab}.
 */
final class HostFiles {

  private final Path directory;
  private final Path shared;

  private HostFiles(Path directory) {
    this.directory = directory;
    this.shared = directory.resolve("lab");
  }

  /** Lays them out. The scripts are in the parent directory. */
  static HostFiles create(Path directory, Behaviour behaviour, Path authorizedKeys) {
    HostFiles files = new HostFiles(directory);
    try {
      Files.createDirectories(directory.resolve("fs"));
      Files.createDirectories(files.shared.resolve("once"));
      mode(files.shared, "rwxr-xr-x");
      mode(files.shared.resolve("once"), "rwxrwxrwx");
      for (String name : List.of("boot.sh", "sshd.sh", "gsectl")) {
        Files.copy(directory.resolveSibling(name), files.shared.resolve(name));
      }
      files.put("authorized_keys", Files.readString(authorizedKeys));
      files.put("boot_id", UUID.randomUUID() + "\n");
      files.put("behaviour", behaviour.line(0));
      files.put("ledger", "");
      // The ledger records an attempt by anyone, allowed or not.
      mode(files.shared.resolve("ledger"), "rw-rw-rw-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  Path directory() {
    return directory;
  }

  Path holderScript() {
    return directory.resolveSibling("holder.sh");
  }

  Path consoleLog() {
    return shared.resolve("console.log");
  }

  String read(String name) {
    try {
      return Files.readString(shared.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Replaces a file at once: a reader sees the old or the new content. */
  void put(String name, String content) {
    Path file = shared.resolve(name);
    Path whole = shared.resolve(name + ".new");
    try {
      Files.writeString(whole, content);
      mode(whole, "rw-r--r--");
      Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a line to the ledger on the host's behalf: the word, the time and the rest. */
  void note(String word, String rest) {
    Instant now = Instant.now();
    long ns = TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    String line = word + " " + ns + rest + "\n";
    try {
      Files.writeString(shared.resolve("ledger"), line, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
