package dev.muster.projection;

import io.temporal.spring.boot.ActivityImpl;
import java.sql.Timestamp;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The projection in PostgreSQL. Each transaction locks the jobs it touches in order, gives them the
 * next version, and keeps the counters in step with the rows they count: their sum is the total at
 * every read.
 */
@Component
@ActivityImpl(taskQueues = "muster-control")
public class ProgressRows implements Progress {

  private static final Comparator<Fact.Key> BY_KEY =
      Comparator.comparingLong(Fact.Key::job).thenComparingInt(Fact.Key::ordinal);

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batches;

  public ProgressRows(JdbcClient jdbc, NamedParameterJdbcTemplate batches) {
    this.jdbc = jdbc;
    this.batches = batches;
  }

  @Override
  @Transactional
  public void show(long job) {
    jdbc.sql("insert into job_progress (job_id) values (:job) on conflict do nothing")
        .param("job", job)
        .update();
    long version = nextVersion(job);
    jdbc.sql(
            """
            insert into instance_progress (job_id, ordinal, host_id, version)
            select job_id, ordinal, host_id, :version from job_instance where job_id = :job
            on conflict do nothing
            """)
        .param("job", job)
        .param("version", version)
        .update();
    recount(job);
    copyOutcomes(job, 0, Integer.MAX_VALUE, version);
  }

  @Override
  @Transactional
  public void settle(long job, int from, int to) {
    copyOutcomes(job, from, to, nextVersion(job));
  }

  private void copyOutcomes(long job, int from, int to, long version) {
    // Statistics do not know a job that was resolved a moment ago; for one row the planner would
    // compare every host with every other.
    jdbc.sql("set local enable_nestloop = off").update();
    int changed =
        jdbc.sql(
                """
                update instance_progress p
                set state = i.state, note = nullif(i.detail, ''), step = case when i.touched then i.step else p.step end,
                  ended_at = i.ended_at, version = :version
                from (
                  select ordinal, step, detail, ended_at, touched_at is not null as touched,
                    case when outcome is null then case when touched_at is null then 'PENDING' else 'RUNNING' end
                      when outcome = 'SUCCEEDED' then 'SUCCEEDED' when outcome = 'SKIPPED' then 'SKIPPED'
                      else 'FAILED' end as state, outcome
                  from job_instance where job_id = :job and ordinal between :from and :to) i
                where p.job_id = :job and p.ordinal between :from and :to and p.ordinal = i.ordinal
                  and (i.outcome is not null
                      and (p.state <> i.state or p.note is distinct from nullif(i.detail, ''))
                    or i.outcome is null and p.state in ('SUCCEEDED', 'FAILED', 'SKIPPED'))
                """)
            .param("job", job)
            .param("from", from)
            .param("to", to)
            .param("version", version)
            .update();
    if (changed > 0) {
      recount(job);
    }
  }

  private void recount(long job) {
    jdbc.sql(
            """
            update job_progress j set pending = c.pending, running = c.running, succeeded = c.succeeded,
              failed = c.failed, skipped = c.skipped,
              finished_at = case when c.succeeded + c.failed + c.skipped > j.succeeded + j.failed + j.skipped
                then clock_timestamp() else j.finished_at end
            from (select count(*) filter (where state = 'PENDING') as pending,
                count(*) filter (where state = 'RUNNING') as running,
                count(*) filter (where state = 'SUCCEEDED') as succeeded,
                count(*) filter (where state = 'FAILED') as failed,
                count(*) filter (where state = 'SKIPPED') as skipped
              from instance_progress where job_id = :job) c
            where j.job_id = :job
            """)
        .param("job", job)
        .update();
  }

  /**
   * Takes the job's lock until the end of the transaction, so that versions are committed in order.
   */
  private long nextVersion(long job) {
    return jdbc.sql(
            "update job_progress set version = version + 1 where job_id = :job returning version")
        .param("job", job)
        .query(Long.class)
        .optional()
        .orElse(0L);
  }

  /** Writes a batch of facts; jobs that are not shown yet are passed over. */
  @Transactional
  public void write(List<Fact> facts) {
    Map<Long, List<Fact>> byJob =
        facts.stream()
            .collect(Collectors.groupingBy(f -> f.key().job(), TreeMap::new, Collectors.toList()));
    byJob.forEach(
        (job, ofJob) -> {
          long version = nextVersion(job);
          if (version > 0) {
            moveInstances(job, version, latest(ofJob));
            moveSteps(ofJob);
            append(ofJob);
          }
        });
  }

  private static List<Fact.Moved> latest(List<Fact> facts) {
    Map<Fact.Key, Fact.Moved> latest = new LinkedHashMap<>();
    for (Fact fact : facts) {
      if (fact instanceof Fact.Moved moved) {
        latest.merge(moved.key(), moved, (a, b) -> a.seq() > b.seq() ? a : b);
      }
    }
    return latest.values().stream().sorted(Comparator.comparing(Fact.Moved::key, BY_KEY)).toList();
  }

