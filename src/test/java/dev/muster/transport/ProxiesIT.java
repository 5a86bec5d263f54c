package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.job.Reason;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two proxies, and hosts that nobody but they can reach. */
@NeedsLab
class ProxiesIT {

  private Lab lab;
  private SshTransport transport;

  @BeforeEach
  void start() {
    lab = Lab.start(4);
    hide(inner(1));
    hide(inner(2));
    transport =
        new SshTransport(
            new SshSettings(
                Duration.ofSeconds(5), lab.knownHosts(), false, Path.of("/nonexistent")));
  }

  @AfterEach
  void close() {
    transport.close();
    lab.close();
  }

  private LabHost proxy(int number) {
    return lab.host(number);
  }

  private LabHost inner(int number) {
    return lab.host(2 + number);
  }

  /** It answers its neighbours, and no longer the machine that muster is on. */
  private static void hide(LabHost host) {
    String gateway = host.address().replaceAll("\\d+\\.\\d+$", "");
    String table = host.exec("ip", "-4", "neighbour", "show", "nud", "permanent").orThrow();
    String address =
        table.lines().filter(line -> line.startsWith(gateway)).findFirst().orElseThrow();
    host.exec(
            "ip",
            "neighbour",
            "replace",
            address.split(" ", 2)[0],
            "lladdr",
            "02:00:00:00:00:01",
            "dev",
            "eth0",
            "nud",
            "permanent")
        .orThrow();
  }

  private static Access direct(LabHost host, String hostKey) {
    return new Access(
        host.id(),
        host.address(),
        host.port(),
        host.user(),
        host.identity().toString(),
        hostKey,
        Become.NONE);
  }

  private Access behind(LabHost host, LabHost... proxies) {
    List<Access> ways = new ArrayList<>();
    for (LabHost proxy : proxies) {
      ways.add(direct(proxy, proxy.hostKeyLine()));
    }
    return direct(host, null).through(ways);
  }

  private void reaches(Access access) throws TransportException {
    try (HostSession session = transport.open(access)) {
      assertThat(session.directory(null)).isEqualTo("/var/lib/muster");
    }
  }

  private TransportException fails(Access access, Reason reason) {
    TransportException failed =
        catchThrowableOfType(TransportException.class, () -> transport.open(access));
    assertThat(failed).as("%s was reached", access.address()).isNotNull();
    assertThat(failed.reason()).as(failed.getMessage()).isEqualTo(reason);
    return failed;
  }

  @Test
  void a_host_is_reached_through_a_proxy_and_in_no_other_way() throws Exception {
    fails(direct(inner(1), null), Reason.CONNECT);
    reaches(behind(inner(1), proxy(1), proxy(2)));
    assertThat(inner(1).sshdLog()).contains("from " + proxy(1).address());
    assertThat(proxy(2).sshdLog()).doesNotContain("Accepted");
  }

  @Test
  void hosts_share_one_login_on_their_proxy() throws Exception {
    try (HostSession one = transport.open(behind(inner(1), proxy(1)));
        HostSession other = transport.open(behind(inner(2), proxy(1)))) {
      assertThat(one.directory(null)).isEqualTo(other.directory(null));
    }
    reaches(behind(inner(1), proxy(1)));
    assertThat(proxy(1).sshdLog().lines().filter(line -> line.contains("Accepted"))).hasSize(1);
  }

  @Test
  void the_next_proxy_is_taken_where_one_is_dead() throws Exception {
    proxy(1).stopSshd();
    reaches(behind(inner(1), proxy(1), proxy(2)));
    assertThat(inner(1).sshdLog()).contains("from " + proxy(2).address());
  }

  @Test
  void a_proxy_that_dies_and_comes_back_is_logged_in_on_again() throws Exception {
    HostSession session = transport.open(behind(inner(1), proxy(1)));
    proxy(1).stopSshd();
    assertThat(catchThrowableOfType(TransportException.class, () -> session.directory(null)))
        .extracting(TransportException::reason)
        .isEqualTo(Reason.LINK);
    session.close();
    assertThat(fails(behind(inner(1), proxy(1)), Reason.NO_PROXY))
        .hasMessageContaining(proxy(1).address());
    proxy(1).startSshd();
    await().ignoreExceptions().untilAsserted(() -> reaches(behind(inner(1), proxy(1))));
  }

  @Test
  void where_no_proxy_runs_it_is_said_so() {
    assertThat(fails(behind(inner(1)), Reason.NO_PROXY)).hasMessageContaining("none runs");
  }

  @Test
  void a_host_is_known_by_its_own_key_and_refuses_for_itself() {
    Access pinned =
        direct(inner(1), inner(1).hostKeyLine())
            .through(List.of(direct(proxy(1), proxy(1).hostKeyLine())));
    assertThat(catchThrowableOfType(TransportException.class, () -> reaches(pinned))).isNull();
    fails(
        direct(inner(1), inner(2).hostKeyLine())
            .through(List.of(direct(proxy(1), proxy(1).hostKeyLine()))),
        Reason.HOST_KEY);
    fails(
        direct(inner(1), null).through(List.of(direct(proxy(1), inner(1).hostKeyLine()))),
        Reason.NO_PROXY);
    Access stranger =
        new Access(
                inner(1).id(),
                inner(1).address(),
                22,
                "root",
                lab.strangerKey().toString(),
                null,
                Become.NONE)
            .through(List.of(direct(proxy(1), null)));
    fails(stranger, Reason.AUTH);
  }

  @Test
  void a_host_behind_a_living_proxy_that_is_down_itself_is_what_does_not_answer() {
    inner(1).stopSshd();
    fails(behind(inner(1), proxy(1), proxy(2)), Reason.CONNECT);
  }
}
