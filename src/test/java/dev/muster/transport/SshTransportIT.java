package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.Watch;
import dev.muster.job.Reason;
import dev.muster.lab.Behaviour;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.lab.Shell;
import dev.muster.lab.Sudo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Becoming root, login shells of all kinds, and lines that break, on real hosts. */
@NeedsLab
class SshTransportIT {

  private static final String DIRECTORY = "/var/lib/muster";

  private static Lab lab;
  private static SshTransport transport;

  private final UUID job = UUID.randomUUID();

  @BeforeAll
  static void start() {
    List<LabHost.Spec> specs = new ArrayList<>();
    specs.add(LabHost.Spec.root());
    Stream.of(Sudo.values()).map(LabHost.Spec::mlab).forEach(specs::add);
    Stream.of(Shell.values())
        .filter(Shell::available)
        .map(shell -> LabHost.Spec.mlab(Sudo.ALLOWED).with(shell))
        .forEach(specs::add);
    lab = Lab.start(specs);
    transport = new SshTransport(SshMachine.settings(lab.knownHosts()));
  }

  @AfterAll
  static void close() {
    transport.close();
    lab.close();
  }

  private static LabHost root() {
    return lab.host(1);
  }

  private static LabHost host(Sudo sudo, Shell shell) {
    return lab.hosts().stream()
        .filter(host -> host.user().equals("mlab"))
        .filter(host -> host.spec().sudo() == sudo && host.spec().shell() == shell)
        .reduce((first, last) -> last)
        .orElseThrow();
  }

  private static HostSession open(LabHost host, Become become) throws TransportException {
    return transport.open(SshMachine.access(host, become));
  }

  private RunOrder order(String step, String... command) {
    RunKey key = new RunKey(job, 0, step, 1);
    return new RunOrder(key, "digest", 1, Watch.NOTHING, "", List.of(List.of(command)));
  }

