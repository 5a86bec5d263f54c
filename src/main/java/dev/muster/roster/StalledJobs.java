package dev.muster.roster;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Notices jobs that should go on and do not: they run, wait for nothing on purpose, and no host of
 * theirs has finished for long. Such a job is marked, and told of in the log by the one process
 * that marks it; its hosts are left alone. Time counts from the last of: the start, a finished
 * host, a verb, a round, a lifted hold.
 */
@Component
public class StalledJobs {

  private static final Logger log = LoggerFactory.getLogger(StalledJobs.class);

  /**
   * A job waits on purpose while it is paused, before a round, and while a hold is over all of it;
   * of a held cloud area its rows tell. Jobs that are being written are looked at the next time, so
   * that nobody waits for this and this waits for nobody.
   */
  private static final String MARK =
      """
      with looked as (
        select p.job_id, stalled.since
        from job_progress p join job j on j.id = p.job_id
          cross join lateral (
            select greatest(j.started_at, p.finished_at,
              (select max(a.at) from audit a where a.job_id = j.id),
              (select max(h.lifted_at) from hold h
                where h.area <> 'BUSINESS' or j.businesses && array[h.target])) as since) idle
          cross join lateral (
            select case when j.state = 'RUNNING' and j.gate <> 'PAUSED' and j.next_round_at is null
                and idle.since < now() - make_interval(secs => :after)
                and not exists (select 1 from hold h where h.lifted_at is null
                  and (h.area = 'EVERYTHING' or h.area = 'BUSINESS' and j.businesses <@ array[h.target]))
              then idle.since end as since) stalled
        where p.stalled_since is distinct from stalled.since and p.job_id in (
          select id from job where ended_at is null
          union select job_id from job_progress where stalled_since is not null)
        for update of p skip locked)
      update job_progress p set stalled_since = looked.since from looked where p.job_id = looked.job_id
      returning p.job_id, p.stalled_since
      """;

  private final JdbcClient jdbc;
  private final Duration after;
  private final AtomicInteger stalled = new AtomicInteger();

  public StalledJobs(
      JdbcClient jdbc,
      MeterRegistry numbers,
      @Value("${muster.stalled-after:30m}") Duration after) {
    this.jdbc = jdbc;
    this.after = after;
    Gauge.builder("muster.jobs.stalled", stalled, AtomicInteger::get)
        .description("Jobs of which no host has finished for long, of all processes together")
        .register(numbers);
  }

  @Scheduled(fixedDelayString = "PT10S")
  void look() {
    try {
      mark();
    } catch (DataAccessException | TransactionException e) {
      log.debug("the database does not answer; stalled jobs are looked for later", e);
    }
  }

  /** The jobs that have stalled since the last look. */
  public List<Long> mark() {
    record Marked(long job, boolean stalled) {}
    List<Long> found =
        jdbc
            .sql(MARK)
            .param("after", after.toMillis() / 1000.0)
            .query(
                (row, n) ->
                    new Marked(row.getLong("job_id"), row.getObject("stalled_since") != null))
            .list()
            .stream()
            .filter(Marked::stalled)
            .map(Marked::job)
            .toList();
    for (long job : found) {
      log.warn("job/{} is stalled: none of its hosts has finished for {}", job, after);
    }
    stalled.set(
        jdbc.sql("select count(*) from job_progress where stalled_since is not null")
            .query(Integer.class)
            .single());
    return found;
  }
}
