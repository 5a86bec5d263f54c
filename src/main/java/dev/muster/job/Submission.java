package dev.muster.job;

import java.util.List;

/** The answer to a request for a job. */
public sealed interface Submission {

  /** The inventory or the rights of the caller forbid the request; nothing was written. */
  sealed interface Refused extends Submission {}

  /** The job is committed; it runs whatever dies from now on. */
  record Accepted(JobId id) implements Submission {}

  /** A selected host has no operating system on record (rest.md §3.3, rule 10). */
  record NoOperatingSystem(String address) implements Refused {}

  /** A selected host is in a cloud area that is not in the inventory (rest.md §3.3, rule 11). */
  record UnknownCloud(long id) implements Refused {}

  /** A selected host belongs to a business that only a superuser may touch (§3.3, rule 12). */
  record Reserved(long business) implements Refused {}

  /** Selected hosts belong to businesses where the caller may not do this (§3.3, rule 13). */
  record Forbidden(List<Long> businesses) implements Refused {
    public Forbidden {
      businesses = List.copyOf(businesses);
    }
  }

  /**
   * Other jobs hold some of the hosts, and the request does not want to wait.
   *
   * @param address of one of them
   * @param job that holds it
   */
  record Busy(int hosts, String address, long job) implements Refused {}

  /** More than {@link Limits#HOSTS_PER_JOB}. */
  record TooManyHosts(long selected) implements Refused {}

  /** The idempotency key was used for another request; that job is untouched. */
  record KeyReused(JobId existing) implements Submission {}
}
