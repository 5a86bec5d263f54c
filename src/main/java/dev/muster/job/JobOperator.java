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

  Verb.Answer say(JobId id, Verb verb, Mandate mandate);

  /**
   * Holds an area. If it is held already, that hold goes on; it becomes a kill if a kill is asked
   * for. Whether the caller may is for whoever calls this to know.
   */
  Hold.Answer hold(Hold.Area area, Verb.Mode mode, String why, Caller by);

  /** Lifts a hold; one that is lifted already stays so. */
  void lift(long hold, Caller by);

  /** A hold, lifted or not. */
  Optional<Hold> hold(long id);

  /** The holds in force, oldest first. */
  List<Hold> holds();
}
