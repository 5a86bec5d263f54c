package dev.muster.inventory;

import dev.muster.job.Limits;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Lines of text, one at a time, ended by LF, CR LF or CR. A byte order mark before the first is no
 * part of it. A line longer than {@link Limits#IMPORT_LINE_CHARS} is passed over but its beginning.
 */
final class Lines {

  private final Reader reader;
  private final char[] buffer = new char[64 * 1024];
  private final StringBuilder begun = new StringBuilder();
  private int at;
  private int end;
  private long number;
  private boolean afterReturn;
  private boolean tooLong;

  Lines(Reader reader) {
    this.reader = reader;
  }

  /** The number of the last line, counted from 1. */
  long number() {
    return number;
  }

  /** Whether the last line was longer than a line may be. */
  boolean tooLong() {
    return tooLong;
  }

  static String tooLongBecause() {
    return "longer than %d characters; write one object a line".formatted(Limits.IMPORT_LINE_CHARS);
  }

  /** The next line without its end; null after the last. */
  @Nullable String next() throws IOException {
    begun.setLength(0);
    tooLong = false;
    boolean any = false;
    while (fill()) {
      if (afterReturn) {
        afterReturn = false;
        if (buffer[at] == '\n') {
          at++;
          continue;
        }
      }
      any = true;
      int from = at;
      while (at < end && buffer[at] != '\n' && buffer[at] != '\r') {
        at++;
      }
      keep(from, at - from);
      if (at < end) {
        afterReturn = buffer[at++] == '\r';
        return line();
      }
    }
    return any ? line() : null;
  }

  private String line() {
    number++;
    String line = begun.toString();
    return number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
  }

  private void keep(int from, int length) {
    int room = Limits.IMPORT_LINE_CHARS - begun.length();
    tooLong |= length > room;
    begun.append(buffer, from, Math.min(length, room));
  }

  private boolean fill() throws IOException {
    if (at < end) {
      return true;
    }
    at = 0;
    end = Math.max(0, reader.read(buffer));
    return end > 0;
  }
}
