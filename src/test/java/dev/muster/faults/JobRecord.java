package dev.muster.faults;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What a client knows of a job that was accepted, once all is over.
 *
 * @param ids what muster answered to each post with this job's idempotency key
 * @param uid by which hosts know it; null if the database does not know the job
 * @param askedNs before it was posted for the first time
 * @param bans from its stops until its retries
 * @param wrongCounts counters that did not add up, or went backwards
 * @param status SUCCESS, FAILED or PART_FAILED once it has ended
 */
record JobRecord(
    Set<Long> ids,
    UUID uid,
    Set<Long> hosts,
    int window,
    long askedNs,
    List<Ban> bans,
    List<String> wrongCounts,
    String status,
    Map<Long, Row> rows) {

  private static final Set<String> ENDED = Set.of("SUCCESS", "FAILED", "PART_FAILED");

  /** One host of it at the end. */
  record Row(String status, String reason, String proof, String detail) {

    boolean ended() {
      return !status.equals("PENDING") && !status.equals("RUNNING");
    }
  }

  JobRecord {
    ids = Set.copyOf(ids);
    hosts = Set.copyOf(hosts);
    bans = List.copyOf(bans);
    wrongCounts = List.copyOf(wrongCounts);
    rows = Map.copyOf(rows);
  }

  boolean ended() {
    return ENDED.contains(status);
  }

  @Override
  public String toString() {
    return "job " + ids;
  }
}
