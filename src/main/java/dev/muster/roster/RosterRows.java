package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.inventory.SelectorSql;
import dev.muster.job.JobId;
import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Limits;
import dev.muster.job.Reason;
import dev.muster.job.Tally;
import io.temporal.spring.boot.ActivityImpl;
import java.sql.Array;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The roster in PostgreSQL; each method is one transaction. */
@Component
@ActivityImpl(taskQueues = "muster-control")
public class RosterRows implements Roster {

  /** What a round of retries is for; who was stopped is retried by a person only. */
  private static final String FAILED = "outcome in ('FAILED', 'UNREACHABLE', 'TIMED_OUT')";

  static final String NOTHING_STARTED = "nothing was started here";

  private final JdbcClient jdbc;
  private final Jobs jobs;
  private final Audit audit;

  public RosterRows(JdbcClient jdbc, Jobs jobs, Audit audit) {
    this.jdbc = jdbc;
    this.jobs = jobs;
    this.audit = audit;
  }

  private record JobRow(
      JobType type,
      String caller,
      Order order,
      int window,
      boolean resolved,
      HostSelector selector,
      List<Long> businesses) {}

  private JobRow lock(long job) {
    return jdbc.sql("select *, %s as held from job where id = :job for update".formatted(Jobs.HELD))
        .param("job", job)
        .query(
            (row, n) -> {
              Array businesses = row.getArray("businesses");
              return new JobRow(
                  JobType.valueOf(row.getString("type")),
                  row.getString("caller"),
                  row.getString("gate").equals("STOPPED")
                      ? Order.HALT
                      : row.getBoolean("held") ? Order.HOLD : Order.GO_ON,
                  Objects.requireNonNullElse(
                      row.getObject("share", Integer.class), row.getInt("run_window")),
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
      jobs.share(new JobId(job));
    }
    int hosts =
        jdbc.sql("select count(*) from job_instance where job_id = :job")
            .param("job", job)
            .query(Integer.class)
            .single();
    return new Resolved(hosts, row.type().name(), action(row.type()), row.caller());
  }

  private static String action(JobType type) {
    return type.operation().toLowerCase(Locale.ROOT);
  }

  @Override
  @Transactional
  public Plan plan(long job, List<WaveRange> open) {
    JobRow row = lock(job);
    if (row.order() == Order.HALT) {
      jdbc.sql(
              """
              update job_instance set outcome = 'STOPPED', reason = 'STOPPED', proof = 'NEVER_STARTED',
                detail = :detail, fingerprint = :fingerprint, ended_at = now()
              where job_id = :job and outcome is null and touched_at is null
              """)
          .param("detail", NOTHING_STARTED)
          .param("fingerprint", Fingerprint.of(Reason.STOPPED, 0, NOTHING_STARTED))
          .param("job", job)
          .update();
    }
    List<WaveRange> unnumbered = unfinished(job, open);
    int last =
        jdbc.sql("update job set waves = waves + :n where id = :job returning waves")
            .param("n", unnumbered.size())
            .param("job", job)
            .query(Integer.class)
            .single();
    List<WaveRange> waves = new ArrayList<>();
    for (WaveRange range : unnumbered) {
      int number = last - unnumbered.size() + 1 + waves.size();
      waves.add(new WaveRange(number, range.from(), range.to(), range.hosts()));
    }
    return new Plan(waves, row.order(), row.window());
  }

  /** Cut so that no range reaches over an open one, however few hosts there are between two. */
  private List<WaveRange> unfinished(long job, List<WaveRange> open) {
    Integer[] bounds =
        open.stream()
            .sorted(Comparator.comparingInt(WaveRange::from))
            .flatMap(range -> Stream.of(range.from(), range.to() + 1))
            .toArray(Integer[]::new);
    return jdbc.sql(
            """
            select min(ordinal) as first, max(ordinal) as last, count(*) as hosts
            from (
              select ordinal, gap, (row_number() over (partition by gap order by ordinal) - 1) / :size as wave
              from (select ordinal, width_bucket(ordinal, cast(:bounds as integer[])) as gap
                    from job_instance where job_id = :job and outcome is null) placed
              where gap % 2 = 0) beside
            group by gap, wave order by first limit :most
            """)
        .param("job", job)
        .param("bounds", bounds)
        .param("size", Limits.HOSTS_PER_WAVE)
        .param("most", Plan.MOST_WAVES)
        .query(
            (row, n) ->
                new WaveRange(0, row.getInt("first"), row.getInt("last"), row.getInt("hosts")))
        .list();
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
    record Due(int round, int rounds, long after, String gate, @Nullable Long left) {}
    Due due =
        jdbc.sql(
                """
                select round, retry_rounds, retry_after_seconds, gate,
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
                        row.getString("gate"),
                        row.getObject("seconds_left", Long.class)))
            .single();
    int failed = failed(job);
    if (due.gate().equals("STOPPED") || due.round() >= due.rounds() || failed == 0) {
      return new Round(0, 0, 0, false);
    }
    if (due.gate().equals("PAUSED")) {
      return new Round(due.round() + 1, 0, failed, true);
    }
    if (due.left() == null && due.after() > 0) {
      jdbc.sql(
              "update job set next_round_at = now() + make_interval(secs => :after) where id = :job")
          .param("after", (double) due.after())
          .param("job", job)
          .update();
      return new Round(due.round() + 1, due.after(), failed, false);
    }
    if (due.left() != null && due.left() > 0) {
      return new Round(due.round() + 1, due.left(), failed, false);
    }
    Verbs.reopen(jdbc, job, FAILED, Map.of());
    jdbc.sql("update job set round = round + 1, next_round_at = null where id = :job")
        .param("job", job)
        .update();
    audit.ofJob(
        new JobId(job), "ROUND", Audit.MUSTER, Map.of("round", due.round() + 1, "hosts", failed));
    return new Round(due.round() + 1, 0, failed, false);
  }

  private int failed(long job) {
    return jdbc.sql("select count(*) from job_instance where job_id = :job and " + FAILED)
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
              """
              update job set state = :state, ended_at = now(), first_ended_at = coalesce(first_ended_at, now()),
                gate = case when gate = 'PAUSED' then 'OPEN' else gate end
              where id = :job and ended_at is null
              """)
          .param("state", state.name())
          .param("job", job)
          .update();
    }
    return new Ended(
        state.name(), tally.succeeded(), tally.failed(), tally.skipped(), tally.unfinished());
  }
}
