package dev.muster.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The runner as it is sent: without comments and indentation, in one line that {@code printf %b}
 * turns back.
 */
final class RunnerScript {

  private final String line;
  private final String version;

  private RunnerScript(String text) {
    this.line = text.replace("\\", "\\\\").replace("\n", "\\n");
    this.version = DigestUtils.sha256Hex(text).substring(0, 12);
  }

  static RunnerScript load() {
    try (InputStream in = RunnerScript.class.getResourceAsStream("/runner/runner.sh")) {
      if (in == null) {
        throw new IllegalStateException("the runner is missing from the class path");
      }
      return new RunnerScript(strip(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String line() {
    return line;
  }

  String version() {
    return version;
  }

  /** A field as it travels: what is not plain becomes an octal escape of {@code printf %b}. */
  static String escape(String field) {
    StringBuilder escaped = new StringBuilder(field.length() + 16);
    for (byte b : field.getBytes(StandardCharsets.UTF_8)) {
      int c = b & 0xff;
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "/._-,:=+@".indexOf(c) >= 0;
      if (plain) {
        escaped.append((char) c);
      } else {
        escaped.append("\\0").append((char) ('0' + (c >> 6))).append((char) ('0' + ((c >> 3) & 7)));
        escaped.append((char) ('0' + (c & 7)));
      }
    }
    return escaped.toString();
  }

  private static String strip(String text) {
    return text.lines()
        .map(String::strip)
        .filter(l -> !l.isEmpty() && !l.startsWith("#"))
        .collect(Collectors.joining("\n"));
  }
}
