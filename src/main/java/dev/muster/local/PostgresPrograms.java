package dev.muster.local;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path.
 *
 * @param directory holds {@code bin}, {@code lib} and {@code share}
 */
record PostgresPrograms(Path directory) {

  private static final Pattern VERSION = Pattern.compile("-(\\d+(?:\\.\\d+)+)\\.jar!");

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  /**
   * Returns the programs for this machine, unpacked into {@code parent} on first use.
   *
   * <p>The directory appears whole or not at all, so that several musters may do this at once.
   */
  static PostgresPrograms in(Path parent) throws IOException {
    String archive = "postgres-%s-%s.txz".formatted(operatingSystem(), architecture());
    URL url =
        Optional.ofNullable(PostgresPrograms.class.getResource("/" + archive))
            .orElseThrow(
                () ->
                    new LocalServerRefusal(
                        "muster brings no PostgreSQL for this machine (%s): configure spring.datasource.url"
                            .formatted(archive)));
    Path directory = parent.resolve(version(url));
    if (!Files.isDirectory(directory)) {
      unpack(url, directory);
    }
    return new PostgresPrograms(directory);
  }

  private static String operatingSystem() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name;
  }

  private static String architecture() {
    return switch (System.getProperty("os.arch")) {
      case "amd64" -> "x86_64";
      case "aarch64" -> "arm_64";
      case String other -> other;
    };
  }

  /** The archive does not tell its version; the name of the jar around it does. */
  private static String version(URL archive) {
    Matcher version = VERSION.matcher(archive.toString());
    String found = "unversioned";
    while (version.find()) {
      found = version.group(1);
    }
    return found;
  }

  private static void unpack(URL archive, Path directory) throws IOException {
    Path unpacked = Files.createTempDirectory(directory.toAbsolutePath().getParent(), "unpack-");
    try (InputStream raw = new BufferedInputStream(archive.openStream());
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(raw))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpack(tar, entry, unpacked);
      }
      Files.setPosixFilePermissions(unpacked, PosixFilePermissions.fromString("rwxr-xr-x"));
      move(unpacked, directory);
    } finally {
      delete(unpacked);
    }
  }

  private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into)
      throws IOException {
    Path target = into.resolve(entry.getName()).normalize();
    if (!target.startsWith(into)) {
      throw new IOException("entry outside of the archive: " + entry.getName());
    }
    if (entry.isDirectory()) {
      Files.createDirectories(target);
      return;
    }
    Files.createDirectories(target.getParent());
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
      return;
    }
    Files.copy(tar, target);
    boolean program = (entry.getMode() & 0100) != 0;
    Files.setPosixFilePermissions(
        target, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
  }

  private static void move(Path unpacked, Path directory) throws IOException {
    try {
      Files.move(unpacked, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (FileSystemException e) {
      // Another muster was faster; both have unpacked the same.
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
