package dev.muster.step;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.Watch;
import dev.muster.job.Reason;
import dev.muster.transport.Inspection.Found;
import dev.muster.transport.Inspection.Login;
import dev.muster.transport.Inspection.Room;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a look at a host is worth. */
class FindingTest {

  private static final Login LOGIN =
      new Login("deploy", "10.0.0.7", 2222, "ssh-ed25519 SHA256:abc");

  private static void check(Finding finding, @Nullable Reason fault, String line) {
    assertThat(finding).isEqualTo(new Finding(fault, line));
  }

  @Test
  void a_connection_says_where_by_which_key_and_as_whom() {
    check(
        Finding.connection(LOGIN),
        null,
        "10.0.0.7 port 2222 proved ssh-ed25519 SHA256:abc and accepted deploy");
  }

  @ParameterizedTest(name = "{0}, user {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "NONE | 0 | - | deploy is root",
        "NONE | 1000 | - | deploy is user 1000, not root, and stays that: become is none",
        "SUDO | 0 | - | deploy became root by sudo",
        "DOAS | 0 | - | deploy became root by doas",
        "SUDO | 1000 | PRIVILEGE | sudo made it user 1000, not root"
      })
  void a_privilege_says_who_became_root_and_how(
      Become become, long uid, @Nullable Reason fault, String line) {
    Access access = new Access(1, "10.0.0.7", null, null, null, null, become);
    check(Finding.privilege(access, LOGIN, uid), fault, line);
  }

  @ParameterizedTest(name = "{0} ms")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "0 | - | its clock is 0 ms ahead of ours, give or take 6 ms",
        "-12 | - | its clock is 12 ms behind ours, give or take 6 ms",
        "1000 | - | its clock is 1000 ms ahead of ours, give or take 6 ms",
        "1001 | - | its clock is 1001 ms ahead of ours, give or take 6 ms: its logs and ours do not fit side by side",
        "300000 | - | its clock is 300000 ms ahead of ours, give or take 6 ms: its logs and ours do not fit side by side",
        "-300001 | CLOCK | its clock is 300001 ms behind ours, give or take 6 ms; at most 300 s"
      })
  void a_clock_is_mentioned_beyond_a_second_and_refused_beyond_five_minutes(
      long ahead, @Nullable Reason fault, String line) {
    check(Finding.clock(Duration.ofMillis(ahead), Duration.ofMillis(10)), fault, line);
  }

  @ParameterizedTest(name = "{1} KiB")
  @CsvSource(
      delimiter = '|',
      value = {
        "true | 800 | /var/lib/muster, 800 KiB free",
        "true | 1024 | /var/lib/muster, 1 MiB free",
        "true | 13000000 | /var/lib/muster, 12.4 GiB free",
        "false | 2048 | /var/lib/muster, 2 MiB free; the first command makes it",
        "true | -1 | /var/lib/muster, with room for a command"
      })
  void a_directory_says_how_much_room_it_has(boolean made, long free, String line) {
    check(Finding.room(new Room("/var/lib/muster", made, free)), null, line);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "EXECUTABLE, no process of the file it runs",
    "PIDFILE, the pid file it names no process that runs",
    "UNIT, the unit it is not active",
    "NOTHING, the profile names nothing to look for"
  })
  void an_agent_that_is_not_there_is_named_as_what_was_looked_for(Watch.Kind kind, String line) {
    check(
        Finding.agent(new Watch(kind, "it"), Optional.empty(), Instant.EPOCH),
        Reason.AGENT_NOT_FOUND,
        line);
  }

  @Test
  void an_agent_that_runs_has_a_pid_and_a_date() {
    Watch watch = new Watch(Watch.Kind.UNIT, "nginx");
    Instant now = Instant.parse("2026-11-23T10:00:00.700Z");
    check(
        Finding.agent(watch, Optional.of(new Found(7, Duration.ofMillis(61_500))), now),
        null,
        "nginx runs as pid 7 since 2026-11-23T09:58:59Z");
    check(Finding.agent(watch, Optional.of(new Found(0, null)), now), null, "nginx runs as pid 0");
  }
}
