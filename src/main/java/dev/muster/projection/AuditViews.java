package dev.muster.projection;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads who did what. The lines are written with what they tell of, and never change. */
@Component
public class AuditViews {

  /** What can be done. */
  public enum Act {
    /** A job was accepted. */
    SUBMIT,
    STOP,
    PAUSE,
    RESUME,
    RETRY,
    /** A round of retries began by itself. */
    ROUND,
    /** The job's workflow ended again and again; its hosts were given up. */
    GIVE_UP,
    HOLD,
    LIFT,
    IMPORT
  }

  /**
   * What is asked for.
   *
   * @param after only lines with a larger id
   */
  public record Question(
      @Nullable Long job, @Nullable String caller, @Nullable Act act, long after, int size) {}

  /**
   * One line.
   *
   * @param selectionDigest equal for equal selections; null where nothing was selected
   */
  public record Line(
      long id,
      Instant at,
      String caller,
      String app,
      String act,
      @Nullable Long job,
      List<Long> businesses,
      @Nullable String selectionDigest,
      @Nullable String runbookDigest,
      JsonNode what) {}

  private final JdbcClient jdbc;

  public AuditViews(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** In the order of their ids. */
  public List<Line> lines(Question question) {
    StringBuilder where = new StringBuilder();
    if (question.job() != null) {
      where.append(" and job_id = :job");
    }
    if (question.caller() != null) {
      where.append(" and caller = :caller");
    }
    if (question.act() != null) {
      where.append(" and verb = :verb");
    }
    return jdbc.sql("select * from audit where id > :after" + where + " order by id limit :size")
        .param("after", question.after())
        .param("job", question.job())
        .param("caller", question.caller())
        .param("verb", question.act() == null ? null : question.act().name())
        .param("size", question.size())
        .query(AuditViews::line)
        .list();
  }

  private static Line line(ResultSet row, int n) throws SQLException {
    return new Line(
        row.getLong("id"),
        row.getTimestamp("at").toInstant(),
        row.getString("caller"),
        row.getString("app"),
        row.getString("verb"),
        row.getObject("job_id", Long.class),
        List.of((Long[]) row.getArray("businesses").getArray()),
        row.getString("selection_digest"),
        row.getString("runbook_digest"),
        JsonMapper.shared().readTree(row.getString("what")));
  }
}
