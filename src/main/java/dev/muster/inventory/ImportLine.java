package dev.muster.inventory;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One line of an import, in the names of the existing service (design, section 9): the only place
 * outside the HTTP edge that speaks them. A line is checked as a whole before anything of it is
 * kept.
 */
final class ImportLine {

  /** The field that says what a line is about; a line without it is about a host. */
  static final String KIND = "kind";

  /** The field for what people call a host. */
  static final String HOST_NAME = "bk_host_name";

  /** What our own names of hosts begin with, and nobody else's. */
  private static final String OURS = "bk_";

  private static final Field BUSINESS = need("bk_biz_id", "business_id", FieldType.ID);

  private static final List<Field> BUSINESS_FIELDS =
      List.of(need("bk_biz_id", "id", FieldType.ID), need("bk_biz_name", "name", FieldType.TEXT));

  private static final List<Field> CLOUD_FIELDS =
      List.of(
          need("bk_cloud_id", "id", FieldType.NUMBER),
          need("bk_cloud_name", "name", FieldType.TEXT));

  private static final List<Field> SET_FIELDS =
      List.of(
          need("bk_set_id", "id", FieldType.ID),
          BUSINESS,
          need("bk_set_name", "name", FieldType.TEXT));

  private static final List<Field> MODULE_FIELDS =
      List.of(
          need("bk_module_id", "id", FieldType.ID),
          BUSINESS,
          may("bk_set_id", "set_id", FieldType.ID),
          need("bk_module_name", "name", FieldType.TEXT));

  private static final List<Field> ACCESS_POINT_FIELDS =
      List.of(need("ap_id", "id", FieldType.NUMBER), need("ap_name", "name", FieldType.TEXT));

  private static final List<Field> INSTALL_CHANNEL_FIELDS =
      List.of(
          need("install_channel_id", "id", FieldType.NUMBER),
          may("bk_cloud_id", "cloud_id", FieldType.NUMBER, "0"),
          need("install_channel_name", "name", FieldType.TEXT));

  private static final List<Field> HOST_FIELDS =
      List.of(
          need("bk_host_id", "id", FieldType.ID),
          BUSINESS,
          may("bk_cloud_id", "cloud_id", FieldType.NUMBER, "0"),
          may("inner_ip", "inner_ip", FieldType.IPV4),
          may("inner_ipv6", "inner_ipv6", FieldType.IPV6),
          may(HOST_NAME, "name", FieldType.TEXT, "''"),
          may("os_type", "os_type", FieldType.OS, "''"),
          may("node_type", "node_type", FieldType.NODE, "'AGENT'"),
          may("node_from", "node_from", FieldType.TEXT, "'NODE_MAN'"),
          may("bk_addressing", "addressing", FieldType.ADDRESSING, "'static'"),
          may("bk_agent_id", "agent_id", FieldType.TEXT),
          may("is_manual", "is_manual", FieldType.FLAG, "false"),
          may("install_channel_id", "install_channel_id", FieldType.NUMBER),
          may("ap_id", "ap_id", FieldType.NUMBER),
          may("bk_set_ids", "set_ids", FieldType.NUMBERS, "'{}'"),
          may("bk_module_ids", "module_ids", FieldType.NUMBERS, "'{}'"),
          may("login_ip", "login_ip", FieldType.ADDRESS),
          may("port", "port", FieldType.PORT),
          may("account", "account", FieldType.TEXT),
          may("identity", "identity", FieldType.TEXT),
          may("host_key", "host_key", FieldType.KEY),
          may("become", "become", FieldType.BECOME, "'NONE'"),
          may("profile", "profile", FieldType.TEXT));

  private static final List<Field> PROCESS_FIELDS =
      List.of(
          need("bk_host_id", "host_id", FieldType.ID),
          need("proc_type", "kind", FieldType.PROCESS),
          need("name", "name", FieldType.TEXT),
          may("status", "status", FieldType.TEXT, "'UNKNOWN'"),
          may("version", "version", FieldType.TEXT, "''"),
          may("source_id", "source_id", FieldType.TEXT));

  /** What a line says, in the words of our tables. */
  sealed interface Parsed {
    /** A value for each field of the kind, as PostgreSQL reads it; null if it was left out. */
    record Row(Kind kind, List<@Nullable String> values) implements Parsed {}

    record Rejected(String why) implements Parsed {}
  }

