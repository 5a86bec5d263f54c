package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.Behaviour;
import dev.muster.lab.Behaviour.Kind;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.lab.Node;
import dev.muster.lab.Sudo;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** RESTART_AGENT on a fleet of real hosts, judged by what the hosts themselves have recorded. */
@NeedsLab
@NeedsTemporal
class RestartIT {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String ALL =
      "{\"job_type\": \"RESTART_AGENT\", \"bk_biz_id\": [2], \"exclude_hosts\": []%s}";

  @TempDir static Path temp;
  private static Lab lab;
  private static MusterProcess muster;

  @BeforeAll
  static void start() throws IOException {
    List<LabHost.Spec> specs = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      specs.add(LabHost.Spec.root());
    }
    for (int i = 0; i < 8; i++) {
      specs.add(LabHost.Spec.mlab(Sudo.ALLOWED));
    }
    specs.add(LabHost.Spec.mlab(Sudo.PASSWORD));
    specs.add(LabHost.Spec.mlab(Sudo.REQUIRETTY));
    specs.add(LabHost.Spec.root().with(Node.PROXY));
    lab = Lab.start(specs);
    muster =
        MusterProcess.start(
            temp.resolve("home"),
            Map.of(
                "muster.runbooks.directory",
                impatientRunbooks(temp.resolve("runbooks")).toString()));
    JsonNode report = muster.api().importLines(Fleet.lines(lab)).get("data");
    assertThat(report.get("rejected_count").asInt()).as(report.toString()).isZero();
  }

  /**
   * The shipped runbook with timeouts that a test can wait for, and a proxy that settles sooner.
   */
  private static Path impatientRunbooks(Path directory) throws IOException {
    Files.createDirectories(directory);
    String runbook = resource("/runbooks/RESTART_AGENT.yaml");
    Files.writeString(
        directory.resolve("RESTART_AGENT.yaml"),
        runbook.replace("timeout: 5m", "timeout: 30s").replace("within: 60s", "within: 8s"));
    Files.writeString(
        directory.resolve("gse.yaml"),
        resource("/profiles/gse.yaml")
            .replace("settle: 30s", "settle: 2s")
            .replace("settle: 5s", "settle: 2s"));
    return directory;
  }

  private static String resource(String name) throws IOException {
    try (var in = RestartIT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @AfterAll
  static void stop() {
    muster.close();
    lab.close();
  }

  @BeforeEach
  void everyHostWorks() {
    lab.hosts().forEach(h -> h.behave(Behaviour.works()));
  }

  @Test
  void restartsEveryHostExactlyOnceAndSaysWhichMayNotBecomeRoot() {
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL.formatted(""));
    JsonNode details = muster.api().awaitEnd(job, SOON);
    Map<Long, String> versions = versionsOnRecord();

    for (LabHost host : agents()) {
      assertThat(since.starts(host))
          .as("starts on " + host.id())
          .isEqualTo(Fleet.sudoWorks(host) ? 1 : 0);
      assertThat(versions.get(host.id()))
          .as("the version on record of " + host.id())
          .matches(Fleet.sudoWorks(host) ? "\\d+\\.\\d+.*" : "");
    }
    assertThat(details.get("status").asString()).isEqualTo("PART_FAILED");
    assertThat(details.get("statistics").get("success_count").asInt()).isEqualTo(20);
    for (JsonNode row : details.get("list")) {
      if (row.get("status").asString().equals("FAILED")) {
        assertThat(row.get("reason").asString()).isEqualTo("PRIVILEGE");
        assertThat(row.get("detail").asString()).contains("ALL=(root) NOPASSWD: /bin/sh");
      }
    }
  }

  /** What the inventory says of each host's agent. */
  private static Map<Long, String> versionsOnRecord() {
    return muster
        .api()
        .send("GET", "/api/inventory/export", null, null)
        .body()
        .lines()
        .map(JsonMapper.shared()::readTree)
        .filter(line -> line.get("kind").asString().equals("process"))
        .collect(
            Collectors.toMap(
                line -> line.get("bk_host_id").asLong(),
                line -> line.path("version").asString("")));
  }

  @Test
  void restartsAProxyAndNothingElse() {
    Since since = Since.now(lab);
    LabHost proxy = lab.hosts().getLast();
    long job =
        muster
            .api()
            .operate(
                "{\"job_type\": \"RESTART_PROXY\", \"bk_host_id\": [1, 2, %d]}"
                    .formatted(proxy.id()));
    JsonNode details = muster.api().awaitEnd(job, SOON);

    assertThat(details.get("status").asString()).isEqualTo("SUCCESS");
    assertThat(
            since.starts().entrySet().stream().filter(e -> e.getValue() > 0).map(Map.Entry::getKey))
        .containsExactly(proxy.id());
    Golden.record(muster, job, "succeeds");
    assertThat(steps(muster.api().log(job, proxy.id())))
        .containsExactly("重启 SUCCESS", "等待 SUCCESS", "查询Proxy状态 SUCCESS", "检查Agent功能 SUCCESS");
  }

  @Test
  void neverHasMoreHostsInFlightThanTheWindow() {
    lab.hosts()
        .forEach(
            h ->
                h.behave(
                    Behaviour.works().delayed(Duration.ofMillis(200), Duration.ofMillis(700))));
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL.formatted(", \"window\": 4"));
    muster.api().awaitEnd(job, SOON);

    assertThat(since.maxInFlight()).isBetween(2, 4);
  }

  @Test
  void startsNothingLaterThanASecondAfterAStopIsAnsweredAndProvesWhatBecameOfEachHost() {
    lab.hosts()
        .forEach(
            h -> h.behave(Behaviour.works().delayed(Duration.ofSeconds(3), Duration.ofSeconds(5))));
    Since since = Since.now(lab);
    long job = muster.api().operate(ALL.formatted(", \"window\": 6"));
    Awaitility.await().atMost(SOON).until(() -> lab.inside() >= 5);

    JsonNode answer = muster.api().revoke(job);
    long answered = Since.nanos(Instant.now());
    assertThat(answer.get("result").asBoolean()).as(answer.toString()).isTrue();
    assertThat(muster.api().details(job).get("status").asString())
        .isIn("TERMINATED", "FAILED", "PART_FAILED");
    JsonNode details = muster.api().awaitEnd(job, SOON);

    assertThat(since.enters().getLast()).isLessThan(answered + 1_000_000_000L);
    assertThat(lab.inside()).as("commands that still run").isZero();
    Map<String, List<Long>> proofs = new HashMap<>();
    for (JsonNode row : details.get("list")) {
      if (row.get("status").asString().equals("FAILED")
          && !"PRIVILEGE".equals(row.get("reason").asString(""))) {
        proofs
            .computeIfAbsent(row.get("proof").asString("none"), p -> new ArrayList<>())
            .add(row.get("bk_host_id").asLong());
      }
    }
    assertThat(proofs.keySet()).isSubsetOf(Set.of("NEVER_STARTED", "STOPPED", "FINISHED_FIRST"));
    assertThat(proofs.get("STOPPED")).isNotEmpty();
    assertThat(proofs.get("NEVER_STARTED")).isNotEmpty();
    for (long host : proofs.get("NEVER_STARTED")) {
      assertThat(lab.host(host).ledger().enters().stream().filter(e -> e.ns() >= since.ns()))
          .isEmpty();
    }
    assertThat(muster.api().revoke(job).get("code").asInt()).isEqualTo(3_800_016);
    Golden.record(muster, job, "stopped");
  }

  @Test
  void everyMisbehaviourHasItsReasonAndTouchesNoOtherHost() throws IOException {
    lab.host(1).behave(Behaviour.of(Kind.FAIL));
    lab.host(2).behave(Behaviour.of(Kind.NO_START));
    lab.host(3).behave(Behaviour.of(Kind.DIES));
    lab.host(4).behave(Behaviour.of(Kind.NEVER_ENDS));
    lab.host(5).behave(Behaviour.of(Kind.LEAVES_CHILD));
    lab.host(6).behave(Behaviour.flood(5_000_000_000L));
    lab.host(7).changeHostKey();
    lab.host(8).stopSshd();
    String stranger =
        Fleet.line(lab.host(9)).put("identity", lab.strangerKey().toString()).toString();
    String homeless = "{\"bk_host_id\": 900, \"bk_biz_id\": 2, \"os_type\": \"LINUX\"}";
    String windows =
        "{\"bk_host_id\": 901, \"bk_biz_id\": 2, \"os_type\": \"WINDOWS\", \"inner_ip\": \"127.0.0.9\"}";
    muster.api().importLines(stranger + "\n" + homeless + "\n" + windows);
    Since since = Since.now(lab);

    long job =
        muster
            .api()
            .operate(
                "{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 900, 901]}");
    muster.api().awaitEnd(job, Duration.ofMinutes(3));

    Map<Long, String> became =
        muster.api().rows(job).stream()
            .collect(
                Collectors.toMap(
                    r -> r.get("bk_host_id").asLong(),
                    r -> r.get("status").asString() + " " + r.get("reason").asString("-")));
    assertThat(became)
        .containsAllEntriesOf(
            Map.ofEntries(
                Map.entry(1L, "FAILED EXIT_CODE"),
                Map.entry(2L, "FAILED VERIFY"),
                Map.entry(3L, "FAILED VERIFY"),
                Map.entry(4L, "FAILED TIMEOUT"),
                Map.entry(5L, "SUCCESS -"),
                Map.entry(6L, "SUCCESS -"),
                Map.entry(7L, "FAILED HOST_KEY"),
                Map.entry(8L, "FAILED REFUSED"),
                Map.entry(9L, "FAILED AUTH"),
                Map.entry(10L, "SUCCESS -"),
                Map.entry(11L, "SUCCESS -"),
                Map.entry(900L, "FAILED NO_ADDRESS"),
                Map.entry(901L, "IGNORED OS_NOT_SUPPORTED")));
    assertThat(since.starts(lab.host(5))).isEqualTo(1);
    assertThat(since.starts(lab.host(6))).isEqualTo(1);
    assertThat(lab.host(4).ledger().inside()).as("the endless command was ended").isFalse();
    lab.host(8).startSshd();
    muster.api().importLines(Fleet.lines(lab));
  }

  @Test
  void aHundredParallelPostsWithOneKeyAreOneJob() throws Exception {
    Since since = Since.now(lab);
    String body = "{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [12]}";
    Set<Long> jobs;
    try (ExecutorService posts = Executors.newFixedThreadPool(100)) {
      List<Future<Long>> answers =
          IntStream.range(0, 100)
              .mapToObj(
                  i -> posts.submit(() -> muster.api().operate(body, "Idempotency-Key", "one")))
              .toList();
      jobs = new HashSet<>();
      for (Future<Long> answer : answers) {
        jobs.add(answer.get());
      }
    }
    assertThat(jobs).hasSize(1);
    muster.api().awaitEnd(jobs.iterator().next(), SOON);
    assertThat(since.starts(lab.host(12))).isEqualTo(1);
    var other =
        muster
            .api()
            .send(
                "POST",
                "/api/job/operate/",
                "application/json",
                body.replace("12", "11"),
                "Idempotency-Key",
                "one");
    assertThat(other.statusCode()).isEqualTo(409);
  }

  @Test
  void retriesTheFailedHostsInRoundsOfTheSameJob() {
    lab.host(1).behave(Behaviour.of(Kind.FAIL_ONCE));
    Since since = Since.now(lab);
    long job =
        muster
            .api()
            .operate(
                "{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [1, 2],"
                    + " \"retry_failed\": {\"rounds\": 2, \"after\": \"1s\"}}");
    JsonNode details = muster.api().awaitEnd(job, SOON);
    assertThat(details.get("status").asString()).isEqualTo("SUCCESS");
    assertThat(since.starts(lab.host(1))).isEqualTo(1);
    assertThat(since.starts(lab.host(2))).isEqualTo(1);
    Golden.record(muster, job, "round-of-retries");
  }

  private static List<LabHost> agents() {
    return lab.hosts().stream().filter(h -> h.spec().node() != Node.PROXY).toList();
  }

  private static List<String> steps(JsonNode log) {
    return log.values().stream()
        .map(s -> s.get("step").asString() + " " + s.get("status").asString())
        .toList();
  }
}
