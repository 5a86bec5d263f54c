package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.Behaviour;
import dev.muster.lab.Behaviour.Kind;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.local.NeedsTemporal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What operators say to running and to ended jobs, judged by the ledgers of real hosts. */
@NeedsLab
@NeedsTemporal
class ControlIT {

  private static final int HOSTS = 10;
  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String RESTART = "{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": %s%s}";

  @TempDir static Path temp;
  private static Lab lab;
  private static MusterProcess muster;

  @BeforeAll
  static void start() {
    lab = Lab.start(HOSTS);
    muster = MusterProcess.start(temp.resolve("home"), Map.of("muster.stage.look-again", "2s"));
    muster.api().importLines(Fleet.lines(lab));
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

  // ---- retry ----

  @Test
  void aRetryGoesOnAtTheFailedStepAndRunsNoFinishedOneAgain() {
    Since since = Since.now(lab);
    LabHost fell = lab.host(1);
    fell.behave(Behaviour.of(Kind.DIES));
    lab.host(2).behave(Behaviour.of(Kind.FAIL_ONCE));
    long job = operate("[1,2,3]", "");
    JsonNode failed = muster.api().awaitEnd(job, SOON);
    assertThat(states(job)).isEqualTo(Map.of(1L, "FAILED", 2L, "FAILED", 3L, "SUCCESS"));
    assertThat(failed.get("status").asString()).isEqualTo("PART_FAILED");
    fell.exec("/usr/local/gse/agent/bin/gsectl", "start").orThrow();

    ok(say(job, "retry", "{\"instance_id_list\": []}"));
    JsonNode ended = muster.api().awaitEnd(job, SOON);
    assertThat(ended.get("status").asString()).isEqualTo("SUCCESS");
    assertThat(ended.get("end_time")).as("the first end stays").isEqualTo(failed.get("end_time"));
    assertThat(enters(since)).isEqualTo(Map.of(1L, 1L, 2L, 2L, 3L, 1L));
    assertThat(muster.api().log(job, 2).get(0).get("log").asString())
        .as("both executions are told")
        .containsSubsequence("exit code 3", "成功");
    assertThat(say(job, "retry", "{\"instance_id_list\": []}").get("code").asInt())
        .isEqualTo(3_800_007);
  }

  @Test
  void aHostIsRetriedWhileItsJobGoesOn() {
    Since since = Since.now(lab);
    lab.host(1).behave(Behaviour.of(Kind.FAIL));
    lab.host(2).behave(works(15));
    long job = operate("[1,2]", "");
    awaitRow(job, 1, "FAILED");
    lab.host(1).behave(Behaviour.works());
    ok(say(job, "retry", "{\"instance_id_list\": [\"host|instance|host|1\"]}"));
    awaitRow(job, 1, "SUCCESS");
    assertThat(states(job)).containsEntry(2L, "RUNNING");
    assertThat(muster.api().awaitEnd(job, SOON).get("status").asString()).isEqualTo("SUCCESS");
    assertThat(enters(since)).isEqualTo(Map.of(1L, 2L, 2L, 1L));
    Golden.record(muster, job, "retried");
  }

  // ---- pause, stop, emergency stop ----

  @Test
  void aPausedJobStartsNothingUntilItIsResumed() {
    Since since = Since.now(lab);
    lab.hosts().forEach(h -> h.behave(works(3)));
    long job = operate("[1,2,3,4,5,6,7,8,9,10]", ", \"window\": 3");
    Awaitility.await().atMost(SOON).until(() -> lab.inside() == 3);
    ok(say(job, "pause", ""));
    long acknowledged = Since.nanos(Instant.now());
    pause(6);
    assertThat(since.enters()).allMatch(at -> at <= acknowledged + 1_000_000_000L);
    int begun = since.enters().size();
    assertThat(begun).isBetween(3, 6);
    assertThat(lab.inside()).isZero();
    assertThat(muster.api().details(job).get("status").asString()).isEqualTo("RUNNING");
    ok(say(job, "resume", ""));
    assertThat(muster.api().awaitEnd(job, SOON).get("status").asString()).isEqualTo("SUCCESS");
    assertThat(enters(since).values()).hasSize(HOSTS).containsOnly(1L);
    assertThat(since.maxInFlight()).isLessThanOrEqualTo(3);
    Golden.record(muster, job, "paused");
  }

  @Test
  void someHostsAreStoppedAndTheOthersGoOn() {
    Since since = Since.now(lab);
    lab.host(1).behave(works(60));
    lab.host(2).behave(works(6));
    lab.host(3).behave(works(6));
    long job = operate("[1,2,3,4]", ", \"window\": 3");
    Awaitility.await().atMost(SOON).until(() -> lab.inside() == 3);
    ok(say(job, "revoke", "{\"instance_id_list\": [\"host|instance|host|1\"]}"));
    ok(
        say(
            job,
            "revoke",
            "{\"instance_id_list\": [\"host|instance|host|2\"], \"mode\": \"drain\"}"));
    JsonNode ended = muster.api().awaitEnd(job, SOON);
    assertThat(ended.get("status").asString()).isEqualTo("PART_FAILED");
    assertThat(told(job, "proof")).containsEntry(1L, "STOPPED").containsEntry(2L, "FINISHED_FIRST");
    assertThat(states(job)).containsEntry(3L, "SUCCESS").containsEntry(4L, "SUCCESS");
    assertThat(since.starts()).containsEntry(1L, 0).containsEntry(2L, 1).containsEntry(3L, 1);
  }

  @Test
  void anEmergencyStopHoldsEveryJobUntilItIsLifted() {
    Since since = Since.now(lab);
    JsonNode hold = muster.api().post("/api/hold/", "{\"scope\": \"all\", \"why\": \"fire\"}");
    ok(hold);
    long acknowledged = Since.nanos(Instant.now());
    long job = operate("[1,2,3]", "");
    Awaitility.await()
        .atMost(SOON)
        .until(
            () ->
                muster.api().rows(job).stream()
                        .filter(
                            r ->
                                r.get("status_display")
                                    .asString()
                                    .contains("emergency stop by admin"))
                        .count()
                    == 3);
    assertThat(states(job).values()).containsOnly("PENDING");
    assertThat(since.enters()).noneMatch(at -> at > acknowledged);
    ok(muster.api().post("/api/hold/" + hold.get("data").get("id").asLong() + "/lift/", ""));
    assertThat(muster.api().awaitEnd(job, SOON).get("status").asString()).isEqualTo("SUCCESS");
    assertThat(enters(since)).isEqualTo(Map.of(1L, 1L, 2L, 1L, 3L, 1L));
  }

  // ---- busy, away, late ----

  @Test
  void ofTwoJobsForOneHostTheSecondWaitsOrSkipsItOrIsRefused() {
    Since since = Since.now(lab);
    lab.host(1).behave(works(10));
    long first = operate("[1]", "");
    Awaitility.await().atMost(SOON).until(() -> lab.inside() == 1);
    long queues = operate("[1]", "");
    long skips = operate("[1,2]", ", \"on_busy\": \"skip\"");
    JsonNode refused =
        muster
            .api()
            .post("/api/job/operate/", RESTART.formatted("[1]", ", \"on_busy\": \"reject\""));
    assertThat(refused.get("code").asInt()).isEqualTo(3_800_001);
    assertThat(refused.get("message").asString()).contains("任务 " + first);
    awaitRow(
        queues,
        1,
        r ->
            r.get("status").asString().equals("PENDING")
                && r.get("status_display")
                    .asString()
                    .contains("held by job " + first + " since 2"));
    muster.api().awaitEnd(skips, SOON);
    assertThat(states(skips)).isEqualTo(Map.of(1L, "IGNORED", 2L, "SUCCESS"));
    assertThat(told(skips, "reason")).containsEntry(1L, "HELD");
    lab.host(1).behave(Behaviour.works());
    assertThat(muster.api().awaitEnd(queues, SOON).get("status").asString()).isEqualTo("SUCCESS");
    assertThat(states(first)).containsEntry(1L, "SUCCESS");
    assertThat(enters(since)).isEqualTo(Map.of(1L, 2L, 2L, 1L));
    assertThat(since.maxInFlight()).isLessThanOrEqualTo(2);
  }

  @Test
  void aHostThatIsAwayAtItsTurnIsWaitedForAndHoldsNoSlot() {
    Since since = Since.now(lab);
    lab.host(1).link(false);
    try {
      long job = operate("[1,2,3]", ", \"window\": 1, \"wait_offline\": \"3m\"");
      awaitRow(job, 2, "SUCCESS");
      awaitRow(job, 3, "SUCCESS");
      awaitRow(
          job,
          1,
          r ->
              r.get("status").asString().equals("PENDING")
                  && r.get("status_display").asString().contains("offline"));
      lab.host(1).link(true);
      assertThat(muster.api().awaitEnd(job, SOON).get("status").asString()).isEqualTo("SUCCESS");
    } finally {
      lab.host(1).link(true);
    }
    assertThat(enters(since)).isEqualTo(Map.of(1L, 1L, 2L, 1L, 3L, 1L));
  }

  @Test
  void aHostThatHasHadItsTimeIsEndedBetweenStepsAndNotInOne() {
    Since since = Since.now(lab);
    lab.host(1).behave(works(6));
    long job = operate("[1,2]", ", \"host_deadline\": \"3s\"");
    muster.api().awaitEnd(job, SOON);
    assertThat(told(job, "reason")).containsEntry(1L, "DEADLINE");
    assertThat(since.starts()).as("the command was not cut short").containsEntry(1L, 1);
  }

  @Test
  void aJobThatHasHadItsTimeStartsNothingMore() {
    Since since = Since.now(lab);
    lab.hosts().forEach(h -> h.behave(works(6)));
    long job = operate("[1,2,3]", ", \"window\": 1, \"deadline\": \"4s\"");
    JsonNode ended = muster.api().awaitEnd(job, SOON);
    assertThat(ended.get("status").asString()).isEqualTo("FAILED");
    assertThat(muster.api().summary(job).get("why").asString()).contains("deadline");
    assertThat(enters(since)).hasSizeLessThan(3);
    assertThat(told(job, "proof")).containsEntry(3L, "NEVER_STARTED");
  }

  // ---- words ----

  private static long operate(String hosts, String more) {
    return muster.api().operate(RESTART.formatted(hosts, more));
  }

  private static JsonNode say(long job, String verb, String body) {
    return muster.api().post("/api/job/" + job + "/" + verb + "/", body);
  }

  private static void ok(JsonNode answer) {
    assertThat(answer.get("code").asInt()).as(answer.toString()).isZero();
  }

  private static Behaviour works(int seconds) {
    Duration time = Duration.ofSeconds(seconds);
    return Behaviour.works().delayed(time, time);
  }

  private static Map<Long, String> states(long job) {
    return told(job, "status");
  }

  private static Map<Long, String> told(long job, String field) {
    return muster.api().rows(job).stream()
        .collect(
            Collectors.toMap(r -> r.get("bk_host_id").asLong(), r -> r.get(field).asString("-")));
  }

  private static void awaitRow(long job, long host, String status) {
    awaitRow(job, host, r -> r.get("status").asString().equals(status));
  }

  private static void awaitRow(long job, long host, Predicate<JsonNode> condition) {
    Awaitility.await("host " + host + " of job " + job)
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                muster.api().rows(job).stream()
                    .anyMatch(r -> r.get("bk_host_id").asLong() == host && condition.test(r)));
  }

  /** Restarts that began since, on hosts that saw any. */
  private static Map<Long, Long> enters(Since since) {
    return lab.hosts().stream()
        .collect(
            Collectors.toMap(
                LabHost::id,
                h -> h.ledger().enters().stream().filter(e -> e.ns() >= since.ns()).count()))
        .entrySet()
        .stream()
        .filter(e -> e.getValue() > 0)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static void pause(int seconds) {
    Awaitility.await()
        .pollDelay(Duration.ofSeconds(seconds))
        .atMost(Duration.ofSeconds(seconds + 5L))
        .until(() -> true);
  }
}
