package dev.muster.inventory;

import dev.muster.inventory.ImportLine.Field;
import dev.muster.inventory.ImportLine.Kind;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * Lines on their way into the inventory: a temporary table that the transaction takes along when it
 * ends. One COPY fills it while lines are read, so memory is bounded and the database works
 * meanwhile.
 *
 * <p>Each line is a row: {@code nr} in the order of reading, the number of the {@code line} for
 * people, {@code what} it is about, and the columns of every kind.
 */
final class Staging implements AutoCloseable {

  private static final int BUFFER = 64 * 1024;

  /** Every column of any kind, once. */
  private static final Map<String, String> COLUMNS = columns();

  private static final Map<Kind, int[]> PLACES = places();

  private final CopyIn copy;
  private final Map<Kind, Integer> lines = new EnumMap<>(Kind.class);
  private final byte[] buffer = new byte[BUFFER];
  private int used;
  private long nr;

  private Staging(CopyIn copy) {
    this.copy = copy;
  }

  /** Makes the table, empty. The connection serves nothing else until the end. */
  static Staging open(Connection connection) throws SQLException {
    String columns =
        COLUMNS.entrySet().stream()
            .map(column -> ", " + column.getKey() + " " + column.getValue())
            .collect(Collectors.joining());
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "create temporary table staged (nr bigint, line bigint, what text"
              + columns
              + ") on commit drop");
    }
    return new Staging(
        new CopyManager(connection.unwrap(BaseConnection.class)).copyIn("copy staged from stdin"));
  }

  void add(long line, Kind kind, List<@Nullable String> values) throws SQLException {
    lines.merge(kind, 1, Integer::sum);
    nr++;
    ascii(Long.toString(nr));
    put('\t');
    ascii(Long.toString(line));
    put('\t');
    ascii(kind.name());
    for (int place : PLACES.getOrDefault(kind, new int[0])) {
      put('\t');
      String value = place < 0 ? null : values.get(place);
      if (value == null) {
        put('\\');
        put('N');
      } else {
        escaped(value);
      }
    }
    put('\n');
  }

  /** Hands over the rest; answers how many lines there are of each kind. */
  Map<Kind, Integer> end() throws SQLException {
    flush();
    copy.endCopy();
    return lines;
  }

  /** Before the end: the lines are gone, and the connection can be used to roll back. */
  @Override
  public void close() throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }

  /** PostgreSQL's text format: four characters have a meaning of their own. */
  private void escaped(String value) throws SQLException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> ascii("\\\\");
        case '\n' -> ascii("\\n");
        case '\r' -> ascii("\\r");
        case '\t' -> ascii("\\t");
        default -> {
          if (c < 0x80) {
            put(c);
          } else {
            int end = Character.isHighSurrogate(c) ? i + 2 : i + 1;
            for (byte b : value.substring(i, end).getBytes(StandardCharsets.UTF_8)) {
              put((char) (b & 0xff));
            }
            i = end - 1;
          }
        }
      }
    }
  }

  private void ascii(String text) throws SQLException {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void put(char oneByte) throws SQLException {
    if (used == BUFFER) {
      flush();
    }
    buffer[used++] = (byte) oneByte;
  }

  private void flush() throws SQLException {
    copy.writeToCopy(buffer, 0, used);
    used = 0;
  }

  private static Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    Stream.of(Kind.values())
        .flatMap(kind -> kind.fields().stream())
        .forEach(field -> columns.put(field.column(), field.type().staged()));
    return columns;
  }

  /** For each column of the table, which value of a line goes there: -1 is none. */
  private static Map<Kind, int[]> places() {
    Map<Kind, int[]> places = new EnumMap<>(Kind.class);
    List<String> all = new ArrayList<>(COLUMNS.keySet());
    for (Kind kind : Kind.values()) {
      List<String> own = kind.fields().stream().map(Field::column).toList();
      places.put(kind, all.stream().mapToInt(own::indexOf).toArray());
    }
    return places;
  }
}
