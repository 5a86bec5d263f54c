package dev.muster.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** What a server printed since its last start, in a file that is bounded at every start. */
final class ServerLog {

  /** Weeks of what these servers print at their log levels. */
  private static final long BYTES_KEPT = 10_000_000;

  private static final int TAIL_BYTES = 4096;

  private final Path file;
  private long begin;

  ServerLog(Path file) {
    this.file = file;
  }

  Path file() {
    return file;
  }

  /** Called before a start: what follows belongs to it. */
  void begin() throws IOException {
    long size = Files.exists(file) ? Files.size(file) : 0;
    if (size > BYTES_KEPT) {
      Path previous = file.resolveSibling(file.getFileName() + ".1");
      Files.move(file, previous, StandardCopyOption.REPLACE_EXISTING);
      size = 0;
    }
    begin = size;
  }

  /** The line that most likely says why the server ended. */
  String lastError() {
    List<String> lines = tail();
    return lines.stream()
        .filter(line -> line.contains("FATAL") || line.contains("rror"))
        .reduce((earlier, later) -> later)
        .orElseGet(() -> lines.isEmpty() ? "it ended without a word" : lines.getLast());
  }

  private List<String> tail() {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(begin, open.length() - TAIL_BYTES);
      byte[] tail = new byte[(int) Math.max(0, open.length() - from)];
      open.seek(from);
      open.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8).strip().lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
