package dev.muster.inventory;

import dev.muster.inventory.Format.Taker;
import dev.muster.inventory.ImportLine.Given;
import dev.muster.inventory.ImportLine.Kind;
import dev.muster.inventory.ImportLine.Parsed;
import dev.muster.inventory.ImportReport.Rejections;
import dev.muster.job.Caller;
import dev.muster.job.Limits;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reads hosts and what belongs to them into the inventory. Good lines are kept, bad ones reported
 * by number; a field that a line leaves out stays as it was. Importing the same again changes
 * nothing. All or nothing: if the text breaks off, nothing of it was kept. A second import waits
 * for the first.
 */
@Component
public class Importer {

  private final JdbcTemplate jdbc;
  private final Merge merge;

  /** An import would make the inventory larger than it may be; nothing of it was kept. */
  public static final class InventoryFullException extends RuntimeException {

    private final long hosts;

    InventoryFullException(long hosts) {
      super(
          "the inventory would hold %d hosts, at most %d; nothing was imported"
              .formatted(hosts, Limits.HOSTS_IN_INVENTORY));
      this.hosts = hosts;
    }

    /** How many there would be. */
    public long hosts() {
      return hosts;
    }
  }

  public Importer(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
    this.merge = new Merge(JdbcClient.create(database));
  }

  /**
   * One import, in a transaction of its own, with its line in the audit if anything was kept.
   *
   * @param business of hosts, sets and modules that name none
   * @throws InventoryFullException if there would be too many hosts
   */
  @Transactional(rollbackFor = IOException.class)
  public ImportReport read(Format format, Reader text, OptionalLong business, Caller caller)
      throws IOException {
    Rejections rejected = new Rejections();
    Map<Kind, Integer> lines =
        stage(format, text, new Given(business, format.namesHosts()), rejected);
    if (lines.isEmpty()) {
      return rejected.report(Map.of());
    }
    merge.begin();
    if (format.namesHosts()) {
      merge.numberHosts();
    }
    Map<String, Integer> imported = new LinkedHashMap<>();
    for (Map.Entry<Kind, Integer> kind : lines.entrySet()) {
      int kept = kind.getValue();
      if (kind.getKey() == Kind.PROCESS) {
        kept -= merge.dropOrphans(rejected);
      }
      if (kept > 0) {
        merge.fold(kind.getKey());
        merge.keep(kind.getKey());
        imported.put(kind.getKey().word(), kept);
      }
    }
    ImportReport report = rejected.report(imported);
    if (!imported.isEmpty()) {
      merge.tell(caller, format, report);
    }
    return report;
  }

  /** Reads to the end; answers how many good lines there are of each kind, in its order. */
  private Map<Kind, Integer> stage(Format format, Reader text, Given given, Rejections rejected)
      throws IOException {
    ConnectionCallback<Map<Kind, Integer>> copy =
        connection -> {
          try (Staging staging = Staging.open(connection)) {
            Taker taker = new Checked(staging, given, rejected);
            format.read(text, taker);
            return staging.end();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    try {
      Map<Kind, Integer> lines = jdbc.execute(copy);
      return lines == null ? new EnumMap<>(Kind.class) : lines;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Stages the lines that are good. */
  private record Checked(Staging staging, Given given, Rejections rejected) implements Taker {

    @Override
    public void take(long line, Map<String, String> fields) {
      switch (ImportLine.parse(fields, given)) {
        case Parsed.Rejected bad -> rejected.add(line, bad.why());
        case Parsed.Row row -> {
          try {
            staging.add(line, row.kind(), row.values());
          } catch (SQLException e) {
            throw new DataAccessResourceFailureException("line " + line, e);
          }
        }
      }
    }

    @Override
    public void reject(long line, String why) {
      rejected.add(line, why);
    }
  }
}
