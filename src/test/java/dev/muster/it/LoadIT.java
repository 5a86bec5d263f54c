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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
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
    try (MusterProcess muster = simulated(Map.of())) {
      imports(muster, fleet(1, HOSTS, 2));
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

  @Test
  void tenHostsDoNotWaitForAHundredThousand() throws IOException {
    int many = Integer.getInteger("muster.load.hosts", 5_000);
    try (MusterProcess muster =
        simulated(Map.of("fleet.millis", System.getProperty("muster.load.millis", "20000")))) {
      imports(muster, fleet(1, many, 2));
      imports(muster, fleet(many + 1, many + 10, 3));
      long big = muster.api().operate(operate(2));
      awaitBegun(muster, big, 50);
      long asked = System.nanoTime();
      long small = muster.api().operate(operate(3));
      awaitBegun(muster, small, 1);
      System.out.printf("10 hosts began after %.1f s%n", (System.nanoTime() - asked) / 1e9);
      muster.api().awaitEnd(small, Duration.ofMinutes(2));
      assertThat(muster.api().summary(big).get("status").asString()).isEqualTo("RUNNING");
      verbs(muster, big);
    }
  }

  /** With {@code -Dload.living=700} it measures what src/docs/performance.md says. */
  @Test
  void theDeadAreNamedAndTheOthersDoNotWaitForThem() throws IOException {
    int living = Integer.getInteger("load.living", 140);
    int dead = living * 3 / 7;
    try (MusterProcess muster =
        simulated(Map.of("fleet.millis", "12000", "fleet.dead", String.valueOf(10_000)))) {
      imports(muster, fleet(1, living, 2));
      double alone = secondsOf(muster, living, 2);
      imports(muster, fleet(1, living, 3));
      imports(muster, fleet(10_000, 10_000 + dead - 1, 3));
      double beside = secondsOf(muster, living, 3);
      System.out.printf(
          "%d hosts in %.1f s alone, in %.1f s beside %d dead ones: %.2f%n",
          living, alone, beside, dead, beside / alone);
    }
  }

  /** How long the living need; the dead are named in the end. */
  private static double secondsOf(MusterProcess muster, int living, int business) {
    long begin = System.nanoTime();
    long job = muster.api().operate(operate(business).replace("512", "100"));
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> livingEnded(muster, job) >= living);
    double seconds = (System.nanoTime() - begin) / 1e9;
    muster.api().awaitEnd(job, Duration.ofMinutes(5));
    assertThat(muster.api().rows(job))
        .filteredOn(row -> row.get("bk_host_id").asLong() >= 10_000)
        .allMatch(row -> row.get("reason").asString().equals("CONNECT"));
    return seconds;
  }

  private static long livingEnded(MusterProcess muster, long job) {
    JsonNode statistics = details(muster, job).path("statistics");
    return statistics.path("success_count").asLong()
        + muster.api().summary(job).get("reasons").values().stream()
            .filter(r -> r.get("reason").asString().equals("EXIT_CODE"))
            .mapToLong(r -> r.get("hosts").asLong())
            .sum();
  }

  private static void imports(MusterProcess muster, String lines) {
    JsonNode report = muster.api().importLines(lines).get("data");
    assertThat(report.get("rejected_count").asInt()).as(report.toString()).isZero();
  }

  /** Each is answered once it holds; how long it takes is told. */
  private static void verbs(MusterProcess muster, long job) {
    say(muster, job, "pause");
    JsonNode paused = settled(muster, job);
    say(muster, job, "resume");
    muster.api().awaitDetails(job, Duration.ofMinutes(2), d -> ended(d) > ended(paused));
    say(muster, job, "revoke");
    JsonNode end = muster.api().awaitEnd(job, Duration.ofMinutes(4));
    assertThat(end.get("statistics").get("success_count").asInt()).isPositive();
    assertThat(end.get("statistics").get("failed_count").asInt()).isPositive();
  }

  private static void say(MusterProcess muster, long job, String verb) {
    long begin = System.nanoTime();
    JsonNode answer = muster.api().post("/api/job/" + job + "/" + verb + "/", "{}");
    double millis = (System.nanoTime() - begin) / 1e6;
    assertThat(answer.get("result").asBoolean()).as(answer.toString()).isTrue();
    System.out.printf("%s was answered after %.0f ms%n", verb, millis);
  }

  /** Nothing ends any more: whatever ran when the job was paused has ended. */
  private static JsonNode settled(MusterProcess muster, long job) {
    AtomicInteger before = new AtomicInteger(-1);
    return Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .pollInterval(Duration.ofSeconds(4))
        .until(() -> details(muster, job), d -> before.getAndSet(ended(d)) == ended(d));
  }

  private static void awaitBegun(MusterProcess muster, long job, int hosts) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              JsonNode statistics = details(muster, job).path("statistics");
              return ended(details(muster, job)) + statistics.path("running_count").asInt()
                  >= hosts;
            });
  }

  private static JsonNode details(MusterProcess muster, long job) {
    return muster
        .api()
        .post("/api/job/" + job + "/details/", "{\"page\": 1, \"pagesize\": 1}")
        .get("data");
  }

  private static int ended(JsonNode details) {
    JsonNode statistics = details.path("statistics");
    return statistics.path("success_count").asInt() + statistics.path("failed_count").asInt();
  }

  private static String operate(int business) {
    return "{\"job_type\": \"RESTART_AGENT\", \"bk_biz_id\": [%d], \"exclude_hosts\": [], \"window\": 512}"
        .formatted(business);
  }

  private MusterProcess simulated(Map<String, String> properties) throws IOException {
    Path runbooks = Files.createDirectories(temp.resolve("runbooks"));
    try (var in = LoadIT.class.getResourceAsStream("/profiles/gse.yaml")) {
      Files.writeString(
          runbooks.resolve("gse.yaml"),
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replaceAll("settle: \\d+s", "settle: 0s"));
    }
    MusterProcess muster =
        MusterProcess.of(
            temp.resolve("home"), Map.of("muster.runbooks.directory", runbooks.toString()));
    muster.start(SimulatedMuster.class, properties);
    return muster;
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

  private static String fleet(int from, int to, int business) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(
            i ->
                """
                {"bk_host_id":%1$d,"bk_biz_id":%4$d,"inner_ip":"10.%2$d.%3$d.%5$d","os_type":"LINUX"}
                {"kind":"process","bk_host_id":%1$d,"proc_type":"AGENT","name":"gseagent"}"""
                    .formatted(i, i >> 16, (i >> 8) & 255, business, i & 255))
        .collect(Collectors.joining("\n"));
  }
}
