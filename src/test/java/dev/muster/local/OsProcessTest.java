package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OsProcessTest {

  @TempDir Path temp;

  @Test
  void a_started_process_runs_in_a_session_of_its_own() throws IOException {
    OsProcess sleep = start("exec sleep 60");
    await().untilAsserted(() -> assertThat(session(sleep.pid())).isEqualTo(sleep.pid()));
    sleep.stop("TERM", Duration.ofSeconds(5));
  }

  @Test
  void is_alive_until_it_ends() throws IOException {
    OsProcess sleep = start("exec sleep 60");
    assertThat(sleep.alive()).isTrue();
    sleep.stop("TERM", Duration.ofSeconds(5));
    assertThat(sleep.alive()).isFalse();
    assertThat(OsProcess.find(sleep.pid())).isEmpty();
  }

  @Test
  void is_killed_when_it_does_not_listen() throws Exception {
    OsProcess deaf = start("trap '' TERM; echo ready; while :; do sleep 1; done");
    await().until(() -> Files.size(temp.resolve("log")) > 0);
    deaf.stop("TERM", Duration.ofMillis(200));
    assertThat(deaf.alive()).isFalse();
  }

  @Test
  void another_process_with_its_number_is_left_alone() throws IOException {
    OsProcess bystander = start("exec sleep 60");
    OsProcess before = new OsProcess(bystander.pid(), bystander.started() + "0");
    assertThat(before.alive()).isFalse();
    before.stop("KILL", Duration.ofSeconds(1));
    assertThat(bystander.alive()).isTrue();
    bystander.stop("KILL", Duration.ofSeconds(5));
  }

  @Test
  void does_not_run_unless_it_was_recorded() throws Exception {
    Path proof = temp.resolve("proof");
    List<OsProcess> held = new ArrayList<>();
    assertThatThrownBy(
            () ->
                OsProcess.start(
                    List.of("/bin/sh", "-c", "touch " + proof),
                    temp.resolve("log"),
                    process -> {
                      held.add(process);
                      throw new IOException("disk full");
                    }))
        .hasMessage("disk full");
    await().until(() -> !held.getFirst().alive());
    assertThat(proof).doesNotExist();
  }

  @Test
  void output_is_appended_to_the_log() throws Exception {
    Files.writeString(temp.resolve("log"), "before\n");
    OsProcess echo = start("echo out; echo err >&2");
    await().until(() -> !echo.alive());
    assertThat(temp.resolve("log")).hasContent("before\nout\nerr\n");
  }

  @Test
  void settings_meant_for_other_servers_are_not_passed_on() {
    assertThat(OsProcess.steersServers("PGDATA")).isTrue();
    assertThat(OsProcess.steersServers("TEMPORAL_ADDRESS")).isTrue();
    assertThat(OsProcess.steersServers("PATH")).isFalse();
  }

  private OsProcess start(String script) throws IOException {
    return OsProcess.start(List.of("/bin/sh", "-c", script), temp.resolve("log"), process -> {});
  }

  private static long session(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[3]);
  }
}
