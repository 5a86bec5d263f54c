package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.job.Reason;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom we reach, by which key we know it, and what is said when it cannot be reached. */
@NeedsLab
class SshConnectIT {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Path NO_CONFIG = Path.of("/nonexistent");

  private static Lab lab;

  @TempDir private Path directory;

  @BeforeAll
  static void start() {
    lab = Lab.start(2);
  }

  @AfterAll
  static void close() {
    lab.close();
  }

  private static Access access(LabHost host, Path identity, String hostKey) {
    return new Access(
        host.id(), host.address(), null, host.user(), identity.toString(), hostKey, Become.NONE);
  }

  private static Access access(LabHost host) {
    return access(host, host.identity(), null);
  }

  private static SshTransport trusting(Path knownHosts) {
    return new SshTransport(new SshSettings(TIMEOUT, knownHosts, false, NO_CONFIG));
  }

  private Path nobodyKnown() {
    return directory.resolve("known_hosts");
  }

  private static void reaches(SshTransport transport, Access access) throws TransportException {
    try (HostSession session = transport.open(access)) {
      assertThat(session.directory(null)).isEqualTo("/var/lib/muster");
    }
  }

  private static TransportException refused(SshTransport transport, Access access, Reason reason) {
    TransportException refused =
        catchThrowableOfType(TransportException.class, () -> transport.open(access));
    assertThat(refused).as("%s was reached", access.address()).isNotNull();
    assertThat(refused.reason()).as(refused.getMessage()).isEqualTo(reason);
    return refused;
  }

  // ---- who we are ----

  @Test
  void a_key_that_the_host_does_not_accept_is_refused() {
    try (SshTransport transport = trusting(lab.knownHosts())) {
      LabHost host = lab.host(1);
      Access stranger = access(host, lab.strangerKey(), null);
      assertThat(refused(transport, stranger, Reason.AUTH))
          .hasMessageContaining("root@" + host.address());
      Access nobody = access(host, directory.resolve("missing"), null);
      assertThat(refused(transport, nobody, Reason.AUTH))
          .hasMessageContaining(directory.resolve("missing").toString());
    }
  }

  // ---- who it is ----

  @Test
  void an_unknown_host_is_refused_and_the_message_says_how_to_enrol_it() throws Exception {
    LabHost host = lab.host(1);
    try (SshTransport transport = trusting(nobodyKnown())) {
      assertThat(refused(transport, access(host), Reason.HOST_KEY))
          .hasMessageContaining("SHA256:")
          .hasMessageContaining("ssh-keyscan -p 22 " + host.address() + " >> ~/.ssh/known_hosts");
      assertThat(nobodyKnown()).doesNotExist();
      // The one client goes on to work as soon as somebody has followed the advice.
      Files.writeString(nobodyKnown(), host.knownHostsLine() + "\n");
      reaches(transport, access(host));
      refused(transport, access(lab.host(2)), Reason.HOST_KEY);
    }
  }

  @Test
  void a_changed_key_is_refused() throws Exception {
    LabHost host = lab.host(2);
    try (SshTransport transport = trusting(lab.knownHosts())) {
      reaches(transport, access(host));
      String before = host.hostKeyLine();
      host.changeHostKey();
      assertThat(refused(transport, access(host), Reason.HOST_KEY))
          .hasMessageContaining("ssh-keyscan");
      refused(transport, access(host, host.identity(), before), Reason.HOST_KEY);
      reaches(transport, access(host, host.identity(), host.hostKeyLine()));
    }
  }

  @Test
  void a_pinned_key_decides_alone() throws Exception {
    LabHost host = lab.host(1);
    LabHost other = lab.host(2);
    try (SshTransport transport = trusting(lab.knownHosts())) {
      for (String pinned : List.of(other.hostKeyLine(), "ssh-ed25519 nonsense", "none")) {
        refused(transport, access(host, host.identity(), pinned), Reason.HOST_KEY);
      }
    }
    try (SshTransport transport = trusting(nobodyKnown())) {
      reaches(transport, access(host, host.identity(), host.hostKeyLine()));
      reaches(transport, access(host, host.identity(), host.knownHostsLine() + " comment"));
    }
  }

