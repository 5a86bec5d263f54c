package dev.muster.demo;

import tools.jackson.databind.JsonNode;

/** Where a job stands, in the words of its summary. */
record JobNow(
    long id, String type, String status, int pending, int running, int succeeded, int failed) {

  static JobNow of(JsonNode summary) {
    JsonNode hosts = summary.path("statistics");
    return new JobNow(
        summary.path("job_id").asLong(),
        summary.path("job_type").asString(),
        summary.path("status").asString(),
        hosts.path("pending_count").asInt(),
        hosts.path("running_count").asInt(),
        hosts.path("success_count").asInt(),
        hosts.path("failed_count").asInt());
  }

  int hosts() {
    return pending + running + succeeded + failed;
  }

  boolean ended() {
    return switch (status) {
      case "SUCCESS", "FAILED", "PART_FAILED" -> true;
      default -> false;
    };
  }
}
