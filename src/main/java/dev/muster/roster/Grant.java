package dev.muster.roster;

import dev.muster.job.JobType;
import dev.muster.roster.Instances.Place;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A claimed host.
 *
 * @param token grows with every claim of the host; an older one is refused by rows and host alike
 * @param step where to go on
 * @param runDirectory where the host's records are, null if it was never decided
 */
public record Grant(
    Place place,
    UUID uid,
    Work work,
    long token,
    int step,
    Progressed progressed,
    @Nullable String runDirectory) {

  /**
   * What is to be done.
   *
   * @param runbook its digest
   * @param offline how long the host may still stay away; negative if it may not any more
   * @param software what the host is to be given
   */
  public record Work(JobType type, String runbook, Duration offline, Software software) {}

  /**
   * @param version that is wanted, null for the latest
   * @param chosen the package that was chosen for this host earlier, null if none was
   */
  public record Software(@Nullable String version, @Nullable Long chosen) {}

  /**
   * What was done on the host for this job before.
   *
   * @param executions per step, 1 where there is none
   * @param touched whether a start was ever permitted
   * @param retries of the host that came before
   */
  public record Progressed(List<Integer> executions, boolean touched, int retries) {

    public int execution(int step) {
      return step < executions.size() ? executions.get(step) : 1;
    }
  }
}
