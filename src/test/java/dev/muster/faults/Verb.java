package dev.muster.faults;

import dev.muster.it.Api;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an operator may ask of a job.
 *
 * @param path after the job's own
 * @param undo what must follow, so that the job can end; empty if nothing
 */
record Verb(String name, String path, String body, String undo) {

  static final Verb STOP = new Verb("revoke", "revoke/", "{\"instance_id_list\": []}", "");

  /** Muster answers 404 to what it does not know; such a verb is left out. */
  private static final List<Verb> WHILE_RUNNING =
      List.of(
          STOP,
          new Verb("pause", "pause/", "{}", "resume"),
          new Verb("resume", "resume/", "{}", ""),
          new Verb("retry", "retry/", "{\"instance_id_list\": []}", ""),
          new Verb(
              "collect_log", "collect_log/", "{\"instance_id\": \"host|instance|host|1\"}", ""));

  /** Those that muster has. */
  static List<Verb> known(Api api) {
    return WHILE_RUNNING.stream().filter(verb -> verb.send(api, 0) != Answer.UNKNOWN).toList();
  }

  enum Answer {
    DONE,
    REFUSED,
    /** There is no such verb. */
    UNKNOWN
  }

  /** Throws if nobody answers. */
  Answer send(Api api, long job) {
    var response = api.send("POST", "/api/job/" + job + "/" + path, "application/json", body);
    if (response.statusCode() == 404) {
      return Answer.UNKNOWN;
    }
    boolean done = JsonMapper.shared().readTree(response.body()).path("result").asBoolean(false);
    return done ? Answer.DONE : Answer.REFUSED;
  }
}
