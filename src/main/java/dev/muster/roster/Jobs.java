package dev.muster.roster;

import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.JobRequest;
import dev.muster.job.Mandate;
import dev.muster.job.Stop;
import dev.muster.job.Submission;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The rows of jobs and of the verbs said to them. */
@Component
public class Jobs {

  private static final String OPEN =
      "select id, uid, type, caller, gate, restarts from job where ended_at is null";

  private final JdbcClient jdbc;

  public Jobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A job that has not ended, as whoever watches over it needs it. */
  public record Open(
      JobId id, UUID uid, String type, String caller, boolean stopped, int restarts) {}

  /** A verb that is committed and not yet told to its workflow. */
  public record Untold(JobId id, long version) {}

  /**
   * The job that this caller made with this key: accepted for the same request, refused for
   * another.
   */
  Optional<Submission> repeated(JobRequest request) {
    if (request.idempotencyKey() == null) {
      return Optional.empty();
    }
    return jdbc.sql(
            "select id, request_digest from job where caller = :caller and app = :app and idempotency_key = :key")
        .param("caller", request.caller().user())
        .param("app", request.caller().app())
        .param("key", request.idempotencyKey())
        .query(
            (row, n) -> {
              JobId id = new JobId(row.getLong("id"));
              boolean same = row.getString("request_digest").equals(request.digest());
              return (Submission)
                  (same ? new Submission.Accepted(id) : new Submission.KeyReused(id));
            })
        .optional();
  }

  /**
   * Commits the job: from the return on it exists, whatever dies.
   *
   * @return empty if another request with the same idempotency key was faster
   */
  Optional<JobId> insert(JobRequest request, List<Long> businesses, long selected) {
    return jdbc.sql(
            """
            insert into job (uid, type, caller, app, idempotency_key, request_digest, selector, businesses, selected,
              run_window, retry_rounds, retry_after_seconds, runbook_digest)
            values (:uid, :type, :caller, :app, :key, :digest, cast(:selector as jsonb),
              cast(:businesses as bigint[]), :selected, :window, :rounds, :after, :runbook)
            on conflict (caller, app, idempotency_key) where idempotency_key is not null do nothing
            returning id
            """)
        .param("uid", newUid())
        .param("type", request.type().name())
        .param("caller", request.caller().user())
        .param("app", request.caller().app())
        .param("key", request.idempotencyKey())
        .param("digest", request.digest())
        .param("selector", SelectorJson.write(request.selector()))
        .param("businesses", businesses.toArray(Long[]::new))
        .param("selected", selected)
        .param("window", request.options().window())
        .param("rounds", request.options().retryFailed().rounds())
        .param("after", request.options().retryFailed().after().toSeconds())
        .param("runbook", request.runbook())
        .query(Long.class)
        .optional()
        .map(JobId::new);
  }

  /**
   * Commits a stop, if the mandate covers every business of the job. Of a job that the asker may
   * not see the answer says no more than of one that does not exist.
   */
  @Transactional
  public Stop stop(JobId id, Mandate mandate, String why) {
    Optional<List<Long>> businesses =
        jdbc.sql("select businesses from job where id = :id for update")
            .param("id", id.value())
            .query((row, n) -> List.of((Long[]) row.getArray("businesses").getArray()))
            .optional();
    if (businesses.isEmpty() || !mandate.view().covers(businesses.get())) {
      return new Stop.NoSuchJob();
    }
    return mandate.control().covers(businesses.get())
        ? stop(id, mandate.caller(), why)
        : new Stop.NotPermitted();
  }

  /** Commits a stop; from the return on no permit to start is given for this job. */
  @Transactional
  public Stop stop(JobId id, Caller caller, String why) {
    record Found(boolean ended, boolean stopped) {}
    Optional<Found> found =
        jdbc.sql(
                "select ended_at is not null as ended, gate = 'STOPPED' as stopped from job where id = :id for update")
            .param("id", id.value())
            .query((row, n) -> new Found(row.getBoolean("ended"), row.getBoolean("stopped")))
            .optional();
    if (found.isEmpty()) {
      return new Stop.NoSuchJob();
    }
    if (found.get().ended()) {
      return new Stop.NothingRunning();
    }
    if (!found.get().stopped()) {
      long version =
          jdbc.sql(
                  "update job set gate = 'STOPPED', gate_version = gate_version + 1, why = :why where id = :id"
                      + " returning gate_version")
              .param("why", why)
              .param("id", id.value())
              .query(Long.class)
              .single();
      jdbc.sql(
              "insert into control (job_id, version, verb, caller, app) values (:id, :version, 'STOP', :user, :app)")
          .param("id", id.value())
          .param("version", version)
          .param("user", caller.user())
          .param("app", caller.app())
          .update();
    }
    return new Stop.Acknowledged();
  }

  /** A UUIDv7: 48 bits of time, then chance. */
  private static UUID newUid() {
    UUID random = UUID.randomUUID();
    long time = System.currentTimeMillis() << 16;
    return new UUID(
        time | 0x7000 | (random.getMostSignificantBits() & 0xfff),
        random.getLeastSignificantBits());
  }

  public List<Untold> untold() {
    return jdbc.sql(
            "select job_id, version from control where told_at is null order by job_id, version")
        .query((row, n) -> new Untold(new JobId(row.getLong("job_id")), row.getLong("version")))
        .list();
  }

  public void told(JobId id, long version) {
    jdbc.sql(
            "update control set told_at = now() where job_id = :id and version <= :version and told_at is null")
        .param("id", id.value())
        .param("version", version)
        .update();
  }

  public List<Open> open() {
    return jdbc.sql(OPEN + " order by id").query(Jobs::toOpen).list();
  }

  private static Open toOpen(ResultSet row, int n) throws SQLException {
    return new Open(
        new JobId(row.getLong("id")),
        row.getObject("uid", UUID.class),
        row.getString("type"),
        row.getString("caller"),
        row.getString("gate").equals("STOPPED"),
        row.getInt("restarts"));
  }

  public Optional<Open> open(JobId id) {
    return jdbc.sql(OPEN + " and id = :id").param("id", id.value()).query(Jobs::toOpen).optional();
  }

  /** Counts a start that was needed because a workflow ended without finishing its job. */
  public void countRestart(JobId id) {
    jdbc.sql("update job set restarts = restarts + 1 where id = :id")
        .param("id", id.value())
        .update();
  }

  /**
   * Gives every unfinished host of a job that cannot be carried on its outcome, and ends the job.
   */
  @Transactional
  public void giveUp(JobId id, String detail) {
    jdbc.sql(
            """
            update job_instance set outcome = 'FAILED', reason = 'ENGINE', detail = :detail, ended_at = now()
            where job_id = :id and outcome is null
            """)
        .param("id", id.value())
        .param("detail", detail)
        .update();
    jdbc.sql(
            """
            update job set why = :detail, ended_at = now(),
              state = case when exists (select 1 from job_instance i where i.job_id = job.id and i.outcome = 'SUCCEEDED')
                then 'PARTIALLY_FAILED' else 'FAILED' end
            where id = :id and ended_at is null
            """)
        .param("id", id.value())
        .param("detail", detail)
        .update();
  }
}