  private static RunState end(HostSession session, RunKey key) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> session.follow(key, 0, 0).state(), state -> !(state instanceof RunState.Running));
  }

  /** What a command says, run in a session of its own. */
  private String said(LabHost host, Become become, String step, String... command)
      throws TransportException {
    try (HostSession session = open(host, become)) {
      session.directory(null);
      RunOrder order = order(step, command);
      assertThat(StartContract.start(session, order)).isEqualTo(StartContract.STARTED);
      assertThat(end(session, order.key())).isEqualTo(new RunState.Done(0));
      return StandardCharsets.UTF_8
          .decode(session.follow(order.key(), 0, 10_000).output())
          .toString();
    }
  }

  // ---- privilege ----

  @Test
  void an_account_that_may_becomes_root() throws Exception {
    LabHost host = host(Sudo.ALLOWED, Shell.SH);
    assertThat(said(host, Become.SUDO, "become", "id", "-u")).isEqualTo("0\n");
    assertThat(said(host, Become.NONE, "stay", "id", "-un")).isEqualTo("mlab\n");
    try (HostSession session = open(host, Become.NONE)) {
      assertThat(session.directory(null)).isEqualTo("/home/mlab/.local/state/muster");
    }
    try (HostSession session = open(host, Become.SUDO)) {
      assertThat(session.directory(null)).isEqualTo(DIRECTORY);
    }
  }

  @Test
  void a_refusal_of_sudo_says_what_to_install() {
    for (Sudo sudo : List.of(Sudo.PASSWORD, Sudo.REQUIRETTY, Sudo.NONE)) {
      Access access = SshMachine.access(host(sudo, Shell.SH), Become.SUDO);
      TransportException refused =
          catchThrowableOfType(TransportException.class, () -> transport.open(access));
      assertThat(refused.reason()).as("%s: %s", sudo, refused).isEqualTo(Reason.PRIVILEGE);
      assertThat(refused)
          .hasMessageContaining("sudo: ")
          .hasMessageContaining("mlab ALL=(root) NOPASSWD: /bin/sh");
    }
  }

  @Test
  void a_missing_doas_says_what_to_permit() {
    Access access = SshMachine.access(host(Sudo.ALLOWED, Shell.SH), Become.DOAS);
    TransportException refused =
        catchThrowableOfType(TransportException.class, () -> transport.open(access));
    assertThat(refused.reason()).isEqualTo(Reason.PRIVILEGE);
    assertThat(refused).hasMessageContaining("permit nopass mlab as root cmd /bin/sh");
  }

  // ---- login shells ----

  @Test
  void every_login_shell_will_do() throws Exception {
    for (LabHost host : lab.hosts()) {
      if (host.spec().sudo() == Sudo.ALLOWED) {
        String step = "shell_" + host.id();
        assertThat(said(host, Become.NONE, step, "echo", "a b'c\n"))
            .as("%s", host.spec())
            .isEqualTo("a b'c\n\n");
      }
    }
  }

  @Test
  void what_a_login_shell_prints_first_is_passed_over() throws Exception {
    LabHost host = host(Sudo.ALLOWED, Shell.BASH);
    String noise =
        """
        i=0; while [ $i -lt 100 ]; do echo "welcome $i"; i=$((i + 1)); done
        echo ok; echo 'state DONE 0'; echo warning >&2
        printf 'no end of line'
        """;
    host.write("/home/mlab/.bashrc", noise, "0644");
    assertThat(said(host, Become.NONE, "noise", "echo", "quiet")).isEqualTo("quiet\n");
    assertThat(said(host, Become.SUDO, "noise_root", "echo", "quiet")).isEqualTo("quiet\n");
    host.exec("rm", "/home/mlab/.bashrc").orThrow();
  }

  // ---- lines that break ----

  @Test
  void a_silent_link_is_noticed_and_the_command_goes_on() throws Exception {
    LabHost host = root();
    RunOrder order = order("silent", "sleep", "40");
    HostSession session = open(host, Become.NONE);
    session.directory(null);
    assertThat(StartContract.start(session, order)).isEqualTo(StartContract.STARTED);
    host.link(false);
    try {
      Instant begin = Instant.now();
      TransportException lost =
          catchThrowableOfType(TransportException.class, () -> session.follow(order.key(), 0, 10));
      assertThat(lost.reason()).isEqualTo(Reason.LINK);
      assertThat(Duration.between(begin, Instant.now()))
          .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(20));
      assertThat(
              catchThrowableOfType(
                      TransportException.class, () -> session.probe(order.key(), "digest"))
                  .reason())
          .isEqualTo(Reason.LINK);
    } finally {
      host.link(true);
    }
    try (HostSession next = open(host, Become.NONE)) {
      next.directory(null);
      assertThat(next.probe(order.key(), "digest")).isInstanceOf(RunState.Running.class);
      assertThat(next.halt(order.key())).isTrue();
    }
  }

  @Test
  void a_cut_session_is_noticed_at_once_and_the_command_goes_on() throws Exception {
    LabHost host = root();
    RunOrder order = order("cut", host.spec().node().gsectl(), "restart");
    host.behave(Behaviour.works().delayed(Duration.ofSeconds(2), Duration.ofSeconds(2)));
    int before = host.ledger().starts().size();
    HostSession session = open(host, Become.NONE);
    session.directory(null);
    assertThat(StartContract.start(session, order)).isEqualTo(StartContract.STARTED);
    host.cutSessions();
    TransportException lost =
        catchThrowableOfType(TransportException.class, () -> session.follow(order.key(), 0, 10));
    assertThat(lost.reason()).isEqualTo(Reason.LINK);
    try (HostSession next = open(host, Become.NONE)) {
      next.directory(null);
      assertThat(StartContract.start(next, order)).isEqualTo(StartContract.STARTED);
      assertThat(end(next, order.key())).isEqualTo(new RunState.Done(0));
    }
    assertThat(host.ledger().starts()).hasSize(before + 1);
    assertThat(host.ledger().enters()).hasSize(before + 1);
    host.behave(Behaviour.works());
  }

  @Test
  void after_a_reboot_a_running_command_is_known_to_be_lost() throws Exception {
    LabHost host = host(Sudo.ALLOWED, Shell.SH);
    RunOrder order = order("rebooted", "sleep", "300");
    RunOrder ended = order("ended", "true");
    try (HostSession session = open(host, Become.SUDO)) {
      session.directory(null);
      assertThat(StartContract.start(session, ended)).isEqualTo(StartContract.STARTED);
      assertThat(end(session, ended.key())).isEqualTo(new RunState.Done(0));
      assertThat(StartContract.start(session, order)).isEqualTo(StartContract.STARTED);
    }
    host.reboot(UUID.randomUUID().toString());
    try (HostSession session = open(host, Become.SUDO)) {
      session.directory(DIRECTORY);
      assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Rebooted());
      assertThat(StartContract.start(session, order)).isEqualTo(StartContract.STARTED);
      assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Rebooted());
      assertThat(session.probe(ended.key(), "digest")).isEqualTo(new RunState.Done(0));
      RunOrder next = order("next", "true");
      assertThat(StartContract.start(session, next)).isEqualTo(StartContract.STARTED);
    }
  }
}
