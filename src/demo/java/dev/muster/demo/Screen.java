package dev.muster.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the demo shows: lines in two columns, and below them a few lines that are drawn anew, where
 * standard output is a terminal. Thread-safe.
 */
final class Screen {

  /** Narrower ones would break the lines that are drawn anew. */
  private static final int NARROWEST = 80;

  private static final int USUAL = 100;
  private static final String ERASE = "\033[2K";

  private final PrintStream out;
  private final int columns;
  private int drawn;
  private boolean closed;

  private Screen(PrintStream out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  static Screen ofThisProcess() {
    return new Screen(System.out, terminalColumns());
  }

  /** 0 if standard output is not a terminal on which lines can be drawn anew. */
  private static int terminalColumns() {
    if ("dumb".equals(System.getenv("TERM"))) {
      return 0;
    }
    try {
      // The shell knows, and speaks on the stream that is not asked about.
      Process shell =
          new ProcessBuilder("/bin/sh", "-c", "test -t 1 || exit 1; stty size <&1 >&2; exit 0")
              .redirectOutput(Redirect.INHERIT)
              .start();
      shell.getOutputStream().close();
      String size;
      try (InputStream answer = shell.getErrorStream()) {
        size = new String(answer.readAllBytes(), StandardCharsets.US_ASCII);
      }
      return shell.waitFor() == 0 ? columns(size) : 0;
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static int columns(String size) {
    String[] words = size.strip().split(" ", -1);
    int columns =
        words.length == 2 && words[1].matches("[1-9][0-9]{0,3}")
            ? Integer.parseInt(words[1])
            : USUAL;
    return columns < NARROWEST ? 0 : columns;
  }

  /** Whether lines can be drawn anew. */
  boolean live() {
    return columns > 0;
  }

  /** Of a line that can be drawn anew. */
  int columns() {
    return columns;
  }

  boolean canShow(char letter) {
    return out.charset().newEncoder().canEncode(letter);
  }

  synchronized void say(String label, String text) {
    line("  %-11s %s".formatted(label, text));
  }

  synchronized void line(String text) {
    if (!closed) {
      drawn = 0;
      out.println(text);
    }
  }

  /** Draws the lines where the last ones were drawn, if nothing was said since. */
  synchronized void draw(List<String> lines) {
    if (closed) {
      return;
    }
    StringBuilder text = new StringBuilder();
    if (drawn > 0) {
      text.append("\033[").append(drawn).append('A');
    }
    lines.forEach(line -> text.append('\r').append(ERASE).append(line).append('\n'));
    out.print(text);
    out.flush();
    drawn = lines.size();
  }

  /** A last line; nothing is shown after it. */
  synchronized void close(String last) {
    line(last);
    closed = true;
  }

  synchronized boolean closed() {
    return closed;
  }
}
