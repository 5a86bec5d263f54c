package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.delivery.Tars;
import dev.muster.lab.Exporter;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.lab.Node;
import dev.muster.lab.Sudo;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The life of a real daemon on real hosts, from its installation to the day when nothing of it is
 * left: two releases of it, on agents and on a proxy, each type once and once more, seen on the
 * host and in the inventory. The tests are one story, in its order.
 */
@NeedsLab
@NeedsTemporal
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AgentLifeIT {

  private static final Duration SOON = Duration.ofMinutes(3);
  private static final List<Long> AGENTS = List.of(1L, 2L, 3L);
  private static final long PROXY = 4;
  private static final long ELSEWHERE = 3;

  @TempDir static Path temp;
  private static Lab lab;
  private static MusterProcess muster;
  private static Map<Long, Set<String>> before;

  @BeforeAll
  static void start() {
    LabHost.Spec root = LabHost.Spec.root();
    lab = Lab.start(List.of(root, LabHost.Spec.mlab(Sudo.ALLOWED), root, root.with(Node.PROXY)));
    // What the lab has there by itself goes: the story begins with bare hosts.
    lab.hosts()
        .forEach(
            h -> h.exec("sh", "-c", "pkill -KILL gse_agent; rm -rf /usr/local/gse/*").orThrow());
    before = lab.hosts().stream().collect(Collectors.toMap(LabHost::id, AgentLifeIT::snapshot));
    muster =
        MusterProcess.start(
            temp.resolve("home"), Map.of("muster.runbooks.directory", impatient().toString()));
    muster.api().importLines(Fleet.lines(lab) + "\n" + processHost());
  }

  /** The shipped profile, which need not wait as long for this daemon. */
  private static Path impatient() {
    String profile = new String(resource("/profiles/gse.yaml"), StandardCharsets.UTF_8);
    try {
      Path directory = Files.createDirectory(temp.resolve("runbooks"));
      Files.writeString(
          directory.resolve("gse.yaml"), profile.replaceAll("settle: \\d+s", "settle: 1s"));
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The third host has the same daemon under the profile for anything with a pid file. */
  private static String processHost() {
    return JsonMapper.shared()
        .writeValueAsString(
            Fleet.line(lab.host(ELSEWHERE))
                .put(
                    "profile",
                    "process(start=/opt/exporter/ctl start,stop=/opt/exporter/ctl stop,reload=/opt/exporter/ctl reload,"
                        + "pid_file=/opt/exporter/pid,version=/opt/exporter/node_exporter --version,home=/opt/exporter,"
                        + "software=exporter)"));
  }

  @AfterAll
  static void stop() {
    muster.close();
    lab.close();
  }

  // ---- what is there ----

  /** Files, processes and the crontab of a host, but for muster's own records and its agent's. */
  private static Set<String> snapshot(LabHost host) {
    return host.exec(
            "sh",
            "-c",
            """
            find /usr/local/gse /opt /etc -xdev -type f -printf '%M %u %s %p\\n' -o -printf '%M %u %p\\n'
            ps -eo args= | grep -e gse_agent -e node_exporter | grep -v grep
            crontab -l 2>/dev/null
            true
            """)
        .orThrow()
        .lines()
        .collect(Collectors.toSet());
  }

  private static String agent(long id) {
    return lab.host(id)
        .exec("sh", "-c", "curl -s http://127.0.0.1:9100/metrics | grep ^node_exporter_build_info")
        .out();
  }

  private static JsonNode host(long id) {
    return muster
        .api()
        .post("/api/host/search/", "{\"pagesize\": 100}")
        .get("data")
        .get("list")
        .valueStream()
        .filter(h -> h.get("bk_host_id").asLong() == id)
        .findFirst()
        .orElseThrow();
  }

  private static void everywhere(Exporter release) {
    for (long id : List.of(1L, 2L, 3L, PROXY)) {
      assertThat(agent(id)).as("host %d", id).contains("version=\"" + release.version() + "\"");
      assertThat(host(id).get("status").asString()).as("host %d", id).isEqualTo("RUNNING");
      assertThat(host(id).get("version").asString()).as("host %d", id).isEqualTo(release.version());
    }
  }

  // ---- packages ----

  private static byte[] resource(String name) {
    try (InputStream in = Objects.requireNonNull(AgentLifeIT.class.getResourceAsStream(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gse(String side, Exporter release) {
    return new Tars()
        .file(side + "/bin/gse_agent", release.program(), 0755)
        .file(side + "/bin/gsectl", resource("/lab/exporterctl"), 0755)
        .bytes();
  }

  private static byte[] process(Exporter release) {
    return new Tars()
        .file("node_exporter", release.program(), 0755)
        .file(
            "ctl",
            """
            #!/bin/sh
            cd /opt/exporter || exit 1
            case $1 in
              start)
                setsid ./node_exporter --collector.disable-defaults --web.listen-address=127.0.0.1:9100 </dev/null >/dev/null 2>&1 &
                echo $! >pid
                ;;
              stop)
                [ -e pid ] || exit 0
                read -r pid <pid
                kill "$pid" 2>/dev/null || exit 0
                while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
                ;;
              reload) ;;
            esac
            """
                .getBytes(StandardCharsets.UTF_8),
            0755)
        .bytes();
  }

  private static void upload(String name, String version, String cpu, byte[] archive) {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    muster.api().base()
                        + "/api/package/%s/%s/linux/%s/".formatted(name, version, cpu)))
            .header("Content-Type", "application/gzip")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(archive))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).body())
          .contains("\"result\":true");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // ---- jobs ----

  private static JsonNode run(String type, List<Long> hosts, String more) {
    long job =
        muster
            .api()
            .operate("{\"job_type\": \"%s\", \"bk_host_id\": %s%s}".formatted(type, hosts, more));
    return muster.api().awaitEnd(job, SOON);
  }

  private static void succeeds(String operation, String more) {
    for (JsonNode ended :
        List.of(
            run(operation + "_AGENT", AGENTS, more),
            run(operation + "_PROXY", List.of(PROXY), more))) {
      assertThat(ended.get("status").asString()).as(() -> told(ended)).isEqualTo("SUCCESS");
    }
  }

  /** The log of the first host that did not succeed. */
  private static String told(JsonNode job) {
    return job.get("list")
        .valueStream()
        .filter(row -> !row.get("status").asString().equals("SUCCESS"))
        .map(row -> muster.api().log(job.get("job_id").asLong(), row.get("bk_host_id").asLong()))
        .findFirst()
        .map(JsonNode::toPrettyString)
        .orElse("");
  }

  private static String version(Exporter release) {
    return ", \"agent_setup_info\": {\"version\": \"%s\"}".formatted(release.version());
  }

  private static Map<Long, String> pids() {
    return lab.hosts().stream()
        .collect(
            Collectors.toMap(
                LabHost::id, h -> h.exec("pgrep", "-f", "web.listen-address").out().strip()));
  }

  // ---- the story ----

  @Test
  @Order(1)
  void withoutAPackageNothingIsTouched() {
    JsonNode ended = run("REINSTALL_AGENT", AGENTS, "");
    assertThat(ended.get("status").asString()).isEqualTo("FAILED");
    assertThat(muster.api().log(ended.get("job_id").asLong(), 1).toString())
        .contains("there is no package gse_agent for linux x86_64");
    upload("gse_agent", Exporter.NEW.version(), "sparc", gse("agent", Exporter.NEW));
    assertThat(
            muster
                .api()
                .log(run("REINSTALL_AGENT", List.of(1L), "").get("job_id").asLong(), 1)
                .toString())
        .contains("there is 1.9.1 for linux sparc");
    lab.hosts().forEach(h -> assertThat(snapshot(h)).isEqualTo(before.get(h.id())));
  }

  @Test
  @Order(1)
  void aProfileThatNamesNoPackageIsSaidSo() {
    String bare =
        JsonMapper.shared()
            .writeValueAsString(Fleet.line(lab.host(1)).put("profile", "systemd:cron"));
    muster.api().importLines(bare);
    JsonNode ended = run("UPGRADE_AGENT", List.of(1L), "");
    assertThat(told(ended)).contains("the host's profile names no package");
    assertThat(ended.get("list").get(0).get("reason").asString()).isEqualTo("NO_PROFILE");
    muster
        .api()
        .importLines(
            JsonMapper.shared().writeValueAsString(Fleet.line(lab.host(1)).put("profile", "gse")));
  }

  @Test
  @Order(2)
  void theOldReleaseIsInstalled() {
    for (Exporter release : Exporter.values()) {
      upload("gse_agent", release.version(), "x86_64", gse("agent", release));
      upload("gse_proxy", release.version(), "x86_64", gse("proxy", release));
      upload("exporter", release.version(), "any", process(release));
    }
    succeeds("REINSTALL", version(Exporter.OLD));
    everywhere(Exporter.OLD);
    Map<Long, String> first = pids();
    succeeds("REINSTALL", version(Exporter.OLD));
    everywhere(Exporter.OLD);
    assertThat(pids()).doesNotContainValue("").isNotEqualTo(first);
  }

  @Test
  @Order(3)
  void aReloadKeepsTheProcess() {
    Map<Long, String> first = pids();
    succeeds("RELOAD", "");
    succeeds("RELOAD", "");
    assertThat(pids()).isEqualTo(first);
  }

  @Test
  @Order(4)
  void anUpgradeTakesTheLatestAndARestartKeepsIt() {
    succeeds("UPGRADE", "");
    everywhere(Exporter.NEW);
    succeeds("UPGRADE", "");
    everywhere(Exporter.NEW);
    Map<Long, String> first = pids();
    succeeds("RESTART", "");
    everywhere(Exporter.NEW);
    Map<Long, String> second = pids();
    first.forEach((id, pid) -> assertThat(second).doesNotContainEntry(id, pid));
  }

  @Test
  @Order(5)
  void anImportLooksAndWritesDownWhatItSees() {
    muster
        .api()
        .importLines(
            Fleet.lines(lab)
                    .replace("\"status\":\"RUNNING\"", "\"status\":\"UNKNOWN\",\"version\":\"0.1\"")
                + "\n"
                + processHost());
    assertThat(host(1).get("version").asString()).isEqualTo("0.1");
    Map<Long, String> first = pids();
    succeeds("IMPORT", "");
    everywhere(Exporter.NEW);
    assertThat(pids()).isEqualTo(first);
  }

  @Test
  @Order(6)
  void nothingIsLeftOfWhatIsUninstalled() {
    succeeds("UNINSTALL", "");
    for (LabHost host : lab.hosts()) {
      assertThat(snapshot(host)).as("%s", host).isEqualTo(before.get(host.id()));
      assertThat(host(host.id()).get("status").asString()).isEqualTo("NOT_INSTALLED");
      assertThat(host(host.id()).get("version").asString()).isEmpty();
      assertThat(host(host.id()).get("node_from").asString()).isEqualTo("CMDB");
    }
    succeeds("UNINSTALL", "");
    lab.hosts().forEach(h -> assertThat(snapshot(h)).isEqualTo(before.get(h.id())));
  }

  @Test
  @Order(7)
  void aStopThatMeetsAStepWithoutACommandSaysThatNoneWasStarted() {
    long job = muster.api().operate("{\"job_type\": \"IMPORT_AGENT\", \"bk_host_id\": [1]}");
    muster
        .api()
        .awaitDetails(
            job, SOON, d -> d.get("list").get(0).get("status").asString().equals("RUNNING"));
    muster.api().revoke(job);
    JsonNode row = muster.api().awaitEnd(job, SOON).get("list").get(0);
    assertThat(row.get("proof").asString()).isEqualTo("NEVER_STARTED");
  }
}
