package dev.muster.inventory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of an import, in the names of the existing service (design, section 9): the only place
 * outside the HTTP edge that speaks them. A line is checked as a whole before anything of it is
 * kept.
 */
final class ImportLine {

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:%-]{0,254}");
  private static final Pattern KEY =
      Pattern.compile("(\\S+ )?(ssh|ecdsa)-\\S+ [A-Za-z0-9+/=]{40,}( .*)?");
  private static final int LONGEST_TEXT = 2_000;

  private static final List<Field> BUSINESS_FIELDS =
      List.of(id("bk_biz_id", "id"), need("bk_biz_name", "name", Type.TEXT));

  private static final List<Field> CLOUD_FIELDS =
      List.of(id("bk_cloud_id", "id"), need("bk_cloud_name", "name", Type.TEXT));

  private static final List<Field> HOST_FIELDS =
      List.of(
          id("bk_host_id", "id"),
          id("bk_biz_id", "business_id"),
          may("bk_cloud_id", "cloud_id", Type.NUMBER),
          may("inner_ip", "inner_ip", Type.IPV4),
          may("inner_ipv6", "inner_ipv6", Type.IPV6),
          may("bk_host_name", "name", Type.TEXT),
          may("os_type", "os_type", Type.OS),
          may("node_type", "node_type", Type.NODE),
          may("node_from", "node_from", Type.TEXT),
          may("bk_addressing", "addressing", Type.ADDRESSING),
          may("bk_agent_id", "agent_id", Type.TEXT),
          may("is_manual", "is_manual", Type.FLAG),
          may("install_channel_id", "install_channel_id", Type.NUMBER),
          may("ap_id", "ap_id", Type.NUMBER),
          may("login_ip", "login_ip", Type.ADDRESS),
          may("port", "port", Type.PORT),
          may("account", "account", Type.TEXT),
          may("identity", "identity", Type.TEXT),
          may("host_key", "host_key", Type.KEY),
          may("become", "become", Type.BECOME),
          may("profile", "profile", Type.TEXT));

  private static final List<Field> PROCESS_FIELDS =
      List.of(
          id("bk_host_id", "host_id"),
          need("proc_type", "kind", Type.PROCESS),
          need("name", "name", Type.TEXT),
          may("status", "status", Type.TEXT),
          may("version", "version", Type.TEXT),
          may("source_id", "source_id", Type.TEXT));

  /** What a line says, in the words of our tables. */
  sealed interface Parsed {
    record Row(Kind kind, Map<String, @Nullable Object> values) implements Parsed {}

    record Rejected(String why) implements Parsed {}
  }

  enum Kind {
    BUSINESS("business"),
    CLOUD("cloud"),
    HOST("host"),
    PROCESS("process");

    private final String table;

    Kind(String table) {
      this.table = table;
    }

    /** The table, and the value of {@code kind} in a line. */
    String table() {
      return table;
    }

    List<Field> fields() {
      return switch (this) {
        case BUSINESS -> BUSINESS_FIELDS;
        case CLOUD -> CLOUD_FIELDS;
        case HOST -> HOST_FIELDS;
        case PROCESS -> PROCESS_FIELDS;
      };
    }
  }

  /**
   * One field of a line.
   *
   * @param name at the edge
   * @param column of ours
   */
  record Field(String name, String column, Type type, boolean needed) {}

  enum Type {
    ID("a whole number above 0"),
    NUMBER("a whole number, 0 or above"),
    PORT("a port, 1 to 65535"),
    TEXT("text of at most 2000 characters"),
    IPV4("an IPv4 address"),
    IPV6("an IPv6 address"),
    ADDRESS("an address or a host name"),
    FLAG("true or false"),
    OS("LINUX, WINDOWS, AIX, SOLARIS or DARWIN"),
    NODE("AGENT, PAGENT or PROXY"),
    PROCESS("AGENT or PLUGIN"),
    ADDRESSING("static (0) or dynamic (1)"),
    BECOME("none, sudo or doas"),
    KEY("a public key as in known_hosts: ssh-ed25519 AAAA…");

    private final String expected;

    Type(String expected) {
      this.expected = expected;
    }
  }

  private ImportLine() {}

  private static Field id(String name, String column) {
    return new Field(name, column, Type.ID, true);
  }

  private static Field need(String name, String column, Type type) {
    return new Field(name, column, type, true);
  }

  private static Field may(String name, String column, Type type) {
    return new Field(name, column, type, false);
  }

  /**
   * Reads a line.
   *
   * @param line field names and values as text; blank and missing values are absent
   */
  static Parsed parse(Map<String, String> line) {
    String kindName = line.getOrDefault("kind", "host").strip();
    Kind kind = null;
    for (Kind candidate : Kind.values()) {
      if (candidate.table().equals(kindName)) {
        kind = candidate;
      }
    }
    if (kind == null) {
      return new Parsed.Rejected(
          "kind: %s is none of business, cloud, host, process".formatted(kindName));
    }
    for (String name : line.keySet()) {
      if (!name.equals("kind")
          && !line.getOrDefault(name, "").isBlank()
          && kind.fields().stream().noneMatch(f -> f.name().equals(name))) {
        return new Parsed.Rejected(
            "%s: no such field of a %s; there are %s"
                .formatted(name, kindName, kind.fields().stream().map(Field::name).toList()));
      }
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Field field : kind.fields()) {
      String text = line.getOrDefault(field.name(), "").strip();
      if (text.isEmpty()) {
        if (field.needed()) {
          return new Parsed.Rejected(field.name() + ": missing; write " + field.type().expected);
        }
        values.put(field.column(), null);
        continue;
      }
      Object value = value(field.type(), text);
      if (value == null) {
        return new Parsed.Rejected(
            "%s: %s is not %s".formatted(field.name(), shown(text), field.type().expected));
      }
      values.put(field.column(), value);
    }
    return new Parsed.Row(kind, values);
  }

  private static String shown(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  /** The value as our tables keep it, null if the text is not of the type. */
  private static @Nullable Object value(Type type, String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    return switch (type) {
      case ID -> number(text, 1, Long.MAX_VALUE);
      case NUMBER -> number(text, 0, Long.MAX_VALUE);
      case PORT -> number(text, 1, 65_535);
      case TEXT -> text.length() <= LONGEST_TEXT && text.indexOf('\0') < 0 ? text : null;
      case IPV4 -> IPV4.matcher(text).matches() ? text : null;
      case IPV6 -> text.contains(":") && IPV6.matcher(text).matches() ? text : null;
      case ADDRESS -> ADDRESS.matcher(text).matches() ? text : null;
      case KEY -> KEY.matcher(text).matches() ? text : null;
      case FLAG ->
          switch (upper) {
            case "TRUE", "1" -> true;
            case "FALSE", "0" -> false;
            default -> null;
          };
      case ADDRESSING ->
          switch (upper) {
            case "0", "STATIC" -> "static";
            case "1", "DYNAMIC" -> "dynamic";
            default -> null;
          };
      case OS -> oneOf(upper, "LINUX", "WINDOWS", "AIX", "SOLARIS", "DARWIN");
      case NODE -> oneOf(upper, "AGENT", "PAGENT", "PROXY");
      case PROCESS -> oneOf(upper, "AGENT", "PLUGIN");
      case BECOME -> oneOf(upper, "NONE", "SUDO", "DOAS");
    };
  }

  private static @Nullable String oneOf(String text, String... allowed) {
    return List.of(allowed).contains(text) ? text : null;
  }

  private static @Nullable Long number(String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      return number >= least && number <= most ? number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
