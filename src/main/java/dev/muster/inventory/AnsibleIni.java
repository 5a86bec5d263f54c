package dev.muster.inventory;

import dev.muster.inventory.Format.Taker;
import dev.muster.inventory.HostPattern.BadInventoryException;
import dev.muster.job.Limits;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An Ansible inventory in sections: {@code [web]} names hosts, {@code [web:vars]} gives them
 * variables, {@code [site:children]} puts groups into a group.
 */
final class AnsibleIni {

  private static final Pattern SECTION =
      Pattern.compile("\\[([^:\\]\\s]+)(?::([a-z]+))?]\\s*([#;].*)?");

  private final AnsibleInventory inventory = new AnsibleInventory();
  private final Taker taker;

  /** Groups that were only spoken of so far, and where. */
  private final Map<String, Long> pending = new LinkedHashMap<>();

  private String group = "ungrouped";
  private Part part = Part.HOSTS;

  private enum Part {
    HOSTS,
    VARS,
    CHILDREN,
    /** Below a section that was refused. */
    NOTHING
  }

  private AnsibleIni(Taker taker) {
    this.taker = taker;
  }

  static void read(Reader text, Taker taker) throws IOException {
    new AnsibleIni(taker).read(new Lines(text));
  }

  private void read(Lines lines) throws IOException {
    long characters = 0;
    for (String line = lines.next(); line != null; line = lines.next()) {
      characters += line.length();
      if (characters > Limits.ANSIBLE_CHARS) {
        taker.reject(lines.number(), tooLongBecause());
        break;
      }
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
        continue;
      }
      try {
        read(text, lines.number());
      } catch (BadInventoryException bad) {
        taker.reject(lines.number(), bad.why());
      }
    }
    pending.forEach(
        (name, line) -> taker.reject(line, "there is no section [%s] for this".formatted(name)));
    inventory.tell(taker);
  }

  static String tooLongBecause() {
    return "an Ansible inventory is read as a whole and holds at most %d characters; nothing from here on was read, take JSON lines or CSV"
        .formatted(Limits.ANSIBLE_CHARS);
  }

  private void read(String line, long number) {
    // A line that ends with a bracket may be a host too: web[1:3]
    if (line.startsWith("[") && !line.matches("\\[[^\\]]*:[^a-z\\]][^\\]]*].*")) {
      section(line, number);
      return;
    }
    switch (part) {
      case HOSTS -> hosts(line, number);
      case VARS -> variable(line);
      case CHILDREN -> child(line, number);
      case NOTHING -> {}
    }
  }

  private void section(String line, long number) {
    Matcher section = SECTION.matcher(line);
    part = Part.NOTHING;
    if (!section.matches()) {
      throw new BadInventoryException(
          "%s is no section; write [group], [group:vars] or [group:children]"
              .formatted(ImportLine.shown(line)));
    }
    group = section.group(1);
    part =
        switch (section.group(2)) {
          case null -> Part.HOSTS;
          case "vars" -> Part.VARS;
          case "children" -> Part.CHILDREN;
          default ->
              throw new BadInventoryException(
                  "[%s:%s]: a section of a group is vars or children"
                      .formatted(group, section.group(2)));
        };
    if (part == Part.VARS && !inventory.knows(group)) {
      pending.putIfAbsent(group, number);
    } else if (part != Part.VARS) {
      inventory.group(group);
      pending.remove(group);
    }
  }

  private void hosts(String line, long number) {
    List<String> words = words(line);
    if (words.isEmpty()) {
      return;
    }
    Map<String, String> variables = new LinkedHashMap<>();
    for (String word : words.subList(1, words.size())) {
      int equals = word.indexOf('=');
      if (equals < 1) {
        throw new BadInventoryException(
            "%s is no variable; write name=value, with quotes around a value with spaces"
                .formatted(ImportLine.shown(word)));
      }
      variables.put(word.substring(0, equals), unquoted(word.substring(equals + 1)));
    }
    inventory.hosts(group, HostPattern.parse(words.getFirst()), number, variables);
  }

  private void variable(String line) {
    int equals = line.indexOf('=');
    if (equals < 1) {
      throw new BadInventoryException(
          "%s is no variable; write name=value".formatted(ImportLine.shown(line)));
    }
    String name = line.substring(0, equals).strip();
    inventory.variable(group, name, unquoted(line.substring(equals + 1).strip()));
  }

  private void child(String line, long number) {
    String name = line.replaceAll("\\s*[#;].*", "");
    if (!inventory.knows(name)) {
      pending.putIfAbsent(name, number);
    }
    inventory.child(group, name);
  }

  /** A value that stands in quotes altogether, or ends before a comment. */
  private static String unquoted(String text) {
    if (text.length() > 1
        && (text.startsWith("\"") || text.startsWith("'"))
        && text.indexOf(text.charAt(0), 1) > 0) {
      return text.substring(1, text.indexOf(text.charAt(0), 1));
    }
    return text.replaceAll("\\s#.*", "").strip();
  }

  /** Words as a shell would take them, up to a comment. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && c == '#') {
        break;
      } else if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
        begun = true;
      } else if (c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        begun = true;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
          word.setLength(0);
          begun = false;
        }
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quote != 0) {
      throw new BadInventoryException("a quote is opened and never closed");
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
