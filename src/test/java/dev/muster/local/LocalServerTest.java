package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalServerTest {

  private static final String SERVES = "exec sleep 600";

  @TempDir Path temp;
  private Home home;

  @BeforeEach
  void open() {
    home = Home.open(temp);
  }

  @AfterEach
  void stopWhatIsRecorded() {
    record().ifPresent(server -> server.process().stop("KILL", Duration.ofSeconds(1)));
    home.close();
  }

  @Test
  void is_recorded_while_it_runs_and_stopped_when_closed() {
    LocalServer server = start(SERVES);
    assertThat(record())
        .hasValueSatisfying(r -> assertThat(r.process()).isEqualTo(server.process()));
    server.close();
    assertThat(server.process().alive()).isFalse();
    assertThat(record()).isEmpty();
  }

  @Test
  void what_a_killed_muster_left_is_adopted() throws IOException {
    OsProcess left = process();
    new RecordedServer(left, List.of(20007), "/bin/sh -c " + SERVES).write(recordFile());
    try (LocalServer adopted = start(SERVES)) {
      assertThat(adopted.process()).isEqualTo(left);
      assertThat(adopted.ports()).containsExactly(20007);
    }
    assertThat(left.alive()).isFalse();
  }

  @Test
  void what_would_be_started_differently_today_is_replaced() throws IOException {
    OsProcess left = process();
    new RecordedServer(left, List.of(20000), "/bin/sh -c older").write(recordFile());
    try (LocalServer replaced = start(SERVES)) {
      assertThat(left.alive()).isFalse();
      assertThat(replaced.process().alive()).isTrue();
    }
  }

  @Test
  void a_process_that_only_has_the_recorded_number_is_neither_adopted_nor_stopped()
      throws IOException {
    OsProcess bystander = process();
    OsProcess reused = new OsProcess(bystander.pid(), bystander.started() + "0");
    new RecordedServer(reused, List.of(20000), "/bin/sh -c " + SERVES).write(recordFile());
    try (LocalServer server = start(SERVES)) {
      assertThat(server.process().pid()).isNotEqualTo(bystander.pid());
    }
    assertThat(bystander.alive()).isTrue();
    bystander.stop("KILL", Duration.ofSeconds(1));
  }

  @Test
  void is_started_again_on_the_same_port_when_it_dies() {
    try (LocalServer server = start(SERVES)) {
      OsProcess first = server.process();
      List<Integer> ports = server.ports();
      first.stop("KILL", Duration.ofSeconds(1));
      await().until(() -> !server.process().equals(first) && server.process().alive());
      assertThat(server.ports()).isEqualTo(ports);
    }
  }

  @Test
  void takes_the_next_port_when_the_preferred_one_is_in_use() throws IOException {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LocalServer server = start(new Fake(SERVES, busy.getLocalPort()))) {
      assertThat(server.ports().getFirst()).isGreaterThan(busy.getLocalPort());
    }
  }

  @Test
  void a_server_that_ends_at_once_is_refused_with_its_last_error() {
    assertThatThrownBy(() -> start("echo FATAL: no disk; echo bye; exit 1"))
        .isInstanceOf(LocalServerRefusal.class)
        .hasMessage(
            "Fake does not start: FATAL: no disk; see %s, or configure fake.url",
            home.run().resolve("fake.log"));
    assertThat(record()).isEmpty();
  }

  private OsProcess process() throws IOException {
    return OsProcess.start(List.of("/bin/sh", "-c", SERVES), temp.resolve("log"), process -> {});
  }

  private LocalServer start(String script) {
    return start(new Fake(script, 20000));
  }

  private LocalServer start(Fake kind) {
    return LocalServer.start(home, kind, LogFactory.getLog(LocalServerTest.class));
  }

  private Optional<RecordedServer> record() {
    return RecordedServer.read(recordFile());
  }

  private Path recordFile() {
    return home.run().resolve("fake.properties");
  }

  /** A server that listens nowhere. */
  private record Fake(String script, int preferredPort) implements ServerKind {

    @Override
    public String title() {
      return "Fake";
    }

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public List<Integer> preferredPorts() {
      return List.of(preferredPort);
    }

    @Override
    public String address(List<Integer> ports) {
      return "nowhere";
    }

    @Override
    public List<String> command(List<Integer> ports) {
      return List.of("/bin/sh", "-c", script);
    }

    /** Long enough for a script that ends at once to have ended. */
    @Override
    public void check(List<Integer> ports) throws InterruptedException {
      TimeUnit.MILLISECONDS.sleep(100);
    }

    @Override
    public String stopSignal() {
      return "TERM";
    }

    @Override
    public String remedy() {
      return "configure fake.url";
    }
  }
}
