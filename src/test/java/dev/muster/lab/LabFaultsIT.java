package dev.muster.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.lab.Behaviour.Kind;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hosts that misbehave on demand, and their ledgers that tell the truth all the same. */
@NeedsLab
class LabFaultsIT {

  private static Lab lab;
  private static LabHost host;

  @BeforeAll
  static void start() {
    lab = Lab.start(2);
    host = lab.host(1);
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  @BeforeEach
  void boot() {
    host.behave(Behaviour.works());
    host.reboot(UUID.randomUUID().toString());
  }

  private Executed restart() {
    return host.exec(Node.AGENT.gsectl(), "restart");
  }

  private int startsBy(Behaviour behaviour, int exit) {
    int before = host.ledger().starts().size();
    host.behave(behaviour);
    assertThat(restart().exit()).isEqualTo(exit);
    return host.ledger().starts().size() - before;
  }

  @Test
  void restarts_fail_or_lie_as_told() {
    long agent = host.agentPid().orElseThrow();
    assertThat(startsBy(Behaviour.of(Kind.FAIL), 3)).isZero();
    assertThat(startsBy(Behaviour.of(Kind.FAIL_ONCE), 3)).isZero();
    assertThat(startsBy(Behaviour.of(Kind.NO_START), 0)).isZero();
    assertThat(host.agentPid()).hasValue(agent);

    host.behave(Behaviour.of(Kind.FAIL_ONCE));
    assertThat(restart().exit()).isEqualTo(3);
    assertThat(restart().exit()).isZero();
    assertThat(host.agentPid().orElseThrow()).isNotEqualTo(agent);
  }

  @Test
  void an_agent_whose_binary_was_replaced_is_still_found_and_restarted() {
    long old = host.agentPid().orElseThrow();
    host.exec("sh", "-c", "cp \"$1\" \"$1.new\" && mv \"$1.new\" \"$1\"", "sh", Node.AGENT.agent())
        .orThrow();
    assertThat(host.agentPids()).containsExactly(old);
    assertThat(restart().exit()).isZero();
    assertThat(host.agentPids()).hasSize(1).doesNotContain(old);
  }

  @Test
  void an_agent_that_dies_leaves_no_zombie() {
    assertThat(startsBy(Behaviour.of(Kind.DIES), 0)).isEqualTo(1);
    assertThat(host.agentPid()).isPresent();
    await().until(() -> host.agentPid().isEmpty());
    await().until(() -> !host.exec("ps", "-eo", "stat").orThrow().contains("Z"));
  }

  @Test
  void a_restart_takes_its_time_without_an_agent() {
    host.behave(Behaviour.works().delayed(Duration.ofMillis(300), Duration.ofMillis(500)));
    assertThat(restart().exit()).isZero();
    Ledger.Interval interval = host.ledger().intervals().getLast();
    assertThat(Duration.ofNanos(interval.toNs() - interval.fromNs()))
        .isBetween(Duration.ofMillis(300), Duration.ofSeconds(3));
  }

  @Test
  void a_flood_prints_exactly_what_was_asked_for() {
    host.behave(Behaviour.flood(5_000_001));
    Executed flooded = restart();
    assertThat(flooded.exit()).isZero();
    assertThat(flooded.out()).hasSize(5_000_001);
  }

  @Test
  void a_child_left_behind_keeps_the_session_open_after_the_exit() throws Exception {
    host.behave(Behaviour.of(Kind.LEAVES_CHILD));
    SystemSsh ssh = SystemSsh.of(lab);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      int before = host.ledger().leaves().size();
      Future<Executed> session =
          executor.submit(() -> ssh.run(host, Node.AGENT.gsectl() + " restart"));
      await().until(() -> host.ledger().leaves().size() > before);
      await().during(Duration.ofMillis(300)).until(() -> !session.isDone());
      host.cutSessions();
      session.get();
      assertThat(host.exec("pgrep", "-fx", "sleep 300").exit()).isZero();
    }
  }

  @Test
  void a_restart_that_never_ends_is_inside_until_it_is_killed_or_told_to_stop() {
    host.behave(Behaviour.of(Kind.NEVER_ENDS));
    host.exec(
        "sh", "-c", "setsid \"$1\" restart & setsid \"$1\" restart &", "sh", Node.AGENT.gsectl());
    await().until(() -> open() == 2);
    assertThat(lab.inside()).isEqualTo(1);
    assertThat(lab.maxInFlight()).isEqualTo(2);

    host.kill9(host.ledger().intervals().getLast().pid());
    assertThat(open()).isEqualTo(1);
    assertThat(host.ledger().leaves().getLast().rc()).isEqualTo(137);

    long other = host.ledger().intervals().getLast().pid();
    host.exec("sh", "-c", "kill -TERM \"-$1\"", "sh", Long.toString(other)).orThrow();
    await().until(() -> open() == 0);
    assertThat(host.ledger().leaves().getLast().rc()).isEqualTo(143);
    assertThat(lab.inside()).isZero();
  }

  private long open() {
    return host.ledger().intervals().stream().filter(Ledger.Interval::open).count();
  }

  @Test
  void a_reboot_ends_all_processes_and_keeps_the_disk() {
    host.behave(Behaviour.of(Kind.NEVER_ENDS));
    host.exec("sh", "-c", "setsid \"$1\" restart &", "sh", Node.AGENT.gsectl());
    await().until(() -> open() == 1);
    host.write("/var/lib/muster/kept", "", "0600");
    host.write("/run/lost", "", "0600");

    String bootId = UUID.randomUUID().toString();
    host.reboot(bootId);
    assertThat(open()).isZero();
    assertThat(host.exec("cat", "/proc/sys/kernel/random/boot_id").out()).isEqualTo(bootId + "\n");
    assertThat(host.exec("test", "-e", "/var/lib/muster/kept").exit()).isZero();
    assertThat(host.exec("test", "-e", "/run/lost").exit()).isEqualTo(1);
    assertThat(host.agentPid()).hasValue(host.ledger().boots().getLast().agentPid());
    assertThat(SystemSsh.of(lab).run(host, "true").exit()).isZero();
  }

  @Test
  void a_host_without_power_is_silent_and_its_ledger_is_still_read() {
    LabHost other = lab.host(2);
    other.powerOff();
    assertThat(SystemSsh.of(lab).run(other, "true").err()).contains("timed out");
    assertThat(other.ledger().boots()).hasSize(1);
    other.powerOn(UUID.randomUUID().toString());
    assertThat(SystemSsh.of(lab).run(other, "true").exit()).isZero();
  }
}
