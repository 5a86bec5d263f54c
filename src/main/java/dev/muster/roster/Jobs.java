package dev.muster.roster;

import dev.muster.job.JobId;
import dev.muster.job.JobRequest;
import dev.muster.job.Reason;
import dev.muster.job.Submission;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The rows of jobs. */
@Component
public class Jobs {

  /** Whether nothing of a job may be started for now. */
  static final String HELD =
      """
      (gate = 'PAUSED' or exists (select 1 from hold where lifted_at is null
        and (area = 'EVERYTHING' or area = 'BUSINESS' and job.businesses = array[target])))""";

  private static final String OPEN =
      """
      select id, uid, type, caller, restarts, gate_version, told_version, coalesce(businesses[1], 0) as business,
        least(run_window, greatest(selected, 1)) as most, coalesce(share, run_window) as share, %s as held
      from job where ended_at is null\
      """
          .formatted(HELD);

  private final JdbcClient jdbc;
  private final FleetSettings fleet;
  private final Audit audit;

  public Jobs(JdbcClient jdbc, FleetSettings fleet, Audit audit) {
    this.jdbc = jdbc;
    this.fleet = fleet;
    this.audit = audit;
  }

  /** A job that has not ended, as whoever watches over it needs it. */
  public record Open(
      JobId id,
      UUID uid,
      String type,
      String caller,
      int restarts,
      long version,
      long told,
      Part part) {

    /** A verb is committed that its workflow may not know of. */
    public boolean untold() {
      return told < version;
    }
  }

  /**
   * A job's part in what the fleet of workers can do.
   *
   * @param business the first of the job
   * @param most hosts at once that it can use
   * @param share hosts at once that it was given
   * @param held nothing of it may be started for now
   */
  public record Part(long business, int most, int share, boolean held) {}

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
   * Commits the job and its line in the audit: from the return on it exists, whatever dies.
   *
   * @return empty if another request with the same idempotency key was faster
   */
  Optional<JobId> insert(JobRequest request, List<Long> businesses, long selected) {
    return jdbc.sql(
            """
            with accepted as (
              insert into job (uid, type, caller, app, idempotency_key, request_digest, selector, businesses, selected,
                run_window, retry_rounds, retry_after_seconds, runbook_digest, on_busy, wait_offline_seconds,
                host_deadline_seconds, deadline_at, package_version)
              values (:uid, :type, :caller, :app, :key, :digest, cast(:selector as jsonb),
                cast(:businesses as bigint[]), :selected, :window, :rounds, :after, :runbook, :on_busy, :offline, :host,
                now() + make_interval(secs => :job), :version)
              on conflict (caller, app, idempotency_key) where idempotency_key is not null do nothing
              returning *)
            insert into audit (caller, app, verb, job_id, businesses, selection_digest, runbook_digest, what)
            select caller, app, 'SUBMIT', id, businesses, %s, runbook_digest,
              jsonb_build_object('type', type, 'selected', selected)
            from accepted returning job_id
            """
                .formatted(Audit.SELECTION_DIGEST))
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
        .param("on_busy", request.options().onBusy().name())
        .param("offline", request.options().waits().offline().toSeconds())
        .param("host", seconds(request.options().waits().host()))
        .param("job", seconds(request.options().waits().job()))
        .param("version", request.options().version())
        .query(Long.class)
        .optional()
        .map(JobId::new);
  }

  private static @Nullable Long seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toSeconds();
  }

  /** A UUIDv7: 48 bits of time, then chance. */
  private static UUID newUid() {
    UUID random = UUID.randomUUID();
    long time = System.currentTimeMillis() << 16;
    return new UUID(
        time | 0x7000 | (random.getMostSignificantBits() & 0xfff),
        random.getLeastSignificantBits());
  }

  /** The workflow knows of every verb up to this version. */
  public void told(JobId id, long version) {
    jdbc.sql("update job set told_version = :version where id = :id and told_version < :version")
        .param("id", id.value())
        .param("version", version)
        .update();
  }

  /** Jobs whose time is over and that may still start something. */
  public List<JobId> overdue() {
    return jdbc.sql(
            "select id from job where ended_at is null and gate <> 'STOPPED' and deadline_at <= now() order by id")
        .query((row, n) -> new JobId(row.getLong("id")))
        .list();
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
        row.getInt("restarts"),
        row.getLong("gate_version"),
        row.getLong("told_version"),
        new Part(
            row.getLong("business"),
            row.getInt("most"),
            row.getInt("share"),
            row.getBoolean("held")));
  }

  public Optional<Open> open(JobId id) {
    return jdbc.sql(OPEN + " and id = :id").param("id", id.value()).query(Jobs::toOpen).optional();
  }

  /** Gives a job its fair share beside those that are open now; theirs are left as they are. */
  void share(JobId id) {
    List<Open> open = open();
    Shares.of(open, fleet.slots()).entrySet().stream()
        .filter(share -> share.getKey().equals(id))
        .forEach(share -> give(id, share.getValue()));
  }

  /** Gives every open job its fair share anew, unless the difference is too small to matter. */
  public void share() {
    List<Open> open = open();
    Map<JobId, Integer> fair = Shares.of(open, fleet.slots());
    for (Open job : open) {
      int share = fair.getOrDefault(job.id(), job.part().share());
      if (Shares.matters(job.part(), share)) {
        give(job.id(), share);
      }
    }
  }

  private void give(JobId id, int share) {
    jdbc.sql("update job set share = :share where id = :id and resolved_at is not null")
        .param("share", share)
        .param("id", id.value())
        .update();
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
    int hosts =
        jdbc.sql(
                """
                update job_instance set outcome = 'FAILED', reason = 'ENGINE', detail = :detail, fingerprint = :fingerprint,
                  ended_at = now()
                where job_id = :id and outcome is null
                """)
            .param("id", id.value())
            .param("detail", detail)
            .param("fingerprint", Fingerprint.of(Reason.ENGINE, 0, detail))
            .update();
    int ended =
        jdbc.sql(
                """
                update job set why = :detail, ended_at = now(), first_ended_at = coalesce(first_ended_at, now()),
                  state = case when exists (select 1 from job_instance i where i.job_id = job.id and i.outcome = 'SUCCEEDED')
                    then 'PARTIALLY_FAILED' else 'FAILED' end
                where id = :id and ended_at is null
                """)
            .param("id", id.value())
            .param("detail", detail)
            .update();
    if (ended > 0) {
      audit.ofJob(id, "GIVE_UP", Audit.MUSTER, Map.of("hosts", hosts, "why", detail));
    }
  }
}
