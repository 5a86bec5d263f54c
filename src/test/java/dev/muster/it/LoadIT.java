package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.Limits;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A job of 1,000 simulated hosts: what it costs the engine. */
@NeedsTemporal
class LoadIT {

  private static final int HOSTS = 1_000;

  @TempDir private Path temp;

  @Test
  void aThousandHostsStayWithinTheLimitsOfTheEngine() throws IOException {
    Path runbooks = Files.createDirectories(temp.resolve("runbooks"));
    try (var in = LoadIT.class.getResourceAsStream("/profiles/gse.yaml")) {
      Files.writeString(
          runbooks.resolve("gse.yaml"),
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("settle: \\d+s", "settle: 0s"));
    }
    try (MusterProcess muster =
        MusterProcess.of(
            temp.resolve("home"), Map.of("muster.runbooks.directory", runbooks.toString()))) {
      muster.start(SimulatedMuster.class, Map.of());
      muster.api().importLines(fleet());
      long begin = System.nanoTime();
      long job =
          muster
              .api()
              .operate(
                  "{\"job_type\": \"RESTART_AGENT\", \"exclude_hosts\": [],"
                      + " \"retry_failed\": {\"rounds\": 1, \"after\": \"1s\"}}");
      JsonNode details = muster.api().awaitEnd(job, Duration.ofMinutes(4));
      double seconds = (System.nanoTime() - begin) / 1e9;

      JsonNode statistics = details.get("statistics");
      assertThat(statistics.get("total_count").asInt()).isEqualTo(HOSTS);
      assertThat(statistics.get("success_count").asInt() + statistics.get("failed_count").asInt())
          .isEqualTo(HOSTS);
      List<Cost> costs = costs(muster, job);
      long transitions = costs.stream().mapToLong(Cost::transitions).sum();
      System.out.printf(
          "%d hosts in %.1f s; %.2f state transitions and %.0f bytes of history per host; longest run %d events%n",
          HOSTS,
          seconds,
          (double) transitions / HOSTS,
          costs.stream().mapToLong(Cost::bytes).sum() / (double) HOSTS,
          costs.stream().mapToLong(Cost::events).max().orElse(0));
      assertThat(costs)
          .allSatisfy(cost -> assertThat(cost.events()).isLessThan(Limits.HISTORY_EVENTS));
    }
  }

  private record Cost(String id, long events, long transitions, long bytes) {}

  /** Of the job's workflow and of every wave, as the engine counts. */
  private static List<Cost> costs(MusterProcess muster, long job) {
    List<Cost> costs = new ArrayList<>();
    List<String> ids = new ArrayList<>(List.of("job/" + job));
    IntStream.rangeClosed(1, 20).mapToObj(n -> "job/" + job + "/wave/" + n).forEach(ids::add);
    for (String id : ids) {
      String json = muster.temporal("workflow", "describe", "-w", id, "--output", "json");
      if (!json.isEmpty()) {
        JsonNode info = JsonMapper.shared().readTree(json).get("workflowExecutionInfo");
        costs.add(
            new Cost(
                id,
                info.path("historyLength").asLong(0),
                info.path("stateTransitionCount").asLong(0),
                info.path("historySizeBytes").asLong(0)));
      }
    }
    return costs;
  }

  private static String fleet() {
    return IntStream.rangeClosed(1, HOSTS)
        .mapToObj(
            i ->
                """
                {"bk_host_id":%1$d,"bk_biz_id":2,"inner_ip":"10.%2$d.%3$d.1","os_type":"LINUX"}
                {"kind":"process","bk_host_id":%1$d,"proc_type":"AGENT","name":"gseagent"}"""
                    .formatted(i, i / 256, i % 256))
        .collect(Collectors.joining("\n"));
  }
}
