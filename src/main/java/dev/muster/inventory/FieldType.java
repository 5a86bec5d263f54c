package dev.muster.inventory;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a field of a line may hold, and what our tables make of it. */
enum FieldType {
  ID("a whole number above 0", "bigint"),
  NUMBER("a whole number, 0 or above", "bigint"),
  NUMBERS("whole numbers above 0, separated by ; or spaces", "bigint[]"),
  PORT("a port, 1 to 65535", "integer"),
  TEXT("text of at most 2000 characters", "text"),
  IPV4("an IPv4 address", "text"),
  IPV6("an IPv6 address", "text"),
  ADDRESS("an address or a host name", "text"),
  FLAG("true or false", "boolean"),
  OS("LINUX, WINDOWS, AIX, SOLARIS or DARWIN", "text"),
  NODE("AGENT, PAGENT or PROXY", "text"),
  PROCESS("AGENT or PLUGIN", "text"),
  ADDRESSING("static (0) or dynamic (1)", "text"),
  BECOME("none, sudo or doas", "text"),
  KEY("a public key as in known_hosts: ssh-ed25519 AAAA…", "text");

  private static final Pattern IPV4_TEXT =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6_TEXT = Pattern.compile("[0-9a-fA-F:.]{2,45}");
  private static final Pattern ADDRESS_TEXT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:%-]{0,254}");
  private static final Pattern KEY_TEXT =
      Pattern.compile("(\\S+ )?(ssh|ecdsa)-\\S+ [A-Za-z0-9+/=]{40,}( .*)?");
  private static final Pattern BETWEEN_NUMBERS = Pattern.compile("[;,\\s]+");
  private static final int LONGEST_TEXT = 2_000;

  private final String expected;
  private final String sql;

  FieldType(String expected, String sql) {
    this.expected = expected;
    this.sql = sql;
  }

  /** For people: what the field takes. */
  String expected() {
    return expected;
  }

  /** The type of the column. */
  String sql() {
    return sql;
  }

  /** Until the merge: arrays are text, because one aggregates values of lines and not elements. */
  String staged() {
    return this == NUMBERS ? "text" : sql;
  }

  /**
   * The value as our tables keep it, as PostgreSQL reads it; null if the text is not of the type.
   */
  @Nullable String read(String text) {
    return switch (this) {
      case ID -> number(text, 1, Long.MAX_VALUE);
      case NUMBER -> number(text, 0, Long.MAX_VALUE);
      case NUMBERS -> numbers(text);
      case PORT -> number(text, 1, 65_535);
      case TEXT -> text.length() <= LONGEST_TEXT && isText(text) ? text : null;
      case IPV4 -> IPV4_TEXT.matcher(text).matches() ? text : null;
      case IPV6 -> text.contains(":") && IPV6_TEXT.matcher(text).matches() ? text : null;
      case ADDRESS -> ADDRESS_TEXT.matcher(text).matches() ? text : null;
      case KEY -> KEY_TEXT.matcher(text).matches() && isText(text) ? text : null;
      case FLAG ->
          switch (text.toUpperCase(Locale.ROOT)) {
            case "TRUE", "1" -> "true";
            case "FALSE", "0" -> "false";
            default -> null;
          };
      case ADDRESSING ->
          switch (text.toUpperCase(Locale.ROOT)) {
            case "0", "STATIC" -> "static";
            case "1", "DYNAMIC" -> "dynamic";
            default -> null;
          };
      case OS -> oneOf(text, "LINUX", "WINDOWS", "AIX", "SOLARIS", "DARWIN");
      case NODE -> oneOf(text, "AGENT", "PAGENT", "PROXY");
      case PROCESS -> oneOf(text, "AGENT", "PLUGIN");
      case BECOME -> oneOf(text, "NONE", "SUDO", "DOAS");
    };
  }

  /** Characters that PostgreSQL keeps and that were text before: U+FFFD stands for broken bytes. */
  private static boolean isText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\0' || c == '\uFFFD') {
        return false;
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static @Nullable String numbers(String text) {
    boolean array = text.startsWith("[") && text.endsWith("]");
    String inner = array ? text.substring(1, text.length() - 1).strip() : text;
    StringBuilder all = new StringBuilder("{");
    if (!inner.isEmpty()) {
      for (String one : BETWEEN_NUMBERS.split(inner, -1)) {
        String number = number(one, 1, Long.MAX_VALUE);
        if (number == null) {
          return null;
        }
        all.append(all.length() > 1 ? "," : "").append(number);
      }
    }
    return all.append('}').toString();
  }

  private static @Nullable String oneOf(String text, String... allowed) {
    String upper = text.toUpperCase(Locale.ROOT);
    return List.of(allowed).contains(upper) ? upper : null;
  }

  private static @Nullable String number(String text, long least, long most) {
    try {
      long number = Long.parseLong(text);
      return number >= least && number <= most ? Long.toString(number) : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
