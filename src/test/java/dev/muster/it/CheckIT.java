package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A check of real hosts, of which each lacks something else. */
@NeedsLab
@NeedsTemporal
class CheckIT {

  private static final Duration SOON = Duration.ofMinutes(2);
  private static final String CHECK =
      "{\"job_type\": \"RESTART_AGENT\", \"check\": true, \"bk_host_id\": %s%s}";

  private static final int DEAD = 4;
  private static final int CHANGED_KEY = 5;
  private static final int WRONG_LOGIN_KEY = 6;
  private static final int NO_SUDO = 7;
  private static final int NO_AGENT = 8;
  private static final int READ_ONLY = 9;
  private static final int FULL = 10;
  private static final int WRONG_DATE = 11;
  private static final int PROXY = 12;

  @TempDir static Path temp;
  private static Lab lab;
  private static MusterProcess muster;

  @BeforeAll
  static void start() throws IOException {
    List<LabHost.Spec> specs = new ArrayList<>();
    for (int id = 1; id <= PROXY; id++) {
      specs.add(
          switch (id) {
            case 3 -> LabHost.Spec.mlab(Sudo.ALLOWED);
            case NO_SUDO -> LabHost.Spec.mlab(Sudo.PASSWORD);
            case NO_AGENT -> LabHost.Spec.root().with(Node.BARE);
            case PROXY -> LabHost.Spec.root().with(Node.PROXY);
            default -> LabHost.Spec.root();
          });
    }
    lab = Lab.start(specs);
    muster =
        MusterProcess.of(
            temp.resolve("home"),
            Map.of("muster.runbooks.directory", slowlySettling(temp.resolve("runbooks"))));
    muster.start();
    String stranger =
        Fleet.line(lab.host(WRONG_LOGIN_KEY))
            .put("identity", lab.strangerKey().toString())
            .toString();
    JsonNode report = muster.api().importLines(Fleet.lines(lab) + "\n" + stranger).get("data");
    assertThat(report.get("rejected_count").asInt()).as(report.toString()).isZero();
    spoil();
  }

  /** The shipped profile with an agent that takes long to settle: so long is its host held. */
  private static String slowlySettling(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (var in = CheckIT.class.getResourceAsStream("/profiles/gse.yaml")) {
      String profile = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(
          directory.resolve("gse.yaml"), profile.replace("settle: 5s", "settle: 20s"));
    }
    return directory.toString();
  }

  private static void spoil() {
    lab.host(DEAD).link(false);
    lab.host(CHANGED_KEY).changeHostKey();
    mount(READ_ONLY, "ro,mode=700");
    mount(FULL, "size=16k,mode=700");
    lab.host(WRONG_DATE).exec("cp", "/usr/bin/date", "/usr/bin/date.real").orThrow();
    lab.host(WRONG_DATE)
        .write("/usr/bin/date", "#!/bin/sh\nexec date.real -d '1 hour ago' \"$@\"\n", "755");
  }

  private static void mount(int host, String options) {
    lab.host(host)
        .exec("mount", "-t", "tmpfs", "-o", options, "small", "/var/lib/muster")
        .orThrow();
  }

  @AfterAll
  static void stop() {
    muster.close();
    lab.close();
  }

  private static Map<Long, String> became(long job) {
    return muster.api().rows(job).stream()
        .collect(
            Collectors.toMap(
                r -> r.get("bk_host_id").asLong(),
                r -> r.get("status").asString() + " " + r.get("reason").asString("-")));
  }

  private static List<String> steps(long job, int host) {
    return muster.api().log(job, host).values().stream()
        .map(s -> s.get("step").asString() + " " + s.get("status").asString())
        .toList();
  }

  private static String log(long job, int host) {
    return muster.api().log(job, host).values().stream()
        .map(s -> s.get("log").asString())
        .collect(Collectors.joining());
  }

  /** What lies where muster might leave something. */
  private static String files(LabHost host) {
    return host.exec("find", "/var/lib/muster", "/root", "/home", "/tmp").orThrow();
  }

