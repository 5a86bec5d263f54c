package dev.muster.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Twenty hosts of all kinds, seen from outside by the system's ssh client. */
@NeedsLab
class LabIT {

  private static Lab lab;

  @BeforeAll
  static void start() {
    List<LabHost.Spec> specs = new ArrayList<>();
    Stream.of(Sudo.values()).map(LabHost.Spec::mlab).forEach(specs::add);
    Stream.of(Shell.values())
        .filter(Shell::available)
        .map(shell -> LabHost.Spec.mlab(Sudo.ALLOWED).with(shell))
        .forEach(specs::add);
    specs.add(LabHost.Spec.root().with(Node.PROXY));
    specs.addAll(Collections.nCopies(20 - specs.size(), LabHost.Spec.root()));
    lab = Lab.start(specs);
    System.out.println("lab: " + specs.size() + " hosts in " + lab.startUp().toMillis() + " ms");
  }

  @AfterAll
  static void close() {
    long begin = System.nanoTime();
    lab.close();
    System.out.println("lab: closed in " + (System.nanoTime() - begin) / 1_000_000 + " ms");
  }

  @Test
  void every_host_restarts_its_agent_once_whatever_its_login_shell() throws Exception {
    SystemSsh ssh = SystemSsh.of(lab);
    List<LabHost> hosts =
        lab.hosts().stream().filter(host -> host.spec().sudo() == Sudo.ALLOWED).toList();
    assertThat(hosts).hasSizeGreaterThan(15);
    for (Executed restarted : onAll(hosts, host -> ssh.run(host, restart(host)))) {
      assertThat(restarted).isEqualTo(new Executed(0, "", ""));
    }
    for (LabHost host : hosts) {
      Ledger ledger = host.ledger();
      assertThat(ledger.enters()).as("%s", host).hasSize(1);
      assertThat(ledger.leaves()).extracting(Ledger.Leave::rc).containsExactly(0);
      assertThat(ledger.starts()).hasSize(1);
      assertThat(host.agentPid()).hasValue(ledger.starts().getFirst().agentPid());
      assertThat(ledger.boots()).hasSize(1);
      assertThat(ledger.boots().getFirst().agentPid()).isNotEqualTo(host.agentPid().getAsLong());
    }
    assertThat(lab.inside()).isZero();
    assertThat(lab.maxInFlight()).isBetween(1, hosts.size());
  }

  private static String restart(LabHost host) {
    return "sudo -n " + host.spec().node().gsectl() + " restart";
  }

  @Test
  void the_agent_is_found_by_its_executable_and_tells_its_version() {
    for (LabHost host : List.of(lab.host(1), proxy())) {
      String agent = host.spec().node().agent();
      String exe = "/proc/" + host.agentPid().orElseThrow() + "/exe";
      assertThat(host.exec("readlink", exe).orThrow().strip()).isEqualTo(agent);
      assertThat(host.exec(agent, "--version").exit()).isZero();
    }
    assertThat(proxy().spec().node().agent()).startsWith("/usr/local/gse/proxy/");
  }

  private static LabHost proxy() {
    return lab.hosts().stream()
        .filter(host -> host.spec().node() == Node.PROXY)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void sudo_grants_what_the_policy_says() {
    assertThat(sudo(Sudo.ALLOWED)).isEqualTo(new Executed(0, "0\n", ""));
    assertThat(sudo(Sudo.PASSWORD).err()).contains("a password is required");
    assertThat(sudo(Sudo.REQUIRETTY).err()).contains("must have a tty");
    assertThat(sudo(Sudo.NONE).exit()).isEqualTo(1);
    assertThat(sudo(Sudo.NONE).out()).isEmpty();
  }

  private static Executed sudo(Sudo policy) {
    LabHost host =
        lab.hosts().stream().filter(each -> each.spec().sudo() == policy).findFirst().orElseThrow();
    return SystemSsh.of(lab).run(host, "sudo -n -u root /bin/sh -c 'id -u'");
  }

  @Test
  void a_stranger_and_a_changed_host_key_are_refused() {
    LabHost host = lab.host(20);
    SystemSsh stranger = new SystemSsh(lab.knownHosts(), lab.strangerKey());
    assertThat(stranger.run(host, "true").err()).contains("Permission denied (publickey)");

    SystemSsh before = SystemSsh.of(lab);
    String oldKey = host.hostKeyLine();
    host.changeHostKey();
    assertThat(host.hostKeyLine()).startsWith("ssh-ed25519 AAAA").isNotEqualTo(oldKey);
    assertThat(before.run(host, "true").err()).contains("Host key verification failed");
    assertThat(SystemSsh.of(lab).run(host, "hostname").out()).isEqualTo("mlab-20\n");
  }

  @Test
  void a_stopped_server_refuses_and_a_started_one_accepts() {
    LabHost host = lab.host(19);
    SystemSsh ssh = SystemSsh.of(lab);
    host.stopSshd();
    assertThat(ssh.run(host, "true").err()).contains("Connection refused");
    host.startSshd();
    assertThat(ssh.run(host, "true").exit()).isZero();
    assertThat(host.sshdLog()).contains("Server listening");
  }

  @Test
  void an_unplugged_host_stalls_in_silence_and_goes_on_when_plugged_again() throws Exception {
    LabHost host = lab.host(18);
    SystemSsh ssh = SystemSsh.of(lab);
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      String command = "touch /run/begun; sleep 1; echo done";
      Future<Executed> open = executor.submit(() -> ssh.run(host, command));
      await().until(() -> host.exec("test", "-e", "/run/begun").exit() == 0);
      host.link(false);
      assertThat(ssh.run(host, "true").err()).contains("timed out");
      assertThat(open.isDone()).isFalse();
      host.link(true);
      assertThat(open.get()).isEqualTo(new Executed(0, "done\n", ""));
    }
  }

  @Test
  void files_go_in_and_out_and_stay_out_of_this_machine() {
    LabHost host = lab.host(1);
    host.write("/etc/muster-lab/some file", "a\\b\n", "0640");
    assertThat(host.file("/etc/muster-lab/some file"))
        .isEqualTo("a\\b\n".getBytes(StandardCharsets.UTF_8));
    assertThat(host.exec("stat", "-c", "%a %U", "/etc/muster-lab/some file").out())
        .isEqualTo("640 root\n");
    assertThat(lab.host(2).exec("test", "-e", "/etc/muster-lab").exit()).isEqualTo(1);
    assertThat(Command.run("test", "-e", "/etc/muster-lab").exit()).isEqualTo(1);
  }

  private interface Action {
    Executed on(LabHost host);
  }

  private static List<Executed> onAll(List<LabHost> hosts, Action action)
      throws InterruptedException, ExecutionException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Executed>> futures =
          hosts.stream().map(host -> executor.submit(() -> action.on(host))).toList();
      List<Executed> results = new ArrayList<>();
      for (Future<Executed> future : futures) {
        results.add(future.get());
      }
      return results;
    }
  }
}
