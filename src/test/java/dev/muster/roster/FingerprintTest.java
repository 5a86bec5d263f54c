package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.Limits;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Equal errors have equal fingerprints, and errors with different remedies have not. */
class FingerprintTest {

  private static String print(String detail) {
    return Fingerprint.of(Reason.EXIT_CODE, 0, detail);
  }

  @ParameterizedTest(name = "{0} = {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "10.0.0.7 port 22: Connection refused ; 192.168.100.200 port 2222: Connection refused",
        "10.0.0.7 port 22: Connection refused ; fe80::7%eth0 port 22: Connection refused",
        "10.0.0.7 port 22: Connection refused ; alpha port 22: Connection refused",
        "root@10.0.0.7: No more methods ; root@fe80::1:2: No more methods",
        "root@alpha: No more methods ; root@web-07.prod.example: No more methods",
        "cannot bind to 10.0.0.7:28668 ; cannot bind to [2001:db8::17]:28668",
        "no route to ::ffff:10.0.0.1 now ; no route to ::1 now",
        "web-01: agent is down ; web-120.prod: agent is down",
        "VM-12-34-centos: agent is down ; gke-prod-pool-1-a3f9c2d1-xk2p: agent is down",
        "db.prod.example is full ; cache.test.example is full",
        "sudo: unable to resolve host alpha: Name or service not known ; sudo: unable to resolve host web-3: Name or service not known",
        "pid 7 is the one from before ; pid 1234567 is the one from before",
        "pid 1234567 is the one from before ; pid 12345678 is the one from before",
        "took 900ms ; took 1.5 s",
        "/data1 has 12 MiB free ; /data12 has 1.5 GiB free",
        "run 0189a7c2-1f00-7abc-8def-0123456789ab/3/restart_0/1 ; run 0289b7c2-2f00-7bbc-9def-1123456789ab/17/restart_0/2",
        "at 0x7ffee3c0 in main ; at 0x10 in main",
        "commit 9f86d081884c7d65 ; commit deadbeefcafe",
        "the key SHA256:uNiVztksCsDhcc0u9e8BgrJXVGLp7J0ZQxw is unknown ; the key SHA256:abcdefghijklmnopqrstuvwxyz/+Az is unknown",
        "card aa:bb:cc:dd:ee:ff is down ; card 00:16:3e:5e:6c:00 is down",
        "2026-11-23T20:51:00.123Z it fell over ; 2026-01-02 03:04:05 it fell over",
        "Nov 23 20:51:00 it fell over ; Jan  2 03:04:05 it fell over",
        "Mon Nov 23 20:51:42 UTC 2026 it fell over ; Tue Dec 1 03:04:05 CST 2026 it fell over",
        "20:51:42 it fell over ; 03:04 it fell over",
        "cannot open /tmp/agent.xK3jQp/lock: denied ; cannot open /var/tmp/abc/lock: denied",
        "cannot open /opt/tmp.Xk3jQpLm9A ; cannot open /opt/tmp.abcdefghij",
        "volume 'vol0abx12' is gone ; volume 'xyz9' is gone",
        "a   b ; a b"
      })
  void the_same_error_has_the_same_fingerprint(String here, String there) {
    assertThat(print(there)).as(Fingerprint.normal(here)).isEqualTo(print(here));
    assertThat(Fingerprint.normal(there)).isEqualTo(Fingerprint.normal(here));
  }

  @ParameterizedTest(name = "{0} <> {1}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "exit code 1: failed ; exit code 127: failed",
        "exit code 1 ; exit code 2",
        "HTTP 404 ; HTTP 503",
        "10.0.0.7 port 22: Connection refused ; 10.0.0.7 port 22: No route to host",
        "java.lang.NullPointerException ; java.lang.IllegalStateException",
        "gse.agent.service is not active ; gse.proxy.service is not active",
        "cannot open /etc/agent.conf ; cannot open /etc/proxy.conf",
        "libssl.so.3: no such file ; libcrypto.so.3: no such file",
        "user root is missing ; user deploy is missing",
        "'agent' is not active ; 'proxy' is not active"
      })
  void different_errors_have_different_fingerprints(String one, String other) {
    assertThat(print(one)).isNotEqualTo(print(other));
  }

  @Test
  void no_two_reasons_and_no_two_steps_share_a_fingerprint() {
    Set<String> prints = new HashSet<>();
    int expected = 0;
    for (Reason reason : Reason.values()) {
      for (int step = 0; step < 5; step++) {
        prints.add(Fingerprint.of(reason, step, "the same"));
      }
      expected += reason.atAnyStep() ? 1 : 5;
    }
    assertThat(prints).hasSize(expected);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void it_begins_with_the_reason_and_is_short(Reason reason) {
    for (String detail :
        List.of("", "x", "#", "\uE0007", "9:".repeat(5_000), "-1.".repeat(5_000))) {
      assertThat(Fingerprint.of(reason, 29, detail))
          .matches(reason.name() + "-[0-9a-f]{12}")
          .hasSizeLessThanOrEqualTo(32);
    }
  }

  @Test
  void it_stays_what_it_was() {
    assertThat(print("exit code 7: cannot bind to 10.0.0.1:28668"))
        .as("kept in rows: another one splits groups in two")
        .isEqualTo("EXIT_CODE-ff00a31bd8ed");
  }

  // ---- whatever a host is called, and whatever it met ----

  static Stream<String> errors() {
    return Stream.of(
        "%s port 22: Connection timed out",
        "root@%s: No more authentication methods available",
        "%s: cannot start the agent",
        "exit code 7: cannot bind to %s",
        "cannot reach %s, giving up",
        "peer \"%s\" is unknown");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("errors")
  void an_error_is_the_same_on_every_host(String error) {
    Random random = new Random(20_261_123);
    Set<String> prints = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      prints.add(print(error.formatted(host(random))));
    }
    assertThat(prints).hasSize(1);
  }

  private static String host(Random random) {
    return switch (random.nextInt(5)) {
      case 0 ->
          "%d.%d.%d.%d"
              .formatted(
                  random.nextInt(256),
                  random.nextInt(256),
                  random.nextInt(256),
                  random.nextInt(256));
      case 1 -> "fd00:%x::%x".formatted(random.nextInt(65_536), random.nextInt(65_536));
      case 2 -> "web-%02d".formatted(random.nextInt(200));
      case 3 -> "ip-10-0-%d-%d.ec2.internal".formatted(random.nextInt(256), random.nextInt(256));
      default -> "n%d.rack-%d.prod.example".formatted(random.nextInt(99), random.nextInt(99));
    };
  }

  @Test
  void an_error_is_the_same_whatever_it_met() {
    Random random = new Random(7);
    Set<String> prints = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      prints.add(
          print(
              String.format(
                  Locale.ROOT,
                  "%tF %<tT run %s: pid %d at 0x%x used %d KiB of '%s', %.2f s",
                  random.nextLong(4_000_000_000_000L),
                  new UUID(random.nextLong(), random.nextLong()),
                  random.nextInt(4_000_000),
                  random.nextLong(),
                  random.nextInt(1 << 20),
                  "id" + random.nextInt(1 << 20),
                  random.nextDouble(1_000))));
    }
    assertThat(prints).hasSize(1);
  }

  @Test
  void where_a_detail_was_cut_makes_no_difference() {
    String error = "%s said: " + "the disk is full and nothing could be written to it; ".repeat(20);
    Set<String> prints = new HashSet<>();
    for (String host : List.of("1.2.3.4", "192.168.100.200", "fd00:1234:5678:9abc::1:2:3")) {
      prints.add(print(error.formatted(host).substring(0, Limits.DETAIL_CHARS - 1) + "…"));
    }
    assertThat(prints).hasSize(1);
  }

  // ---- of outcomes ----

  @Test
  void only_a_host_that_failed_or_was_stopped_has_one() {
    assertThat(Fingerprint.of(new Outcome.Succeeded(), 3)).isNull();
    assertThat(Fingerprint.of(new Outcome.Skipped(Reason.HELD, "by job 7"), 0)).isNull();
    assertThat(Fingerprint.of(new Outcome.Failed(Reason.AUTH, "no"), 1))
        .isEqualTo(Fingerprint.of(Reason.AUTH, 1, "no"));
    assertThat(Fingerprint.of(new Outcome.Unreachable(Reason.LINK, "cut"), 1))
        .isEqualTo(Fingerprint.of(Reason.LINK, 1, "cut"));
    assertThat(Fingerprint.of(new Outcome.TimedOut("late"), 2))
        .isEqualTo(Fingerprint.of(Reason.TIMEOUT, 2, "late"));
    assertThat(Fingerprint.of(new Outcome.Stopped(Proof.STOPPED, "ended"), 2))
        .as("a stop is the same at every step")
        .isEqualTo(Fingerprint.of(Reason.STOPPED, 0, "ended"));
  }
}