  @Test
  void everyHostThatLacksSomethingHasItsReasonAndNothingIsStartedOrLeftBehind() {
    Since since = Since.now(lab);
    Map<LabHost, String> before =
        lab.hosts().stream().collect(Collectors.toMap(h -> h, CheckIT::files));
    String all = IntStream.rangeClosed(1, PROXY - 1).boxed().toList().toString();
    long job = muster.api().operate(CHECK.formatted(all, ""));
    JsonNode details = muster.api().awaitEnd(job, Duration.ofSeconds(60));

    assertThat(became(job))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry(1L, "SUCCESS -"),
                Map.entry(2L, "SUCCESS -"),
                Map.entry(3L, "SUCCESS -"),
                Map.entry((long) DEAD, "FAILED CONNECT"),
                Map.entry((long) CHANGED_KEY, "FAILED HOST_KEY"),
                Map.entry((long) WRONG_LOGIN_KEY, "FAILED AUTH"),
                Map.entry((long) NO_SUDO, "FAILED PRIVILEGE"),
                Map.entry((long) NO_AGENT, "FAILED AGENT_NOT_FOUND"),
                Map.entry((long) READ_ONLY, "FAILED RUN_DIRECTORY"),
                Map.entry((long) FULL, "FAILED DISK_FULL"),
                Map.entry((long) WRONG_DATE, "FAILED CLOCK")));
    assertThat(details.get("status").asString()).isEqualTo("PART_FAILED");
    assertThat(
            muster.api().summary(job).get("reasons").values().stream()
                .map(r -> r.get("reason").asString() + " " + r.get("hosts").asInt()))
        .containsExactlyInAnyOrder(
            "CONNECT 1",
            "HOST_KEY 1",
            "AUTH 1",
            "PRIVILEGE 1",
            "AGENT_NOT_FOUND 1",
            "RUN_DIRECTORY 1",
            "DISK_FULL 1",
            "CLOCK 1");

    assertThat(since.enters()).isEmpty();
    assertThat(since.starts().values()).containsOnly(0);
    lab.hosts().forEach(h -> assertThat(files(h)).isEqualTo(before.get(h)));

    assertThat(steps(job, 3))
        .containsExactly(
            "连接 SUCCESS", "提权 SUCCESS", "核对时钟 SUCCESS", "检查运行目录 SUCCESS", "查找Agent进程 SUCCESS");
    LabHost healthy = lab.host(3);
    assertThat(log(job, 3))
        .contains(healthy.address() + " port 22 proved ssh-ed25519 SHA256:")
        .contains("accepted mlab")
        .contains("mlab became root by sudo")
        .containsPattern("its clock is [0-9]+ ms (ahead of|behind) ours")
        .containsPattern("/var/lib/muster, [0-9.]+ [GM]iB free")
        .contains(
            "/usr/local/gse/agent/bin/gse_agent runs as pid "
                + healthy.agentPid().orElseThrow()
                + " since 2");
    assertThat(steps(job, DEAD)).startsWith("连接 FAILED", "提权 PENDING");
    assertThat(steps(job, NO_SUDO)).startsWith("连接 SUCCESS", "提权 FAILED", "核对时钟 PENDING");
    assertThat(steps(job, WRONG_DATE)).startsWith("连接 SUCCESS", "提权 SUCCESS", "核对时钟 FAILED");
    assertThat(steps(job, FULL)).endsWith("检查运行目录 FAILED", "查找Agent进程 PENDING");
    assertThat(steps(job, NO_AGENT)).endsWith("检查运行目录 SUCCESS", "查找Agent进程 FAILED");
    assertThat(log(job, NO_AGENT)).contains("no process of the file /usr/local/gse/agent/bin");
  }

  @Test
  void aProxyIsCheckedForItsOwnProcess() {
    long job =
        muster
            .api()
            .operate(
                CHECK
                    .replace("RESTART_AGENT", "RESTART_PROXY")
                    .formatted("[1, " + PROXY + "]", ""));
    muster.api().awaitEnd(job, SOON);
    assertThat(became(job)).isEqualTo(Map.of((long) PROXY, "SUCCESS -"));
    assertThat(log(job, PROXY)).contains("/usr/local/gse/proxy/bin/gse_agent runs as pid");
  }

  @Test
  void aCheckPassesBesideARestartThatHoldsTheSameHosts() {
    Since since = Since.now(lab);
    long restart =
        muster.api().operate("{\"job_type\": \"RESTART_AGENT\", \"bk_host_id\": [1, 2, 3]}");
    Awaitility.await()
        .atMost(SOON)
        .until(() -> lab.hosts().subList(0, 3).stream().allMatch(h -> since.starts(h) == 1));
    long check = muster.api().operate(CHECK.formatted("[1, 2, 3]", ""));
    JsonNode checked = muster.api().awaitEnd(check, SOON);
    assertThat(muster.api().details(restart).get("status").asString())
        .as("the restart still holds its hosts")
        .isEqualTo("RUNNING");
    assertThat(checked.get("status").asString()).isEqualTo("SUCCESS");
    assertThat(muster.api().awaitEnd(restart, SOON).get("status").asString()).isEqualTo("SUCCESS");
    assertThat(lab.hosts().subList(0, 3)).allSatisfy(h -> assertThat(since.starts(h)).isOne());
  }
}
