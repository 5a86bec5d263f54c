package dev.muster.roster;

import dev.muster.job.InstanceState;
import dev.muster.job.JobOptions.OnBusy;
import dev.muster.roster.Instances.Place;
import java.time.Instant;

/** What the first statement of a stage finds. */
public sealed interface Claim {

  /**
   * The host is ours; or, for a job that only looks, ours to look at beside whoever holds it.
   *
   * @param gate as it was in the same statement
   */
  record Granted(Grant grant, Gate gate) implements Claim {}

  /**
   * Another job holds the host.
   *
   * @param moment orders what is said of the wait among what is said of claims
   */
  record Busy(Place place, Holder holder, OnBusy onBusy, long moment) implements Claim {}

  /** Nothing may be started for now, and nothing was: the host is left to others. */
  record Waiting(Place place, String why, long moment) implements Claim {}

  /** There is an outcome already. */
  record Finished(InstanceState state) implements Claim {}

  /** Who holds a host. */
  record Holder(long job, Instant since) {}
}
