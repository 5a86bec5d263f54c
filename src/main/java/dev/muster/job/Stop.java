package dev.muster.job;

/** The answer to a request to stop a job. */
public sealed interface Stop {

  /** Committed: no command of this job is started from now on. */
  record Acknowledged() implements Stop {}

  /** Nothing of the job was left to stop. */
  record NothingRunning() implements Stop {}

  /** There is no such job, or none that the asker may see. */
  record NoSuchJob() implements Stop {}

  /** The asker may see the job, but not control it in every business of it. */
  record NotPermitted() implements Stop {}
}
