package dev.muster.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** A job as its client follows it. Written by one thread, read when that has ended. */
final class RunningJob {

  private static final Set<String> ENDED = Set.of("SUCCESS", "FAILED", "PART_FAILED");

  private final String key;
  private final Set<Long> hosts;
  private final int window;
  private final int rounds;
  private final long askedNs;
  private final Set<Long> ids = new HashSet<>();
  private final List<String> wrongCounts = new ArrayList<>();
  private final Map<Long, JobRecord.Row> rows = new HashMap<>();
  private List<Ban> bans = List.of();
  private boolean countsMayGoBack;
  private int mostEnded;
  private String status = "NEVER_SEEN";

  RunningJob(String key, Set<Long> hosts, int window, int rounds, long askedNs) {
    this.key = key;
    this.hosts = Set.copyOf(hosts);
    this.window = window;
    this.rounds = rounds;
    // A round of retries takes back what failed.
    this.countsMayGoBack = rounds > 0;
    this.askedNs = askedNs;
  }

  String key() {
    return key;
  }

  String request() {
    String list = hosts.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    String retries =
        rounds == 0
            ? ""
            : ", \"retry_failed\": {\"rounds\": %d, \"after\": \"1s\"}".formatted(rounds);
    return "{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [%s], \"window\": %d%s}"
        .formatted(list, window, retries);
  }

  synchronized void accepted(long id) {
    ids.add(id);
  }

  synchronized boolean isAccepted() {
    return !ids.isEmpty();
  }

  synchronized long id() {
    return ids.iterator().next();
  }

  Set<Long> hosts() {
    return hosts;
  }

  /** A stop of these hosts was answered. */
  synchronized void stopped(Set<Long> chosen, long ns) {
    List<Ban> more = new ArrayList<>(bans);
    more.add(Ban.since(chosen, ns));
    bans = more;
  }

  /** A retry was asked then, and may have been done: what has ended may begin again. */
  synchronized void retried(long ns) {
    bans = bans.stream().map(ban -> ban.endedAt(ns)).toList();
    countsMayGoBack = true;
  }

  /** Checks the counters of a summary, and answers whether the job has ended. */
  synchronized boolean look(JsonNode summary) {
    status = summary.get("status").asString();
    JsonNode counts = summary.get("statistics");
    int ended =
        count(counts, "success_count")
            + count(counts, "failed_count")
            + count(counts, "ignored_count");
    int sum = ended + count(counts, "pending_count") + count(counts, "running_count");
    int total = count(counts, "total_count");
    if (sum != total || (total != hosts.size() && total != 0)) {
      wrongCounts.add("of %d hosts: %s".formatted(hosts.size(), counts));
    }
    if (!countsMayGoBack && ended < mostEnded) {
      wrongCounts.add("once %d had ended, now %s".formatted(mostEnded, counts));
    }
    mostEnded = Math.max(mostEnded, ended);
    return ENDED.contains(status);
  }

  private static int count(JsonNode counts, String name) {
    return counts.path(name).asInt(0);
  }

  synchronized void ended(JsonNode details) {
    rows.clear();
    for (JsonNode row : details.get("list")) {
      rows.put(
          row.get("bk_host_id").asLong(),
          new JobRecord.Row(
              text(row, "status"), text(row, "reason"), text(row, "proof"), text(row, "detail")));
    }
  }

  private static String text(JsonNode row, String name) {
    return row.path(name).asString("");
  }

  /**
   * @param uids by job id, as the database has them
   */
  synchronized JobRecord record(Map<Long, UUID> uids) {
    UUID uid = ids.stream().map(uids::get).filter(u -> u != null).findFirst().orElse(null);
    return new JobRecord(ids, uid, hosts, window, askedNs, bans, wrongCounts, status, rows);
  }
}
