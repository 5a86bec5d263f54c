package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.inventory.SelectorSql;
import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Limits;
import dev.muster.job.Tally;
import io.temporal.spring.boot.ActivityImpl;
import java.sql.Array;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The roster in PostgreSQL; each method is one transaction. */
@Component
@ActivityImpl(taskQueues = "muster-control")
public class RosterRows implements Roster {

  private final JdbcClient jdbc;

  public RosterRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record JobRow(
      JobType type,
      String caller,
      boolean stopped,
      int window,
      boolean resolved,
      HostSelector selector,
      List<Long> businesses) {}

  private JobRow lock(long job) {
    return jdbc.sql("select * from job where id = :job for update")
        .param("job", job)
        .query(
            (row, n) -> {
              Array businesses = row.getArray("businesses");
              return new JobRow(
                  JobType.valueOf(row.getString("type")),
                  row.getString("caller"),
                  row.getString("gate").equals("STOPPED"),
                  row.getInt("run_window"),
                  row.getObject("resolved_at") != null,
                  SelectorJson.read(row.getString("selector")),
                  List.of((Long[]) businesses.getArray()));
            })
        .single();
  }

  @Override
  @Transactional
  public Resolved resolve(long job) {
    JobRow row = lock(job);
    if (!row.resolved()) {
      SelectorSql where =
          SelectorSql.of(row.selector(), row.type().nodeTypes()).within(row.businesses());
      jdbc.sql(
              """
              insert into job_instance (job_id, ordinal, host_id, business_id, label, outcome, reason, detail, ended_at)
              select :job, row_number() over (order by h.id) - 1, h.id, h.business_id,
                coalesce(nullif(h.inner_ip, ''), nullif(h.inner_ipv6, ''), nullif(h.login_ip, ''), 'host ' || h.id),
                case when f.reason is not null then 'SKIPPED' end, f.reason, f.detail,
                case when f.reason is not null then now() end
              from host h left join lateral (
                select 'NOT_ALLOWED' as reason, 'the host has no operating system now' as detail
                where h.os_type = '' and h.node_type <> 'PROXY'
                union all
                select 'NOT_ALLOWED', 'its cloud area ' || h.cloud_id || ' is not in the inventory now'
                where h.cloud_id <> 0 and not exists (select 1 from cloud c where c.id = h.cloud_id)
                union all
                select 'OS_NOT_SUPPORTED', 'there is no runner for ' || h.os_type
                where h.os_type not in ('', 'LINUX')
                limit 1) f on true
              where %s
              order by h.id limit :most
              """
                  .formatted(where.text()))
          .param("job", job)
          .param("most", Limits.HOSTS_PER_JOB)
          .params(where.parameters())
          .update();
      jdbc.sql(
              """
              update job set resolved_at = now(), started_at = now(), state = 'RUNNING',
                selected = i.hosts, businesses = i.businesses
              from (select count(*) as hosts, coalesce(array_agg(distinct business_id), '{}') as businesses
                    from job_instance where job_id = :job) i
              where id = :job
              """)
          .param("job", job)
          .update();
    }
    int hosts =
        jdbc.sql("select count(*) from job_instance where job_id = :job")
            .param("job", job)
            .query(Integer.class)
            .single();
    return new Resolved(hosts, row.window(), row.type().name(), action(row.type()), row.caller());
  }

  private static String action(JobType type) {
    return type.operation().toLowerCase(Locale.ROOT);
  }

  @Override
  @Transactional
  public Plan plan(long job) {
    boolean stopped = lock(job).stopped();
    if (stopped) {
      jdbc.sql(
              """
              update job_instance set outcome = 'STOPPED', reason = 'STOPPED', proof = 'NEVER_STARTED',
                detail = 'nothing was started here', ended_at = now()
              where job_id = :job and outcome is null and touched_at is null
              """)
          .param("job", job)
          .update();
    }
    List<int[]> ranges =
        jdbc.sql(
                """
                select min(ordinal) as first, max(ordinal) as last
                from (select ordinal, (row_number() over (order by ordinal) - 1) / :size as wave
                      from job_instance where job_id = :job and outcome is null) unfinished
                group by wave order by wave limit :most
                """)
            .param("job", job)
            .param("size", Limits.HOSTS_PER_WAVE)
            .param("most", Plan.MOST_WAVES)
            .query((row, n) -> new int[] {row.getInt("first"), row.getInt("last")})
            .list();
    int last =
        jdbc.sql("update job set waves = waves + :n where id = :job returning waves")
            .param("n", ranges.size())
            .param("job", job)
            .query(Integer.class)
            .single();
    int first = last - ranges.size() + 1;
    List<WaveRange> waves =
        IntStream.range(0, ranges.size())
            .mapToObj(i -> new WaveRange(first + i, ranges.get(i)[0], ranges.get(i)[1]))
            .toList();
    return new Plan(waves, stopped);
  }

