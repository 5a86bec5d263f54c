package dev.muster.roster;

import dev.muster.job.InstanceState;
import dev.muster.job.JobOptions.OnBusy;
import dev.muster.job.JobType;
import dev.muster.job.Outcome;
import dev.muster.job.Reason;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
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

  /** Which host of which job. */
  public record Place(long job, int ordinal, long host) {}

  /**
   * Reads the gate and claims the lease in one statement. Tokens follow the clock, so that a fresh
   * or restored database still gives higher ones than a host has seen. A job that only looks is
   * given a token, but no lease: no permit will ever be given for it.
   */
  public Claim claim(long job, int ordinal) {
    Optional<Claim> claim;
    do {
      // Empty if another claim of the host was committed while this one waited for it.
      claim = tryToClaim(job, ordinal);
    } while (claim.isEmpty());
    return claim.get();
  }

  private Optional<Claim> tryToClaim(long job, int ordinal) {
    return jdbc.sql(
            """
            with i as (
              select i.*, j.uid, j.type, j.runbook_digest, j.package_version, j.on_busy, g.state as gate, g.why,
                j.type = any (:only_look) as only_looks,
                floor(extract(epoch from clock_timestamp()) * 1000) as millis,
                j.wait_offline_seconds - extract(epoch from now() - coalesce(i.begun_at, now())) as offline
              from job_instance i join job j on j.id = i.job_id join gate g on g.job_id = i.job_id and g.ordinal = i.ordinal
              where i.job_id = :job and i.ordinal = :ordinal),
            begun as (
              update job_instance b set begun_at = now() from job j
              where b.job_id = :job and b.ordinal = :ordinal and b.begun_at is null and b.outcome is null
                and j.id = :job and (j.host_deadline_seconds is not null or j.wait_offline_seconds > 0)),
            claimed as (
              insert into lease as l (host_id, token, job_id, ordinal, since)
              select host_id, millis, :job, :ordinal, now() from i
              where outcome is null and not only_looks and (touched_at is not null or gate not in ('PAUSED', 'HELD', 'CUT'))
              on conflict (host_id) do update
                set token = greatest(l.token + 1, excluded.token), job_id = excluded.job_id, ordinal = excluded.ordinal,
                  since = case when l.job_id = excluded.job_id then l.since else now() end
                where (l.job_id = excluded.job_id and l.ordinal = excluded.ordinal)
                  or not exists (select 1 from job_instance o
                    where o.job_id = l.job_id and o.ordinal = l.ordinal and o.outcome is null)
              returning token, run_directory)
            select i.*, array(select coalesce(i.executions[n], 1) from generate_series(1, 30) n) as counts,
              case when i.only_looks then i.millis else c.token end as token,
              coalesce(c.run_directory, l.run_directory) as run_directory, l.job_id as holder, l.since as holder_since
            from i left join claimed c on true left join lease l on l.host_id = i.host_id
            """)
        .param("only_look", ONLY_LOOK)
        .param("job", job)
        .param("ordinal", ordinal)
        .query(Instances::claim)
        .single();
  }

  private static Optional<Claim> claim(ResultSet row, int n) throws SQLException {
    String outcome = row.getString("outcome");
    if (outcome != null) {
      return Optional.of(new Claim.Finished(state(outcome)));
    }
    Place place = new Place(row.getLong("job_id"), row.getInt("ordinal"), row.getLong("host_id"));
    Gate gate = Gate.read(row, "gate");
    if (gate instanceof Gate.Held held && row.getObject("touched_at") == null) {
      return Optional.of(new Claim.Waiting(place, held.why(), row.getLong("millis")));
    }
    long token = row.getLong("token");
    if (row.wasNull()) {
      long holder = row.getLong("holder");
      OnBusy onBusy = OnBusy.valueOf(row.getString("on_busy"));
      long moment = row.getLong("millis");
      Timestamp since = row.getTimestamp("holder_since");
      return Optional.ofNullable(since)
          .map(
              known ->
                  new Claim.Busy(
                      place, new Claim.Holder(holder, known.toInstant()), onBusy, moment));
    }
    Array executions = row.getArray("counts");
    List<Integer> known = List.of((Integer[]) executions.getArray());
    Grant grant =
        new Grant(
            place,
            row.getObject("uid", UUID.class),
            new Grant.Work(
                JobType.valueOf(row.getString("type")),
                row.getString("runbook_digest"),
                Duration.ofMillis(Math.round(row.getDouble("offline") * 1_000)),
                new Grant.Software(
                    row.getString("package_version"), row.getObject("package_id", Long.class))),
            token,
            row.getInt("step"),
            new Grant.Progressed(known, row.getObject("touched_at") != null, row.getInt("retries")),
            row.getString("run_directory"));
    return Optional.of(new Claim.Granted(grant, gate));
  }

  private static InstanceState state(String outcome) {
    return switch (outcome) {
      case "SUCCEEDED" -> InstanceState.SUCCEEDED;
      case "SKIPPED" -> InstanceState.SKIPPED;
      default -> InstanceState.FAILED;
    };
  }

  /**
   * Leaves a host to others that has to wait, unless it was touched.
   *
   * @return whether it is left
   */
  public boolean release(Grant grant) {
    return jdbc.sql(
                """
            update lease l set ordinal = -1 where l.host_id = :host and l.token = :token and exists (
              select 1 from job_instance i where i.job_id = :job and i.ordinal = :ordinal and i.touched_at is null)
            """)
            .param("host", grant.place().host())
            .param("token", grant.token())
            .param("job", grant.place().job())
            .param("ordinal", grant.place().ordinal())
            .update()
        == 1;
  }

  /** Keeps where the host's records are, before anything is started there. */
  public void recordRunDirectory(Grant grant, String directory) {
    jdbc.sql("update lease set run_directory = :directory where host_id = :host and token = :token")
        .param("directory", directory)
        .param("host", grant.place().host())
        .param("token", grant.token())
        .update();
  }

  /** Keeps which package the host is given, so that every attempt gives it the same. */
  public void recordPackage(Grant grant, long id) {
    jdbc.sql("update job_instance set package_id = :id where job_id = :job and ordinal = :ordinal")
        .param("id", id)
        .param("job", grant.place().job())
        .param("ordinal", grant.place().ordinal())
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
                  and i.stop_mode is null and j.id = i.job_id and j.gate = 'OPEN'
                  and (select g.state from gate g where g.job_id = i.job_id and g.ordinal = i.ordinal) = 'OPEN'
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
    OutcomeRow row = OutcomeRow.of(outcome);
    return jdbc.sql(
                """
                update job_instance i set step = :step, outcome = :outcome, reason = :reason, proof = :proof,
                  detail = :detail, fingerprint = :fingerprint, ended_at = now()
                from job j
                where i.job_id = :job and i.ordinal = :ordinal and i.outcome is null
                  and j.id = i.job_id and i.retries = :retries
                  and (j.type = any (:only_look) or exists (select 1 from lease l
                    where l.host_id = i.host_id and l.job_id = i.job_id and l.ordinal = i.ordinal and l.token = :token))
                """)
            .param("only_look", ONLY_LOOK)
            .param("retries", grant.progressed().retries())
            .param("step", step)
            .param("outcome", row.outcome())
            .param("reason", row.reason() == null ? null : row.reason().name())
            .param("proof", row.proof() == null ? null : row.proof().name())
            .param("detail", row.detail())
            .param("fingerprint", Fingerprint.of(outcome, step))
            .param("job", grant.place().job())
            .param("ordinal", grant.place().ordinal())
            .param("token", grant.token())
            .update()
        == 1;
  }

  /** The hosts, by ordinal, of which nothing was begun between two ordinals, both included. */
  public Map<Integer, Long> untouched(long job, int from, int to) {
    Map<Integer, Long> hosts = new TreeMap<>();
    jdbc.sql(
            """
            select ordinal, host_id from job_instance
            where job_id = :job and ordinal between :from and :to and outcome is null and touched_at is null
            """)
        .param("job", job)
        .param("from", from)
        .param("to", to)
        .query(
            row -> {
              hosts.put(row.getInt("ordinal"), row.getLong("host_id"));
            });
    return hosts;
  }

  /** What the rows say now. */
  public Gate gate(Place place) {
    return gates(List.of(place)).getOrDefault(place, new Gate.Open());
  }

  /** The gates of these hosts that are not open. */
  public Map<Place, Gate> gates(Collection<Place> places) {
    Map<Place, Gate> closed = new HashMap<>();
    if (!places.isEmpty()) {
      jdbc.sql(
              """
              select r.*, g.* from unnest(cast(:jobs as bigint[]), cast(:ordinals as int[]), cast(:hosts as bigint[]))
                as r (job, place, host)
              join gate g on g.job_id = r.job and g.ordinal = r.place where g.state <> 'OPEN'
              """)
          .param("jobs", places.stream().map(Place::job).toArray(Long[]::new))
          .param("ordinals", places.stream().map(Place::ordinal).toArray(Integer[]::new))
          .param("hosts", places.stream().map(Place::host).toArray(Long[]::new))
          .query(
              row -> {
                closed.put(
                    new Place(row.getLong("job"), row.getInt("place"), row.getLong("host")),
                    Gate.read(row, "state"));
              });
    }
    return closed;
  }

  /**
   * Ends the part of a host that another job holds, and that was never touched.
   *
   * @return whether it has ended so
   */
  public boolean skip(Place place, String detail) {
    return jdbc.sql(
                """
                update job_instance set outcome = 'SKIPPED', reason = 'HELD', detail = :detail, ended_at = now()
                where job_id = :job and ordinal = :ordinal and outcome is null and touched_at is null
                """)
            .param("detail", detail)
            .param("job", place.job())
            .param("ordinal", place.ordinal())
            .update()
        == 1;
  }
}
