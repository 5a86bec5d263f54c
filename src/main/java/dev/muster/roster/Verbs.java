package dev.muster.roster;

import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.Mandate;
import dev.muster.job.Reason;
import dev.muster.job.Verb;
import dev.muster.job.Verb.Answer;
import dev.muster.job.Verb.Mode;
import dev.muster.job.Verb.Which;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Commits what operators say to jobs: each verb is one transaction over the job's locked row, with
 * its line in the audit. From the return on it holds, whatever dies; the job's workflow is told
 * afterwards.
 */
@Component
public class Verbs {

  private static final String RETRIED =
      "outcome in ('FAILED', 'UNREACHABLE', 'TIMED_OUT', 'STOPPED')";

  private final JdbcClient jdbc;
  private final Audit audit;

  public Verbs(JdbcClient jdbc, Audit audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  private record Job(
      long id, boolean ended, String gate, @Nullable Mode mode, List<Long> businesses) {}

  /**
   * Commits a verb, if the mandate covers every business of the job. Of a job that the asker may
   * not see the answer says no more than of one that does not exist.
   */
  @Transactional
  public Answer say(JobId id, Verb verb, Mandate mandate) {
    Optional<Job> job = lock(id);
    if (job.isEmpty() || !mandate.view().covers(job.get().businesses())) {
      return new Answer.NoSuchJob();
    }
    return mandate.control().covers(job.get().businesses())
        ? say(job.get(), verb, mandate.caller(), said(verb) + " by " + mandate.caller().user())
        : new Answer.NotPermitted();
  }

  /** The same by muster itself, or by whoever acts in the engine. */
  @Transactional
  public Answer say(JobId id, Verb verb, Caller caller, String why) {
    return lock(id).map(job -> say(job, verb, caller, why)).orElseGet(Answer.NoSuchJob::new);
  }

  private static String said(Verb verb) {
    return switch (verb) {
      case Verb.Stop stop -> "stopped";
      case Verb.Pause pause -> "paused";
      case Verb.Resume resume -> "resumed";
      case Verb.Retry retry -> "retried";
    };
  }

  private Optional<Job> lock(JobId id) {
    return jdbc.sql("select * from job where id = :id for update")
        .param("id", id.value())
        .query(
            (row, n) ->
                new Job(
                    row.getLong("id"),
                    row.getObject("ended_at") != null,
                    row.getString("gate"),
                    row.getString("stop_mode") == null
                        ? null
                        : Mode.valueOf(row.getString("stop_mode")),
                    List.of((Long[]) row.getArray("businesses").getArray())))
        .optional();
  }

  private Answer say(Job job, Verb verb, Caller caller, String why) {
    return switch (verb) {
      case Verb.Stop stop when stop.which() instanceof Which.All ->
          stopAll(job, stop.mode(), caller, why);
      case Verb.Stop stop -> stopSome(job, stop, caller, why);
      case Verb.Pause pause -> turn(job, "OPEN", "PAUSED", "PAUSE", caller, why);
      case Verb.Resume resume -> turn(job, "PAUSED", "OPEN", "RESUME", caller, why);
      case Verb.Retry retry -> retry(job, retry, caller, why);
    };
  }

  // ---- stop ----

  private Answer stopAll(Job job, Mode mode, Caller caller, String why) {
    if (job.ended()) {
      return new Answer.Nothing();
    }
    boolean stopped = job.gate().equals("STOPPED");
    if (stopped && (job.mode() == mode || job.mode() == Mode.KILL)) {
      return new Answer.Acknowledged(unfinished(job));
    }
    jdbc.sql(
            "update job set gate = 'STOPPED', stop_mode = :mode, why = coalesce(case when gate = 'STOPPED' then why end, :why) where id = :job")
        .param("mode", mode.name())
        .param("why", why)
        .param("job", job.id())
        .update();
    int hosts = unfinished(job);
    commit(job, "STOP", caller, Map.of("mode", mode.name(), "hosts", hosts, "why", why));
    return new Answer.Acknowledged(hosts);
  }

  private int unfinished(Job job) {
    return jdbc.sql("select count(*) from job_instance where job_id = :job and outcome is null")
        .param("job", job.id())
        .query(Integer.class)
        .single();
  }

  /** What was never touched ends here and now; of the rest the gate of each is closed. */
  private Answer stopSome(Job job, Verb.Stop stop, Caller caller, String why) {
    int hosts =
        jdbc.sql(
                """
                update job_instance set stop_mode = :mode,
                  outcome = case when touched_at is null then 'STOPPED' end,
                  reason = case when touched_at is null then 'STOPPED' end,
                  proof = case when touched_at is null then 'NEVER_STARTED' end,
                  detail = case when touched_at is null then :detail end,
                  fingerprint = case when touched_at is null then :print end,
                  ended_at = case when touched_at is null then now() end
                where job_id = :job and outcome is null and stop_mode is distinct from 'KILL'
                """
                    + chosen(stop.which()))
            .param("mode", stop.mode().name())
            .param("detail", RosterRows.NOTHING_STARTED)
            .param("print", Fingerprint.of(Reason.STOPPED, 0, RosterRows.NOTHING_STARTED))
            .param("job", job.id())
            .params(chosenBy(stop.which()))
            .update();
    if (hosts == 0) {
      return new Answer.Nothing();
    }
    commit(
        job,
        "STOP",
        caller,
        Map.of(
            "mode", stop.mode().name(), "hosts", hosts, "which", told(stop.which()), "why", why));
    return new Answer.Acknowledged(hosts);
  }

  // ---- pause and resume ----

  private Answer turn(Job job, String from, String to, String verb, Caller caller, String why) {
    if (job.ended()) {
      return new Answer.Nothing();
    }
    if (job.gate().equals("STOPPED")) {
      return new Answer.NotNow("the job is being stopped");
    }
    if (job.gate().equals(from)) {
      jdbc.sql("update job set gate = :to, why = :why where id = :job")
          .param("to", to)
          .param("why", to.equals("PAUSED") ? why : null)
          .param("job", job.id())
          .update();
      commit(job, verb, caller, Map.of("why", why));
    }
    return new Answer.Acknowledged(unfinished(job));
  }

  // ---- retry ----

  private Answer retry(Job job, Verb.Retry retry, Caller caller, String why) {
    if (!job.ended() && job.gate().equals("STOPPED")) {
      return new Answer.NotNow("the job is being stopped; retry when it has ended");
    }
    int hosts = reopen(jdbc, job.id(), RETRIED + chosen(retry.which()), chosenBy(retry.which()));
    if (hosts == 0) {
      return new Answer.Nothing();
    }
    jdbc.sql(
            """
            update job set state = 'RUNNING', ended_at = null, stop_mode = null, restarts = 0, why = null,
              gate = case when gate = 'STOPPED' then 'OPEN' else gate end,
              runbook_digest = coalesce(:runbook, runbook_digest)
            where id = :job
            """)
        .param("runbook", retry.runbook())
        .param("job", job.id())
        .update();
    commit(job, "RETRY", caller, Map.of("hosts", hosts, "which", told(retry.which()), "why", why));
    return new Answer.Acknowledged(hosts);
  }

  /** Keeps what became of these hosts, and opens them again at the step that failed. */
  static int reopen(JdbcClient jdbc, long job, String which, Map<String, ?> chosenBy) {
    return jdbc.sql(
            """
            with kept as (
              insert into earlier_outcome (job_id, ordinal, retry, outcome, reason, proof, detail, fingerprint, step,
                execution, ended_at)
              select job_id, ordinal, retries, outcome, reason, proof, detail, fingerprint, step,
                coalesce(executions[step + 1], 1), ended_at
              from job_instance where job_id = :job and %1$s)
            update job_instance set outcome = null, reason = null, proof = null, detail = null, fingerprint = null,
              ended_at = null, begun_at = null, stop_mode = null, tries = '{}', unknown_since = null,
              retries = retries + 1,
              executions[step + 1] = coalesce(executions[step + 1], 1)
                + case when reason in ('EXIT_CODE', 'VERIFY', 'TIMEOUT', 'INTERRUPTED', 'REBOOT') or proof = 'STOPPED' then 1 else 0 end
            where job_id = :job and %1$s
            """
                .formatted(which))
        .param("job", job)
        .params(chosenBy)
        .update();
  }

  // ---- all ----

  private static String chosen(Which which) {
    return switch (which) {
      case Which.All all -> "";
      case Which.Hosts hosts -> " and host_id = any (cast(:hosts as bigint[]))";
      case Which.Alike alike -> " and fingerprint = :fingerprint";
    };
  }

  private static Map<String, ?> chosenBy(Which which) {
    return switch (which) {
      case Which.All all -> Map.of();
      case Which.Hosts hosts -> Map.of("hosts", hosts.ids().toArray(Long[]::new));
      case Which.Alike alike -> Map.of("fingerprint", alike.fingerprint());
    };
  }

  private static String told(Which which) {
    return switch (which) {
      case Which.All all -> "all";
      case Which.Hosts hosts -> "hosts";
      case Which.Alike alike -> alike.fingerprint();
    };
  }

  private void commit(Job job, String verb, Caller caller, Map<String, ?> what) {
    jdbc.sql("update job set gate_version = gate_version + 1 where id = :job")
        .param("job", job.id())
        .update();
    audit.ofJob(new JobId(job.id()), verb, caller, what);
  }
}
