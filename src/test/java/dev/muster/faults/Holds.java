package dev.muster.faults;

import dev.muster.it.Api;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An operator who now and then holds everything, looks around for a moment, and lifts it again. */
final class Holds {

  private static final String EVERYTHING =
      "{\"scope\": \"all\", \"mode\": \"drain\", \"why\": \"faults\"}";

  private final Musters musters;
  private final Asker asker;
  private final Set<Long> hosts;
  private final List<Ban> held = new CopyOnWriteArrayList<>();

  Holds(Musters musters, Asker asker, int hosts) {
    this.musters = musters;
    this.asker = asker;
    this.hosts = LongStream.rangeClosed(1, hosts).boxed().collect(Collectors.toSet());
  }

  /** What was held so far. */
  List<Ban> held() {
    return List.copyOf(held);
  }

  /** Holds everything for so long. A hold that was not answered may be there, too. */
  void hold(Random random, Duration pause) {
    asker.ask(random, which -> done(musters.api(which).post("/api/hold/", EVERYTHING)));
    Ban ban = Ban.since(hosts, Clock.now());
    Asker.rest(pause);
    held.add(ban.endedAt(Clock.now()));
    asker.ask(random, which -> lifted(musters.api(which)));
  }

  private static JsonNode done(JsonNode answer) {
    return answer.path("result").asBoolean(false) ? answer : null;
  }

  /** True once nothing is held any more. */
  private static Boolean lifted(Api api) {
    JsonNode holds =
        JsonMapper.shared().readTree(api.send("GET", "/api/hold/", null, null).body()).get("data");
    for (JsonNode hold : holds) {
      api.post("/api/hold/" + hold.get("id").asLong() + "/lift/", "{}");
    }
    return holds.isEmpty() ? true : null;
  }
}