  @Override
  public Brief brief(long job, int from, int to) {
    String type =
        jdbc.sql("select type from job where id = :job")
            .param("job", job)
            .query(String.class)
            .single();
    List<Participant> hosts =
        jdbc.sql(
                """
                select ordinal, label from job_instance
                where job_id = :job and ordinal between :from and :to and outcome is null order by ordinal
                """)
            .param("job", job)
            .param("from", from)
            .param("to", to)
            .query((row, n) -> new Participant(row.getInt("ordinal"), row.getString("label")))
            .list();
    return new Brief(action(JobType.valueOf(type)), hosts);
  }

  @Override
  @Transactional
  public Round nextRound(long job) {
    record Due(int round, int rounds, long after, boolean open, @Nullable Long left) {}
    Due due =
        jdbc.sql(
                """
                select round, retry_rounds, retry_after_seconds, gate = 'OPEN' as open,
                  cast(ceil(extract(epoch from next_round_at - now())) as bigint) as seconds_left
                from job where id = :job for update
                """)
            .param("job", job)
            .query(
                (row, n) ->
                    new Due(
                        row.getInt("round"),
                        row.getInt("retry_rounds"),
                        row.getLong("retry_after_seconds"),
                        row.getBoolean("open"),
                        row.getObject("seconds_left", Long.class)))
            .single();
    int failed = failed(job);
    if (!due.open() || due.round() >= due.rounds() || failed == 0) {
      return new Round(0, 0, 0);
    }
    if (due.left() == null && due.after() > 0) {
      jdbc.sql(
              "update job set next_round_at = now() + make_interval(secs => :after) where id = :job")
          .param("after", (double) due.after())
          .param("job", job)
          .update();
      return new Round(due.round() + 1, due.after(), failed);
    }
    if (due.left() != null && due.left() > 0) {
      return new Round(due.round() + 1, due.left(), failed);
    }
    jdbc.sql(
            """
            update job_instance set outcome = null, reason = null, proof = null, detail = null, ended_at = null,
              tries = '{}', unknown_since = null,
              executions[step + 1] = coalesce(executions[step + 1], 1)
                + case when reason in ('EXIT_CODE', 'VERIFY', 'TIMEOUT', 'INTERRUPTED') then 1 else 0 end
            where job_id = :job and outcome in ('FAILED', 'UNREACHABLE', 'TIMED_OUT')
            """)
        .param("job", job)
        .update();
    jdbc.sql("update job set round = round + 1, next_round_at = null where id = :job")
        .param("job", job)
        .update();
    return new Round(due.round() + 1, 0, failed);
  }

  private int failed(long job) {
    return jdbc.sql(
            """
            select count(*) from job_instance
            where job_id = :job and outcome in ('FAILED', 'UNREACHABLE', 'TIMED_OUT')
            """)
        .param("job", job)
        .query(Integer.class)
        .single();
  }

  @Override
  @Transactional
  public Ended finish(long job) {
    lock(job);
    Tally tally =
        jdbc.sql(
                """
                select count(*) filter (where outcome is null) as unfinished,
                  count(*) filter (where outcome = 'SUCCEEDED') as succeeded,
                  count(*) filter (where outcome = 'SKIPPED') as skipped,
                  count(*) filter (where outcome in ('FAILED', 'UNREACHABLE', 'TIMED_OUT', 'STOPPED')) as failed
                from job_instance where job_id = :job
                """)
            .param("job", job)
            .query(
                (row, n) ->
                    new Tally(
                        0,
                        row.getInt("unfinished"),
                        row.getInt("succeeded"),
                        row.getInt("failed"),
                        row.getInt("skipped")))
            .single();
    JobState state = JobState.RUNNING;
    if (tally.unfinished() == 0) {
      state = JobState.ended(tally);
      jdbc.sql(
              "update job set state = :state, ended_at = coalesce(ended_at, now()) where id = :job")
          .param("state", state.name())
          .param("job", job)
          .update();
    }
    return new Ended(
        state.name(), tally.succeeded(), tally.failed(), tally.skipped(), tally.unfinished());
  }
}
