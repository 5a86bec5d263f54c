package dev.muster.job;

/** The answer to a request to stop a job. */
public sealed interface Stop {

  /** Committed: no command of this job is started from now on. */
  record Acknowledged() implements Stop {}

  /** Nothing of the job was left to stop. */
  record NothingRunning() implements Stop {}

  record NoSuchJob() implements Stop {}
}
