package dev.muster.inventory;

import dev.muster.inventory.ImportLine.Field;
import dev.muster.inventory.ImportLine.Kind;
import dev.muster.inventory.ImportLine.Parsed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.namedparam.SqlParameterSourceUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Reads hosts and what belongs to them into the inventory. Good lines are kept, bad ones reported
 * by number; a field that a line leaves out stays as it was. Importing the same again changes
 * nothing. One transaction.
 */
@Component
public class Importer {

  private static final int BATCH = 500;

  private final NamedParameterJdbcTemplate jdbc;
  private final Map<Kind, String> statements = new EnumMap<>(Kind.class);

  public Importer(NamedParameterJdbcTemplate jdbc) {
    this.jdbc = jdbc;
    for (Kind kind : Kind.values()) {
      statements.put(kind, statement(kind));
    }
  }

  /** One JSON object a line. */
  @Transactional
  public ImportReport ndjson(Reader lines) throws IOException {
    Run run = new Run();
    BufferedReader reader = new BufferedReader(lines);
    long number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        run.add(number, fields(JsonMapper.shared().readTree(line)));
      } catch (JacksonException e) {
        run.reject(number, "not JSON: " + e.getOriginalMessage());
      }
    }
    return run.finish();
  }

  /** Comma-separated, the first line names the fields. */
  @Transactional
  public ImportReport csv(Reader lines) throws IOException {
    Run run = new Run();
    CsvSchema header = CsvSchema.emptySchema().withHeader();
    try (MappingIterator<Map<String, String>> rows =
        new CsvMapper().readerForMapOf(String.class).with(header).readValues(lines)) {
      long number = 1;
      while (true) {
        try {
          if (!rows.hasNextValue()) {
            break;
          }
          number = rows.currentLocation().getLineNr();
          run.add(number, rows.nextValue());
        } catch (JacksonException e) {
          run.reject(number, "not CSV: " + e.getOriginalMessage());
          if (rows.currentLocation().getLineNr() <= number) {
            // The reader cannot get past this line.
            break;
          }
        }
      }
    } catch (JacksonException e) {
      run.reject(1, "not CSV: " + e.getOriginalMessage());
    }
    return run.finish();
  }

  private static Map<String, String> fields(JsonNode node) {
    if (!node.isObject()) {
      return Map.of("kind", "not an object");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    node.properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              String text =
                  value.isNull() ? "" : value.isValueNode() ? value.asString() : value.toString();
              fields.put(field.getKey(), text);
            });
    return fields;
  }

  /** What was given overwrites, what was left out stays; a new row takes the column's default. */
  private static String statement(Kind kind) {
    List<String> columns = kind.fields().stream().map(Field::column).toList();
    List<String> key = kind == Kind.PROCESS ? List.of("host_id", "kind", "name") : List.of("id");
    String values =
        kind.fields().stream()
            .map(
                f ->
                    "coalesce(cast(:%s as %s), %s)"
                        .formatted(f.column(), sqlType(f), defaultOf(kind, f)))
            .collect(Collectors.joining(", "));
    String updates =
        columns.stream()
            .filter(c -> !key.contains(c))
            .map(c -> "%1$s = coalesce(:%1$s, t.%1$s)".formatted(c))
            .collect(Collectors.joining(", "));
    return "insert into %s as t (%s) select %s%s on conflict (%s) do update set %s"
        .formatted(
            kind.table(),
            String.join(", ", columns),
            values,
            kind == Kind.PROCESS ? " where exists (select 1 from host where id = :host_id)" : "",
            String.join(", ", key),
            updates);
  }

  private static String sqlType(Field field) {
    return switch (field.type()) {
      case ID, NUMBER -> "bigint";
      case PORT -> "integer";
      case FLAG -> "boolean";
      default -> "text";
    };
  }

  private static String defaultOf(Kind kind, Field field) {
    return switch (kind.table() + "." + field.column()) {
      case "host.cloud_id" -> "0";
      case "host.name", "host.os_type", "process.version" -> "''";
      case "host.node_type" -> "'AGENT'";
      case "host.node_from" -> "'NODE_MAN'";
      case "host.addressing" -> "'static'";
      case "host.is_manual" -> "false";
      case "host.become" -> "'NONE'";
      case "process.status" -> "'UNKNOWN'";
      default -> "null";
    };
  }

  /** One import in progress. */
  private final class Run {

    private record Waiting(long line, Map<String, @Nullable Object> values) {}

    private final Map<Kind, List<Waiting>> waiting = new EnumMap<>(Kind.class);
    private final Map<String, Integer> imported = new LinkedHashMap<>();
    private final List<ImportReport.Rejected> rejected = new ArrayList<>();
    private int rejectedLines;

    void add(long line, Map<String, String> fields) {
      switch (ImportLine.parse(fields)) {
        case Parsed.Rejected bad -> reject(line, bad.why());
        case Parsed.Row row -> {
          List<Waiting> rows = waiting.computeIfAbsent(row.kind(), k -> new ArrayList<>());
          rows.add(new Waiting(line, row.values()));
          if (rows.size() == BATCH) {
            // Processes belong to hosts, which may be waiting still.
            flush(Kind.HOST);
            flush(row.kind());
          }
        }
      }
    }

    void reject(long line, String why) {
      rejectedLines++;
      if (rejected.size() < ImportReport.MOST_SHOWN) {
        rejected.add(new ImportReport.Rejected(line, why));
      }
    }

    ImportReport finish() {
      for (Kind kind : Kind.values()) {
        flush(kind);
      }
      return new ImportReport(imported, rejected, rejectedLines);
    }

    private void flush(Kind kind) {
      List<Waiting> rows = waiting.remove(kind);
      if (rows == null) {
        return;
      }
      SqlParameterSource[] values =
          SqlParameterSourceUtils.createBatch(rows.stream().map(Waiting::values).toList());
      int[] counts = jdbc.batchUpdate(statements.getOrDefault(kind, ""), values);
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] == 0) {
          reject(
              rows.get(i).line(),
              "there is no host %s; import it first"
                  .formatted(rows.get(i).values().get("host_id")));
        } else {
          imported.merge(kind.table(), 1, Integer::sum);
        }
      }
    }
  }
}
