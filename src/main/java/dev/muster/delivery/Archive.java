package dev.muster.delivery;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** What a gzipped tar archive may hold: files and directories below where it is unpacked. */
final class Archive {

  private Archive() {}

  /**
   * Reads an archive to its end.
   *
   * @throws BadPackageException if it is damaged, empty, or holds something else
   */
  static void check(Path file) throws BadPackageException {
    long files = 0;
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(
                GzipCompressorInputStream.builder()
                    .setInputStream(bytes)
                    .setDecompressConcatenated(true)
                    .get())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        check(entry);
        files += entry.isFile() ? 1 : 0;
        tar.transferTo(OutputStream.nullOutputStream());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new BadPackageException("not a whole gzipped tar archive: " + e.getMessage());
    }
    if (files == 0) {
      throw new BadPackageException("not a gzipped tar archive with a file in it");
    }
  }

  private static void check(TarArchiveEntry entry) throws BadPackageException {
    String name = entry.getName();
    if (name.startsWith("/") || Arrays.asList(name.split("/")).contains("..")) {
      throw new BadPackageException(name + " would lie outside of where it is unpacked");
    }
    switch (entry.getLinkFlag()) {
      case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_DIR -> {}
      default -> throw new BadPackageException(name + " is neither a file nor a directory");
    }
  }
}
