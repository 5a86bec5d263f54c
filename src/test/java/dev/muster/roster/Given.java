package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions;
import dev.muster.job.JobOptions.RetryFailed;
import dev.muster.job.JobRequest;
import dev.muster.job.JobType;
import dev.muster.job.Mandate;
import dev.muster.job.Permit;
import dev.muster.job.Scope;
import dev.muster.job.Submission;
import dev.muster.job.Verb;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Jobs that a test begins with. */
public class Given {

  public static final Caller ADMIN = new Caller("admin", "bk_nodeman");

  /** Everything with an agent. */
  public static final HostSelector ALL = new HostSelector.Matching(List.of(), List.of(), List.of());

  private final Acceptance acceptance;
  private final RosterRows roster;
  private final Verbs verbs;
  private final JdbcClient jdbc;

  public Given(Acceptance acceptance, RosterRows roster, Verbs verbs, JdbcClient jdbc) {
    this.acceptance = acceptance;
    this.verbs = verbs;
    this.roster = roster;
    this.jdbc = jdbc;
  }

  /** A restart of the selected agents. */
  public static JobRequest request(HostSelector selector) {
    return request(selector, JobOptions.DEFAULT, null);
  }

  public static JobRequest request(
      HostSelector selector, JobOptions options, @Nullable String key) {
    return new JobRequest(
        JobType.RESTART_AGENT,
        "runbook",
        selector,
        options,
        ADMIN,
        Permit.EVERYTHING,
        "digest",
        key);
  }

  /** A restart by somebody who may operate these businesses, and not those that are reserved. */
  static JobRequest within(Set<Long> businesses, Set<Long> reserved, HostSelector selector) {
    return new JobRequest(
        JobType.RESTART_AGENT,
        "runbook",
        selector,
        JobOptions.DEFAULT,
        ADMIN,
        new Permit(new Scope.Within(businesses), Scope.everywhere(), reserved),
        "digest",
        null);
  }

  /** A job that is accepted. */
  public long accepted(JobRequest request) {
    Submission submission = acceptance.accept(request);
    if (submission instanceof Submission.Accepted accepted) {
      JobId id = accepted.id();
      return id.value();
    }
    throw new AssertionError("not accepted: " + submission);
  }

  /** Fixes who takes part. */
  public void resolve(long job) {
    roster.resolve(job);
  }

  /** A job of this many hosts, which have ordinals 0 to N-1 and numbers 1 to N. */
  public long resolved(int hosts) {
    return resolved(hosts, JobOptions.DEFAULT);
  }

  public long resolved(int hosts, JobOptions options) {
    Fleet.agents(jdbc, 1, hosts);
    return again(options);
  }

  /** Another job of all hosts. */
  public long again(JobOptions options) {
    long job = accepted(request(ALL, options, null));
    roster.resolve(job);
    return job;
  }

  /** A check of all hosts. */
  public long check(JobOptions options) {
    JobRequest r = request(ALL, options, null);
    long job =
        accepted(
            new JobRequest(
                r.type().checked(),
                r.runbook(),
                r.selector(),
                options,
                ADMIN,
                Permit.EVERYTHING,
                r.digest(),
                r.idempotencyKey()));
    roster.resolve(job);
    return job;
  }

  /** Says a verb as an administrator. */
  public Verb.Answer say(long job, Verb verb) {
    Mandate all = new Mandate(ADMIN, Scope.everywhere(), Scope.everywhere());
    return verbs.say(new JobId(job), verb, all);
  }

  /** Stops the whole job, and what runs. */
  public Verb.Answer stop(long job) {
    return say(job, new Verb.Stop(new Verb.Which.All(), Verb.Mode.KILL));
  }

  public static JobOptions rounds(int rounds, Duration after) {
    return new JobOptions(100, new RetryFailed(rounds, after));
  }

  /** Writes an outcome past every claim: {@code end(job, 3, 7, "FAILED", "EXIT_CODE")}. */
  public void end(long job, int from, int to, String outcome, @Nullable String reason) {
    jdbc.sql(
            """
            update job_instance set outcome = :outcome, reason = :reason, detail = 'as given', ended_at = now(),
              touched_at = coalesce(touched_at, now())
            where job_id = :job and ordinal between :from and :to and outcome is null
            """)
        .param("outcome", outcome)
        .param("reason", reason)
        .param("job", job)
        .param("from", from)
        .param("to", to)
        .update();
  }

  /** Reads one value of an instance's row. */
  public <T> T of(long job, int ordinal, String column, Class<T> type) {
    return jdbc.sql(
            "select %s from job_instance where job_id = :job and ordinal = :ordinal"
                .formatted(column))
        .param("job", job)
        .param("ordinal", ordinal)
        .query(type)
        .single();
  }

  static UnaryOperator<JobRequest> as(Caller caller) {
    return r ->
        new JobRequest(
            r.type(),
            r.runbook(),
            r.selector(),
            r.options(),
            caller,
            r.permit(),
            r.digest(),
            r.idempotencyKey());
  }

  static UnaryOperator<JobRequest> saying(String digest) {
    return r ->
        new JobRequest(
            r.type(),
            r.runbook(),
            r.selector(),
            r.options(),
            r.caller(),
            r.permit(),
            digest,
            r.idempotencyKey());
  }
}