  private void moveInstances(long job, long version, List<Fact.Moved> moves) {
    // An end is shown only once the roster has it, and then nothing but the roster takes it back.
    jdbc.sql(
            """
            with moves as (
              select * from unnest(cast(:ordinals as int[]), cast(:seqs as bigint[]), cast(:states as text[]),
                cast(:steps as int[]), cast(:notes as text[]), cast(:ats as timestamptz[]))
                as m (ordinal, seq, state, step, note, at)),
            before as (
              select p.ordinal, p.state from instance_progress p join moves m on m.ordinal = p.ordinal
              where p.job_id = :job and p.seq < m.seq
                and (m.state not in ('PENDING', 'RUNNING') or exists (select 1 from job_instance i
                  where i.job_id = :job and i.ordinal = p.ordinal and i.outcome is null))
              order by p.ordinal for update of p),
            after as (
              update instance_progress p
              set state = m.state, step = m.step, note = nullif(m.note, ''), seq = m.seq, version = :version,
                started_at = case when m.state = 'PENDING' then p.started_at else coalesce(p.started_at, m.at) end,
                ended_at = case when m.state in ('PENDING', 'RUNNING') then null else m.at end
              from moves m join before b on b.ordinal = m.ordinal
              where p.job_id = :job and p.ordinal = m.ordinal
              returning p.ordinal, p.state),
            delta as (
              select state, sum(n)::int as n from (
                select state, 1 as n from after union all select state, -1 from before) d group by state)
            update job_progress set
              pending = pending + coalesce((select n from delta where state = 'PENDING'), 0),
              running = running + coalesce((select n from delta where state = 'RUNNING'), 0),
              succeeded = succeeded + coalesce((select n from delta where state = 'SUCCEEDED'), 0),
              failed = failed + coalesce((select n from delta where state = 'FAILED'), 0),
              skipped = skipped + coalesce((select n from delta where state = 'SKIPPED'), 0),
              finished_at = case when (select sum(n) from delta where state in ('SUCCEEDED', 'FAILED', 'SKIPPED')) > 0
                then clock_timestamp() else finished_at end
            where job_id = :job
            """)
        .param("job", job)
        .param("version", version)
        .param("ordinals", moves.stream().map(m -> m.key().ordinal()).toArray(Integer[]::new))
        .param("seqs", moves.stream().map(Fact::seq).toArray(Long[]::new))
        .param("states", moves.stream().map(m -> m.state().name()).toArray(String[]::new))
        .param("steps", moves.stream().map(Fact.Moved::step).toArray(Integer[]::new))
        .param(
            "notes",
            moves.stream()
                .map(m -> PlainText.of(Objects.requireNonNullElse(m.note(), "")))
                .toArray(String[]::new))
        .param(
            "ats",
            moves.stream().map(m -> Timestamp.from(m.at()).toString()).toArray(String[]::new))
        .update();
  }

  private void moveSteps(List<Fact> facts) {
    record Step(Fact.Key key, int step, int execution) {}
    Map<Step, Fact.StepMoved> latest = new LinkedHashMap<>();
    for (Fact fact : facts) {
      if (fact instanceof Fact.StepMoved moved) {
        latest.merge(
            new Step(moved.key(), moved.step(), moved.execution()),
            moved,
            (a, b) -> a.seq() > b.seq() ? a : b);
      }
    }
    batch(
        """
        insert into step_progress as p (job_id, ordinal, step, execution, state, seq, started_at, ended_at)
        values (:job, :ordinal, :step, :execution, :state, :seq, :at,
          case when :ended then cast(:at as timestamptz) end)
        on conflict (job_id, ordinal, step, execution) do update
          set state = excluded.state, seq = excluded.seq, ended_at = excluded.ended_at
          where p.seq < excluded.seq
        """,
        latest.values().stream()
            .map(
                moved ->
                    common(moved, moved.step(), moved.execution())
                        .addValue("state", moved.state().name())
                        .addValue("ended", moved.state().ended()))
            .toList());
  }

  private void append(List<Fact> facts) {
    batch(
        """
        insert into step_log (job_id, ordinal, step, execution, seq, at, kind, text)
        values (:job, :ordinal, :step, :execution, :seq, :at, :kind, :text) on conflict do nothing
        """,
        facts.stream()
            .filter(Fact.Logged.class::isInstance)
            .map(Fact.Logged.class::cast)
            .map(
                line ->
                    common(line, line.step(), line.execution())
                        .addValue("kind", line.output() ? "OUTPUT" : "EVENT")
                        .addValue("text", PlainText.of(line.text())))
            .toList());
  }

  private static MapSqlParameterSource common(Fact fact, int step, int execution) {
    return new MapSqlParameterSource()
        .addValue("job", fact.key().job())
        .addValue("ordinal", fact.key().ordinal())
        .addValue("step", step)
        .addValue("execution", execution)
        .addValue("seq", fact.seq())
        .addValue("at", Timestamp.from(fact.at()));
  }

  private void batch(String sql, List<MapSqlParameterSource> rows) {
    if (!rows.isEmpty()) {
      batches.batchUpdate(sql, rows.toArray(MapSqlParameterSource[]::new));
    }
  }
}
