package dev.muster.inventory;

import dev.muster.inventory.ImportLine.Kind;
import dev.muster.job.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** Writes the inventory as an import takes it: one JSON object a line, hosts before processes. */
@Component
public class Exporter {

  /** Rows that are fetched at once: memory is bounded, and round trips are few. */
  private static final int ROWS = 2_000;

  private final NamedParameterJdbcTemplate jdbc;

  public Exporter(DataSource database) {
    JdbcTemplate template = new JdbcTemplate(database);
    template.setFetchSize(ROWS);
    this.jdbc = new NamedParameterJdbcTemplate(template);
  }

  /**
   * One state of the inventory, whatever is imported meanwhile. Cloud areas, access points and
   * channels belong to no business and are always there.
   *
   * @param scope only what is of these businesses
   */
  @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  public void write(Scope scope, Writer to) throws IOException {
    Map<String, Object> businesses =
        Map.of(
            "businesses",
            switch (scope) {
              case Scope.Everywhere everywhere -> new Long[0];
              case Scope.Within within -> within.businesses().toArray(Long[]::new);
            });
    RowCallbackHandler line =
        row -> {
          try {
            to.write(row.getString(1));
            to.write('\n');
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    try {
      for (Kind kind : Kind.values()) {
        jdbc.query(lines(kind, scope), businesses, line);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The names are those that an import reads, made by us and not by anybody who asks. */
  private static String lines(Kind kind, Scope scope) {
    String fields =
        kind.fields().stream()
            .map(field -> "'%s', %s".formatted(field.name(), value(field)))
            .collect(Collectors.joining(", "));
    return "select json_strip_nulls(json_build_object('%s', '%s', %s)) from %s t where %s order by %s"
        .formatted(
            ImportLine.KIND,
            kind.word(),
            fields,
            kind.table(),
            scope instanceof Scope.Everywhere ? "true" : within(kind),
            kind.key().stream().map("t."::concat).collect(Collectors.joining(", ")));
  }

  private static String value(ImportLine.Field field) {
    boolean mayBeEmpty = field.type().sql().equals("text");
    return (mayBeEmpty ? "nullif(t.%s, '')" : "t.%s").formatted(field.column());
  }

  private static String within(Kind kind) {
    String among = " = any (cast(:businesses as bigint[]))";
    return switch (kind) {
      case BUSINESS -> "t.id" + among;
      case SET, MODULE, HOST -> "t.business_id" + among;
      case PROCESS ->
          "exists (select 1 from host h where h.id = t.host_id and h.business_id" + among + ")";
      case CLOUD, ACCESS_POINT, INSTALL_CHANNEL -> "true";
    };
  }
}
