package dev.muster.job;

import dev.muster.job.Preview.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Operates jobs. Every verb is committed before it answers, so an answer survives the death of
 * every process; a verb that throws has done nothing, or is found done when it is asked for again
 * with the same idempotency key.
 */
public interface JobOperator {

  Submission submit(JobRequest request);

  /** What a request would do; nothing is written. */
  Preview preview(JobRequest request);

  /**
   * What the request of a job meant for the hosts that it named.
   *
   * @param known hosts of other businesses are not there
   * @return empty if there is no such job
   */
  Optional<Map<Verdict, List<Long>>> verdicts(JobId id, Scope known);

  Stop stop(JobId id, Mandate mandate);
}
