package dev.muster.faults;

import dev.muster.it.Api;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** What an operator may ask of a job. */
enum Verb {
  STOP("revoke/"),
  STOP_SOME("revoke/"),
  DRAIN_SOME("revoke/"),
  PAUSE("pause/"),
  RESUME("resume/"),
  RETRY("retry/"),
  RETRY_SOME("retry/"),
  COLLECT_LOG("collect_log/");

  /** Those that leave a job going on. */
  static final List<Verb> HARMLESS =
      List.of(STOP_SOME, DRAIN_SOME, PAUSE, RESUME, RETRY, RETRY_SOME, COLLECT_LOG);

  private final String path;

  Verb(String path) {
    this.path = path;
  }

  boolean stops() {
    return path.equals("revoke/");
  }

  boolean retries() {
    return path.equals("retry/");
  }

  /** Whether it is meant for some hosts of the job only. */
  boolean chooses() {
    return this == STOP_SOME || this == DRAIN_SOME || this == RETRY_SOME || this == COLLECT_LOG;
  }

  /** What must follow, so that the job can end. */
  Optional<Verb> undo() {
    return this == PAUSE ? Optional.of(RESUME) : Optional.empty();
  }

  private String body(Set<Long> hosts) {
    String instances =
        hosts.stream()
            .map("\"host|instance|host|%d\""::formatted)
            .collect(Collectors.joining(", ", "[", "]"));
    return switch (this) {
      case PAUSE, RESUME -> "{}";
      case STOP, RETRY -> "{\"instance_id_list\": []}";
      case STOP_SOME, RETRY_SOME -> "{\"instance_id_list\": %s}".formatted(instances);
      case DRAIN_SOME -> "{\"instance_id_list\": %s, \"mode\": \"drain\"}".formatted(instances);
      case COLLECT_LOG ->
          "{\"instance_id\": \"host|instance|host|%d\"}".formatted(hosts.iterator().next());
    };
  }

  /**
   * Answers whether muster did it; false is a refusal.
   *
   * @throws RuntimeException if nobody answers, or only that it cannot just now
   */
  boolean send(Api api, long job, Set<Long> hosts) {
    var response =
        api.send("POST", "/api/job/" + job + "/" + path, "application/json", body(hosts));
    if (response.statusCode() == 503) {
      throw new IllegalStateException(response.body());
    }
    return JsonMapper.shared().readTree(response.body()).path("result").asBoolean(false);
  }
}
