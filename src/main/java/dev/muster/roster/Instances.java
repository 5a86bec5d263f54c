package dev.muster.roster;

import dev.muster.job.InstanceState;
import dev.muster.job.JobType;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of hosts in jobs: who may touch a host, what was permitted, what became of it. */
@Component
public class Instances {

  /** Jobs of these types start nothing, so that they neither hold a host nor wait for one. */
  private static final String[] ONLY_LOOK =
      Arrays.stream(JobType.values())
          .filter(JobType::onlyLooks)
          .map(JobType::name)
          .toArray(String[]::new);

  private final JdbcClient jdbc;

  public Instances(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** What the first statement of a stage finds. */
  public sealed interface Claim {

    /**
     * The host is ours; or, for a job that only looks, ours to look at beside whoever holds it.
     *
     * @param stopped the gate is closed: nothing may be started, what runs is to be ended
     */
    record Granted(Grant grant, boolean stopped) implements Claim {}

    /** Another instance holds the host. */
    record Busy(long job) implements Claim {}

    /** There is an outcome already. */
    record Finished(InstanceState state) implements Claim {}
  }

  /**
   * A claimed host.
   *
   * @param token grows with every claim of the host; an older one is refused by rows and host alike
   * @param step where to go on
   * @param runDirectory where the host's records are, null if it was never decided
   */
  public record Grant(
      Place place,
      UUID uid,
      String type,
      long token,
      int step,
      Progressed progressed,
      @Nullable String runDirectory) {}

  /** Which host of which job. */
  public record Place(long job, int ordinal, long host) {}

  /**
   * What was done on the host for this job before.
   *
   * @param executions per step, 1 where there is none
   * @param touched whether a start was ever permitted
   * @param round of retries that the claim belongs to
   */
  public record Progressed(List<Integer> executions, boolean touched, int round) {

    public int execution(int step) {
      return step < executions.size() ? executions.get(step) : 1;
    }
  }

  /**
   * Reads the gate and claims the lease in one statement. Tokens follow the clock, so that a fresh
   * or restored database still gives higher ones than a host has seen. A job that only looks is
   * given a token, but no lease: no permit will ever be given for it.
   */
  public Claim claim(long job, int ordinal) {
    return jdbc.sql(
            """
            with i as (
              select i.*, j.uid, j.type, j.gate, j.round, j.type = any (:only_look) as only_looks,
                floor(extract(epoch from clock_timestamp()) * 1000) as millis
              from job_instance i join job j on j.id = i.job_id where i.job_id = :job and i.ordinal = :ordinal),
            claimed as (
              insert into lease as l (host_id, token, job_id, ordinal, since)
              select host_id, millis, :job, :ordinal, now() from i where outcome is null and not only_looks
              on conflict (host_id) do update
                set token = greatest(l.token + 1, excluded.token), job_id = excluded.job_id, ordinal = excluded.ordinal, since = now()
                where (l.job_id = excluded.job_id and l.ordinal = excluded.ordinal)
                  or not exists (select 1 from job_instance o
                    where o.job_id = l.job_id and o.ordinal = l.ordinal and o.outcome is null)
              returning token, run_directory)
            select i.*, array(select coalesce(i.executions[n], 1) from generate_series(1, 30) n) as counts,
              case when i.only_looks then i.millis else c.token end as token,
              coalesce(c.run_directory, l.run_directory) as run_directory, l.job_id as holder
            from i left join claimed c on true left join lease l on l.host_id = i.host_id
            """)
        .param("only_look", ONLY_LOOK)
        .param("job", job)
        .param("ordinal", ordinal)
        .query(Instances::claim)
        .single();
  }

  private static Claim claim(ResultSet row, int n) throws SQLException {
    String outcome = row.getString("outcome");
    if (outcome != null) {
      return new Claim.Finished(state(outcome));
    }
    long token = row.getLong("token");
    if (row.wasNull()) {
      return new Claim.Busy(row.getLong("holder"));
    }
    Array executions = row.getArray("counts");
    List<Integer> known = List.of((Integer[]) executions.getArray());
    Grant grant =
        new Grant(
            new Place(row.getLong("job_id"), row.getInt("ordinal"), row.getLong("host_id")),
            row.getObject("uid", UUID.class),
            row.getString("type"),
            token,
            row.getInt("step"),
            new Progressed(known, row.getObject("touched_at") != null, row.getInt("round")),
            row.getString("run_directory"));
    return new Claim.Granted(grant, row.getString("gate").equals("STOPPED"));
  }

  private static InstanceState state(String outcome) {
    return switch (outcome) {
      case "SUCCEEDED" -> InstanceState.SUCCEEDED;
      case "SKIPPED" -> InstanceState.SKIPPED;
      default -> InstanceState.FAILED;
    };
  }

  /** Keeps where the host's records are, before anything is started there. */
  public void recordRunDirectory(Grant grant, String directory) {
    jdbc.sql("update lease set run_directory = :directory where host_id = :host and token = :token")
        .param("directory", directory)
        .param("host", grant.place().host())
        .param("token", grant.token())
        .update();
  }

  /**
   * Permits one step to start: gate, lease and outcome are read in the statement that notes the
   * start, so that a stop which was acknowledged before it is always seen.
   */
  public boolean permit(Grant grant, int step) {
    return jdbc.sql(
                """
                update job_instance i set touched_at = coalesce(i.touched_at, now()), step = :step
                from job j, lease l
                where i.job_id = :job and i.ordinal = :ordinal and i.outcome is null
                  and j.id = i.job_id and j.gate = 'OPEN'
                  and l.host_id = i.host_id and l.job_id = i.job_id and l.ordinal = i.ordinal and l.token = :token
                """)
            .param("step", step)
            .param("job", grant.place().job())
            .param("ordinal", grant.place().ordinal())
            .param("token", grant.token())
            .update()
        == 1;
  }

  /** Whether the claim still holds: no outcome, and no newer claim of the host. */
  public boolean holds(Grant grant) {
    return jdbc.sql(
                """
            select count(*) from job_instance i join lease l on l.host_id = i.host_id
            where i.job_id = :job and i.ordinal = :ordinal and i.outcome is null
              and l.job_id = i.job_id and l.ordinal = i.ordinal and l.token = :token
            """)
            .param("job", grant.place().job())
            .param("ordinal", grant.place().ordinal())
            .param("token", grant.token())
            .query(Long.class)
            .single()
        == 1;
  }

  /** Counts one more host-caused try of this reason and returns how many there were. */
  public int countTry(Grant grant, Reason reason) {
    return jdbc.sql(
            """
            update job_instance
            set tries = jsonb_set(tries, array[:reason], to_jsonb(coalesce((tries ->> :reason)::int, 0) + 1))
            where job_id = :job and ordinal = :ordinal returning (tries ->> :reason)::int
            """)
        .param("reason", reason.name())
        .param("job", grant.place().job())
        .param("ordinal", grant.place().ordinal())
        .query(Integer.class)
        .single();
  }

  /** Opens a new execution of a step, after a verdict on the last one. */
  public void nextExecution(Grant grant, int step, int finished) {
    jdbc.sql(
            """
            update job_instance set executions[:at] = :next
            where job_id = :job and ordinal = :ordinal and coalesce(executions[:at], 1) = :finished
            """)
        .param("at", step + 1)
        .param("next", finished + 1)
        .param("finished", finished)
        .param("job", grant.place().job())
        .param("ordinal", grant.place().ordinal())
        .update();
  }

  /**
   * Notes that nobody knows what became of a command, and answers for how long that has been so.
   */
  public Duration unknownFor(Grant grant) {
    return jdbc.sql(
            """
            update job_instance set unknown_since = coalesce(unknown_since, now())
            where job_id = :job and ordinal = :ordinal
            returning extract(epoch from now() - unknown_since)
            """)
        .param("job", grant.place().job())
        .param("ordinal", grant.place().ordinal())
        .query(Double.class)
        .optional()
        .map(seconds -> Duration.ofMillis(Math.round(seconds * 1000)))
        .orElse(Duration.ZERO);
  }

  /**
   * Commits the outcome, which also frees the host; refused if the claim no longer holds. Of a job
   * that only looks the first outcome of a round stands, whichever attempt brings it.
   */
  public boolean finish(Grant grant, int step, Outcome outcome) {
    Row row = Row.of(outcome);
    return jdbc.sql(
                """
                update job_instance i set step = :step, outcome = :outcome, reason = :reason, proof = :proof,
                  detail = :detail, ended_at = now()
                from job j
                where i.job_id = :job and i.ordinal = :ordinal and i.outcome is null
                  and j.id = i.job_id and j.round = :round
                  and (j.type = any (:only_look) or exists (select 1 from lease l
                    where l.host_id = i.host_id and l.job_id = i.job_id and l.ordinal = i.ordinal and l.token = :token))
                """)
            .param("only_look", ONLY_LOOK)
            .param("round", grant.progressed().round())
            .param("step", step)
            .param("outcome", row.outcome())
            .param("reason", row.reason() == null ? null : row.reason().name())
            .param("proof", row.proof() == null ? null : row.proof().name())
            .param("detail", row.detail())
            .param("job", grant.place().job())
            .param("ordinal", grant.place().ordinal())
            .param("token", grant.token())
            .update()
        == 1;
  }

  private record Row(
      String outcome, @Nullable Reason reason, @Nullable Proof proof, @Nullable String detail) {

    static Row of(Outcome outcome) {
      return switch (outcome) {
        case Outcome.Succeeded s -> new Row("SUCCEEDED", null, null, null);
        case Outcome.Failed f -> new Row("FAILED", f.reason(), null, f.detail());
        case Outcome.Unreachable u -> new Row("UNREACHABLE", u.reason(), null, u.detail());
        case Outcome.TimedOut t -> new Row("TIMED_OUT", Reason.TIMEOUT, null, t.detail());
        case Outcome.Skipped s -> new Row("SKIPPED", s.reason(), null, s.detail());
        case Outcome.Stopped s -> new Row("STOPPED", Reason.STOPPED, s.proof(), s.detail());
      };
    }
  }

  /** Which of these jobs have their gate closed. */
  public List<Long> stopped(Collection<Long> jobs) {
    if (jobs.isEmpty()) {
      return List.of();
    }
    return jdbc.sql(
            "select id from job where id = any (cast(:jobs as bigint[])) and gate = 'STOPPED'")
        .param("jobs", jobs.toArray(Long[]::new))
        .query((row, n) -> row.getLong("id"))
        .list();
  }
}
