package dev.muster.roster;

import dev.muster.job.Caller;
import dev.muster.job.JobId;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes who did what: always inside the transaction that does it. */
@Component
public class Audit {

  /** What muster does by itself. */
  public static final Caller MUSTER = new Caller("muster", "muster");

  /** Of a job's row: equal for equal selections. */
  static final String SELECTION_DIGEST =
      "encode(sha256(convert_to(selector::text, 'UTF8')), 'hex')";

  private static final JsonMapper JSON = JsonMapper.shared();

  private final JdbcClient jdbc;

  public Audit(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A verb to a job, with the digests of what was selected and of what is run. */
  void ofJob(JobId job, String verb, Caller caller, Map<String, ?> what) {
    jdbc.sql(
            """
            insert into audit (caller, app, verb, job_id, businesses, selection_digest, runbook_digest, what)
            select :caller, :app, :verb, id, businesses, %s, runbook_digest, cast(:what as jsonb)
            from job where id = :job
            """
                .formatted(SELECTION_DIGEST))
        .param("caller", caller.user())
        .param("app", caller.app())
        .param("verb", verb)
        .param("what", JSON.writeValueAsString(what))
        .param("job", job.value())
        .update();
  }

  /**
   * What was done beyond any one job.
   *
   * @param businesses that it is about; none for all
   */
  void beyondJobs(String verb, Caller caller, List<Long> businesses, Map<String, ?> what) {
    jdbc.sql(
            """
            insert into audit (caller, app, verb, businesses, what)
            values (:caller, :app, :verb, cast(:businesses as bigint[]), cast(:what as jsonb))
            """)
        .param("caller", caller.user())
        .param("app", caller.app())
        .param("verb", verb)
        .param("businesses", businesses.toArray(Long[]::new))
        .param("what", JSON.writeValueAsString(what))
        .update();
  }
}
