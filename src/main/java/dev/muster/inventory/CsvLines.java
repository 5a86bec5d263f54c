package dev.muster.inventory;

import dev.muster.inventory.Format.Taker;
import dev.muster.job.Limits;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values, the first line names the fields. A value in double quotes may hold commas
 * and line ends, and a double quote written twice.
 */
final class CsvLines {

  private final Lines lines;
  private final Taker taker;
  private final List<String> values = new ArrayList<>();
  private String line = "";
  private int at;

  private CsvLines(Lines lines, Taker taker) {
    this.lines = lines;
    this.taker = taker;
  }

  static void read(Reader text, Taker taker) throws IOException {
    new CsvLines(new Lines(text), taker).read();
  }

  private void read() throws IOException {
    String header = lines.next();
    if (header == null || header.isBlank()) {
      taker.reject(1, "not CSV: the first line must name the fields");
      return;
    }
    String fault = split(header);
    List<String> names = values.stream().map(String::strip).toList();
    if (fault == null && new HashSet<>(names).size() < names.size()) {
      fault = "a field is named twice in " + ImportLine.shown(header);
    }
    if (fault != null) {
      taker.reject(1, "not CSV: " + fault);
      return;
    }
    for (String next = lines.next(); next != null; next = lines.next()) {
      if (next.isBlank()) {
        continue;
      }
      long number = lines.number();
      String why = lines.tooLong() ? Lines.tooLongBecause() : split(next);
      if (why != null) {
        taker.reject(number, "not CSV: " + why);
        continue;
      }
      Map<String, String> fields = LinkedHashMap.newLinkedHashMap(names.size());
      why = named(names, fields);
      if (why != null) {
        taker.reject(number, why);
      } else {
        taker.take(number, fields);
      }
    }
  }

  private @Nullable String named(List<String> names, Map<String, String> fields) {
    for (int i = 0; i < values.size(); i++) {
      String text = values.get(i);
      if (i < names.size()) {
        fields.put(names.get(i), text);
      } else if (!text.isBlank()) {
        return "%s: the first line names %d fields, this is value %d"
            .formatted(ImportLine.shown(text), names.size(), i + 1);
      }
    }
    return null;
  }

  /** Reads the values of a record, which may go on in further lines; answers what is wrong. */
  private @Nullable String split(String first) throws IOException {
    values.clear();
    line = first;
    at = 0;
    while (true) {
      int start = afterBlanks();
      boolean quoted = start < line.length() && line.charAt(start) == '"';
      String why = quoted ? quoted(start + 1) : plain();
      if (why != null || at >= line.length()) {
        return why;
      }
      at++;
    }
  }

  private @Nullable String plain() {
    int comma = line.indexOf(',', at);
    int end = comma < 0 ? line.length() : comma;
    values.add(line.substring(at, end));
    at = end;
    return null;
  }

  private @Nullable String quoted(int start) throws IOException {
    StringBuilder value = new StringBuilder();
    at = start;
    while (true) {
      int quote = line.indexOf('"', at);
      if (quote < 0) {
        value.append(line, at, line.length()).append('\n');
        String next = lines.next();
        if (next == null || value.length() > Limits.IMPORT_LINE_CHARS) {
          return "a double quote opens a value and nothing closes it";
        }
        line = next;
        at = 0;
      } else if (line.startsWith("\"\"", quote)) {
        value.append(line, at, quote + 1);
        at = quote + 2;
      } else {
        values.add(value.append(line, at, quote).toString());
        at = quote + 1;
        at = afterBlanks();
        return at == line.length() || line.charAt(at) == ','
            ? null
            : "text follows the double quote that closes a value; inside a value write it twice";
      }
    }
  }

  private int afterBlanks() {
    int next = at;
    while (next < line.length() && line.charAt(next) == ' ') {
      next++;
    }
    return next;
  }
}
