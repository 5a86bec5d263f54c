package dev.muster.projection;

import dev.muster.job.InstanceState;
import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Tally;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the projection. Nothing here is decided upon, and nothing here asks the engine. */
@Component
public class JobViews {

  static final String JOB =
      """
      select j.*, p.version, p.pending, p.running, p.succeeded, p.failed, p.skipped,
        (select min(at) from control c where c.job_id = j.id and c.verb = 'STOP') as stop_asked
      from job j left join job_progress p on p.job_id = j.id
      """;

  /** The rows are chosen first and told of afterwards: only those of a page are joined. */
  private static final String TOLD =
      """
      select p.*, i.reason, i.proof, i.business_id, i.outcome,
        coalesce((select sum(value::int) from jsonb_each_text(i.tries)), 0) + case when i.touched_at is null then 0 else 1 end as tries,
        coalesce(i.executions[i.step + 1], 1) as execution,
        h.inner_ip, h.inner_ipv6, coalesce(h.name, '') as name, coalesce(h.cloud_id, 0) as cloud_id, h.is_manual, h.ap_id,
        i.label, c.name as cloud_name, b.name as business_name
      from (%s) p
      join job_instance i on i.job_id = p.job_id and i.ordinal = p.ordinal
      left join host h on h.id = p.host_id
      left join cloud c on c.id = h.cloud_id
      left join business b on b.id = i.business_id
      order by %s
      """;

  private final JdbcClient jdbc;

  public JobViews(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Optional<JobView> job(long id) {
    return jdbc.sql(JOB + " where j.id = :id").param("id", id).query(JobViews::job).optional();
  }

  static JobView job(ResultSet row, int n) throws SQLException {
    row.getLong("version");
    boolean shown = !row.wasNull();
    // Until the hosts are resolved, what was counted when the job was accepted is what waits.
    Tally tally =
        shown
            ? new Tally(
                row.getInt("pending"),
                row.getInt("running"),
                row.getInt("succeeded"),
                row.getInt("failed"),
                row.getInt("skipped"))
            : new Tally(row.getInt("selected"), 0, 0, 0, 0);
    Array businesses = row.getArray("businesses");
    return new JobView(
        row.getLong("id"),
        JobType.valueOf(row.getString("type")),
        new JobView.Asked(
            row.getString("caller"),
            row.getString("app"),
            row.getInt("run_window"),
            List.of((Long[]) businesses.getArray())),
        JobState.valueOf(row.getString("state")),
        row.getString("gate").equals("STOPPED"),
        new JobView.Times(
            time(row, "created_at"),
            nullable(row, "started_at"),
            nullable(row, "ended_at"),
            nullable(row, "stop_asked")),
        tally,
        row.getLong("version"),
        row.getString("why"),
        new JobView.Rounds(
            row.getInt("round"), row.getInt("retry_rounds"), nullable(row, "next_round_at")));
  }

  private static Instant time(ResultSet row, String column) throws SQLException {
    return row.getTimestamp(column).toInstant();
  }

  private static @Nullable Instant nullable(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }

  /** How many instances pass the filter. */
  public int count(long job, InstanceFilter filter) {
    if (filter.all().isEmpty()) {
      // Ordinals begin at 0 and have no gaps.
      return jdbc.sql(
              "select coalesce(max(ordinal) + 1, 0) from instance_progress where job_id = :job")
          .param("job", job)
          .query(Integer.class)
          .single();
    }
    InstanceSql where = InstanceSql.of(filter);
    return jdbc.sql("select count(*) from instance_progress p where p.job_id = :job" + where.text())
        .param("job", job)
        .params(where.parameters())
        .query(Integer.class)
        .single();
  }

  /** A chunk of the instances that pass the filter, by ordinal. */
  public List<InstanceView> instances(long job, InstanceFilter filter, long offset, int limit) {
    InstanceSql where = InstanceSql.of(filter);
    String chunk =
        filter.all().isEmpty()
            ? " and p.ordinal >= :offset order by p.ordinal limit :limit"
            : where.text() + " order by p.ordinal limit :limit offset :offset";
    return jdbc.sql(
            TOLD.formatted(
                "select p.* from instance_progress p where p.job_id = :job" + chunk, "p.ordinal"))
        .param("job", job)
        .params(where.parameters())
        .param("limit", limit)
        .param("offset", offset)
        .query(JobViews::instance)
        .list();
  }

  /** What changed after a version, oldest first. */
  public List<InstanceView> changedAfter(long job, long version, int limit) {
    return jdbc.sql(
            TOLD.formatted(
                """
                select p.* from instance_progress p where p.job_id = :job and p.version > :version
                order by p.version, p.ordinal limit :limit
                """,
                "p.version, p.ordinal"))
        .param("job", job)
        .param("version", version)
        .param("limit", limit)
        .query(JobViews::instance)
        .list();
  }

  private static InstanceView instance(ResultSet row, int n) throws SQLException {
    InstanceState state = InstanceState.valueOf(row.getString("state"));
    String ip = row.getString("inner_ip");
    String ipv6 = row.getString("inner_ipv6");
    return new InstanceView(
        row.getInt("ordinal"),
        new InstanceView.HostView(
            row.getLong("host_id"),
            ip == null && ipv6 == null ? row.getString("label") : ip,
            ipv6,
            row.getString("name"),
            new InstanceView.Place(
                row.getLong("cloud_id"),
                row.getString("cloud_name"),
                row.getLong("business_id"),
                row.getString("business_name")),
            row.getBoolean("is_manual"),
            row.getObject("ap_id", Long.class)),
        state,
        row.getInt("step"),
        new InstanceView.Verdict(
            state.ended() ? row.getString("reason") : null,
            row.getString("note"),
            state.ended() ? row.getString("proof") : null,
            row.getInt("tries"),
            row.getInt("execution")),
        row.getLong("version"),
        nullable(row, "started_at"),
        nullable(row, "ended_at"));
  }

  /** Failed hosts by reason, the most frequent first. */
  public List<ReasonCount> reasons(long job) {
    return jdbc.sql(
            """
            select reason, count(*) as hosts, min(detail) as sample from job_instance
            where job_id = :job and reason is not null group by reason order by hosts desc, reason
            """)
        .param("job", job)
        .query(
            (row, n) ->
                new ReasonCount(
                    row.getString("reason"), row.getInt("hosts"), row.getString("sample")))
        .list();
  }

  public record ReasonCount(String reason, int hosts, @Nullable String sample) {}
}
