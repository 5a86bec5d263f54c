package dev.muster.job;

/**
 * Operates jobs. Every verb is committed before it answers, so an answer survives the death of
 * every process; a verb that throws has done nothing, or is found done when it is asked for again
 * with the same idempotency key.
 */
public interface JobOperator {

  Submission submit(JobRequest request);

  Stop stop(JobId id, Mandate mandate);
}