  /** What a line is about. In this order each kind is kept, for a process needs its host. */
  @SuppressWarnings("ImmutableEnumChecker") // its lists and its map are copies that nobody changes
  enum Kind {
    BUSINESS("business", BUSINESS_FIELDS, "id"),
    CLOUD("cloud", CLOUD_FIELDS, "id"),
    ACCESS_POINT("access_point", ACCESS_POINT_FIELDS, "id"),
    INSTALL_CHANNEL("install_channel", INSTALL_CHANNEL_FIELDS, "id"),
    SET("host_set", SET_FIELDS, "id"),
    MODULE("host_module", MODULE_FIELDS, "id"),
    HOST("host", HOST_FIELDS, "id"),
    PROCESS("process", PROCESS_FIELDS, "host_id", "kind", "name");

    private static final Map<String, Kind> BY_WORD =
        Stream.of(values()).collect(Collectors.toMap(Kind::word, Function.identity()));

    private final String table;
    private final List<Field> fields;
    private final List<String> key;
    private final Map<String, Integer> places;

    Kind(String table, List<Field> fields, String... key) {
      this.table = table;
      this.fields = fields;
      this.key = List.of(key);
      Map<String, Integer> byName = new HashMap<>();
      for (int i = 0; i < fields.size(); i++) {
        byName.put(fields.get(i).name(), i);
      }
      this.places = Map.copyOf(byName);
    }

    /** The value of {@link #KIND} in a line. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    String table() {
      return table;
    }

    List<Field> fields() {
      return fields;
    }

    /** The columns that say which one it is. */
    List<String> key() {
      return key;
    }
  }

  /**
   * One field of a line.
   *
   * @param name at the edge
   * @param column of ours
   * @param otherwise what a new row gets if no line says it, in SQL
   */
  record Field(String name, String column, FieldType type, boolean needed, String otherwise) {}

  /**
   * What an import says for all of its lines.
   *
   * @param business of hosts, sets and modules that name none
   * @param numbersHosts whether a host without a number gets the one that it has in the inventory,
   *     else a new one
   */
  record Given(OptionalLong business, boolean numbersHosts) {}

  private ImportLine() {}

  private static Field need(String name, String column, FieldType type) {
    return new Field(name, column, type, true, "null");
  }

  private static Field may(String name, String column, FieldType type) {
    return may(name, column, type, "null");
  }

  private static Field may(String name, String column, FieldType type, String otherwise) {
    return new Field(name, column, type, false, otherwise);
  }

  /** Whether only muster would give a variable this name, so that a misspelt one is noticed. */
  static boolean isOurs(String name) {
    return name.startsWith(OURS) || Kind.HOST.places.containsKey(name);
  }

  /**
   * Reads a line.
   *
   * @param line field names and values as text; blank and missing values are absent
   */
  static Parsed parse(Map<String, String> line, Given given) {
    String word = line.getOrDefault(KIND, "host").strip();
    Kind kind = Kind.BY_WORD.get(word.isEmpty() ? "host" : word);
    if (kind == null) {
      return new Parsed.Rejected(
          "kind: %s is none of %s"
              .formatted(
                  shown(word),
                  Stream.of(Kind.values()).map(Kind::word).collect(Collectors.joining(", "))));
    }
    @Nullable String[] values = new @Nullable String[kind.fields.size()];
    for (Map.Entry<String, String> entry : line.entrySet()) {
      String text = entry.getValue().strip();
      if (text.isEmpty() || entry.getKey().equals(KIND)) {
        continue;
      }
      Integer place = kind.places.get(entry.getKey());
      if (place == null) {
        return new Parsed.Rejected(
            "%s: no such field of a %s; there are %s"
                .formatted(
                    shown(entry.getKey()),
                    kind.word(),
                    kind.fields.stream().map(Field::name).toList()));
      }
      FieldType type = kind.fields.get(place).type();
      String value = type.read(text);
      if (value == null) {
        return new Parsed.Rejected(
            "%s: %s is not %s".formatted(entry.getKey(), shown(text), type.expected()));
      }
      values[place] = value;
    }
    return complete(kind, values, given);
  }

  private static Parsed complete(Kind kind, @Nullable String[] values, Given given) {
    for (int i = 0; i < values.length; i++) {
      Field field = kind.fields.get(i);
      if (values[i] != null || !field.needed()) {
        continue;
      }
      if (field.column().equals(BUSINESS.column()) && given.business().isPresent()) {
        values[i] = Long.toString(given.business().getAsLong());
      } else if (!(kind == Kind.HOST && field.column().equals("id") && given.numbersHosts())) {
        return new Parsed.Rejected(
            "%s: missing; write %s".formatted(field.name(), field.type().expected()));
      }
    }
    return new Parsed.Row(kind, Arrays.asList(values));
  }

  static String shown(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
