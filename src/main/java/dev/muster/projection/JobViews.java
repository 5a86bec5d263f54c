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
        case when j.state = 'RUNNING' and j.gate <> 'PAUSED' and p.stalled_since >= coalesce(p.finished_at, p.stalled_since)
          then p.stalled_since end as stalled_since,
        (select hold_note(h.caller, h.since, h.why) from hold h
          where j.ended_at is null and h.lifted_at is null
            and (h.area = 'EVERYTHING' or h.area = 'BUSINESS' and h.target = any (j.businesses))
          order by h.id limit 1) as held,
        (select min(at) from audit a where a.job_id = j.id and a.verb = 'STOP' and a.what -> 'which' is null) as stop_asked
      from job j left join job_progress p on p.job_id = j.id
      """;

  /** The rows are chosen first and told of afterwards: only those of a page are joined. */
  private static final String TOLD =
      """
      select p.*, i.reason, i.proof, i.business_id, i.outcome,
        coalesce((select sum(value::int) from jsonb_each_text(i.tries)), 0) + case when i.touched_at is null then 0 else 1 end as tries,
        coalesce(i.executions[i.step + 1], 1) as execution,
        h.inner_ip, h.inner_ipv6, coalesce(h.name, '') as name, coalesce(h.cloud_id, 0) as cloud_id, h.is_manual, h.ap_id,
        i.label, c.name as cloud_name, b.name as business_name, coalesce(g.why, p.note) as told
      from (%s) p
      join job_instance i on i.job_id = p.job_id and i.ordinal = p.ordinal
      left join gate g on g.job_id = p.job_id and g.ordinal = p.ordinal and g.state in ('PAUSED', 'HELD', 'CUT')
        and p.state in ('PENDING', 'RUNNING')
      left join host h on h.id = p.host_id
      left join cloud c on c.id = h.cloud_id
      left join business b on b.id = i.business_id
      order by %s
      """;

  /** Of a host that is retried by rounds for days, the last are enough to see the pattern. */
  private static final int EARLIER_SHOWN = 20;

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
    String why = row.getString("why");
    return new JobView(
        row.getLong("id"),
        JobType.valueOf(row.getString("type")),
        new JobView.Asked(
            row.getString("caller"),
            row.getString("app"),
            row.getInt("run_window"),
            List.of((Long[]) businesses.getArray()),
            row.getString("runbook_digest")),
        JobState.valueOf(row.getString("state")),
        JobView.Gate.valueOf(row.getString("gate")),
        new JobView.Times(
            time(row, "created_at"),
            nullable(row, "started_at"),
            nullable(row, "first_ended_at"),
            nullable(row, "stop_asked"),
            nullable(row, "stalled_since")),
        tally,
        row.getLong("version"),
        why == null ? row.getString("held") : why,
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
            row.getString("told"),
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

  /** What became of a host's part before each of its retries, the latest first. */
  public List<Earlier> earlier(long job, int ordinal) {
    return jdbc.sql(
            """
            select outcome, reason, detail, ended_at from earlier_outcome
            where job_id = :job and ordinal = :ordinal order by retry desc limit :most
            """)
        .param("job", job)
        .param("ordinal", ordinal)
        .param("most", EARLIER_SHOWN)
        .query(
            (row, n) ->
                new Earlier(
                    row.getString("outcome"),
                    row.getString("reason"),
                    row.getString("detail"),
                    nullable(row, "ended_at")))
        .list();
  }

  /** How a host's part had ended before it was retried. */
  public record Earlier(
      String outcome, @Nullable String reason, @Nullable String detail, @Nullable Instant ended) {}

  public record ReasonCount(String reason, int hosts, @Nullable String sample) {}
}