  @Test
  void a_new_host_is_accepted_once_if_that_was_asked_for() throws Exception {
    LabHost host = lab.host(2);
    SshSettings settings = new SshSettings(TIMEOUT, nobodyKnown(), true, NO_CONFIG);
    try (SshTransport transport = new SshTransport(settings)) {
      reaches(transport, access(host));
      assertThat(nobodyKnown()).content().contains(host.hostKeyLine().split(" ", 2)[1]);
      reaches(transport, access(host));
      host.changeHostKey();
      refused(transport, access(host), Reason.HOST_KEY);
    }
  }

  // ---- whether it answers ----

  @Test
  void a_refused_connection_is_told_at_once() {
    LabHost host = lab.host(1);
    host.stopSshd();
    try (SshTransport transport = trusting(lab.knownHosts())) {
      Instant begin = Instant.now();
      assertThat(refused(transport, access(host), Reason.REFUSED))
          .hasMessageContaining(host.address() + " port 22");
      assertThat(Duration.between(begin, Instant.now())).isLessThan(TIMEOUT);
    } finally {
      host.startSshd();
    }
  }

  @Test
  void silence_is_given_up_in_time() throws Exception {
    LabHost host = lab.host(1);
    host.link(false);
    try (SshTransport transport = trusting(lab.knownHosts())) {
      Instant begin = Instant.now();
      refused(transport, access(host), Reason.CONNECT);
      assertThat(Duration.between(begin, Instant.now()))
          .isBetween(TIMEOUT.minusMillis(100), TIMEOUT.plusSeconds(2));
    } finally {
      host.link(true);
    }
    try (SshTransport transport = trusting(lab.knownHosts());
        ServerSocket mute = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Instant begin = Instant.now();
      Access access =
          new Access(
              9,
              "127.0.0.1",
              mute.getLocalPort(),
              "root",
              host.identity().toString(),
              null,
              Become.NONE);
      refused(transport, access, Reason.CONNECT);
      assertThat(Duration.between(begin, Instant.now())).isLessThan(TIMEOUT.multipliedBy(3));
    }
  }

  // ---- the SSH configuration ----

  private SshTransport configured(String config) throws Exception {
    Path file = Files.writeString(directory.resolve("config"), config);
    return new SshTransport(new SshSettings(TIMEOUT, lab.knownHosts(), false, file));
  }

  private static Access alias(String name) {
    return new Access(7, name, null, null, null, null, Become.NONE);
  }

  @Test
  void an_alias_of_the_configuration_says_where_and_as_whom() throws Exception {
    LabHost host = lab.host(1);
    String config =
        """
        Host agent-one
          HostName %s
          Port 22
          User root
          IdentityFile %s
        """
            .formatted(host.address(), host.identity());
    try (SshTransport transport = configured(config)) {
      reaches(transport, alias("agent-one"));
      refused(transport, alias("agent-two.invalid"), Reason.CONNECT);
    }
  }

  @Test
  void a_jump_of_the_configuration_is_taken() throws Exception {
    LabHost jump = lab.host(1);
    LabHost target = lab.host(2);
    String config =
        """
        Host bastion
          HostName %s
          User root
          IdentityFile %s

        Host inner
          HostName %s
          User root
          IdentityFile %s
          ProxyJump bastion
        """
            .formatted(jump.address(), jump.identity(), target.address(), target.identity());
    try (SshTransport transport = configured(config)) {
      reaches(transport, alias("inner"));
      assertThat(target.sshdLog()).contains("from " + jump.address());
      Access pinned = new Access(7, "inner", null, null, null, target.hostKeyLine(), Become.NONE);
      reaches(transport, pinned);
      Access wrong = new Access(7, "inner", null, null, null, jump.hostKeyLine(), Become.NONE);
      refused(transport, wrong, Reason.HOST_KEY);
    }
  }
}
