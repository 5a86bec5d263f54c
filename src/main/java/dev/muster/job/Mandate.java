package dev.muster.job;

/**
 * Who says a verb to a job, and in which businesses they may.
 *
 * @param view where they may see jobs: of any other job they must not learn that it exists
 * @param control where they may say verbs: every business of the job has to be within
 */
public record Mandate(Caller caller, Scope view, Scope control) {}
