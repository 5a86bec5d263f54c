package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.Watch;
import dev.muster.host.Watch.Kind;
import dev.muster.job.Reason;
import dev.muster.transport.Inspection.Found;
import dev.muster.transport.Inspection.Room;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What is seen by looking, and that looking leaves nothing behind. */
interface InspectionContract {

  String DAEMON = "/tmp/seen/bin/seend";

  Bench bench();

  @Test
  default void the_user_and_the_date_are_those_of_the_host() throws Exception {
    Inspection inspection = bench().inspection();
    assertThat(inspection.uid()).isZero();
    Instant before = Instant.now();
    Instant there = inspection.date();
    assertThat(there).isBetween(before.minusMillis(1_001), Instant.now().plusMillis(1));
  }

  @Test
  default void a_process_is_found_with_its_age() throws Exception {
    Inspection inspection = bench().inspection();
    Watch executable = new Watch(Kind.EXECUTABLE, DAEMON);
    Watch pidFile = new Watch(Kind.PIDFILE, "/tmp/seen/pid");
    bench().script("rm -rf /tmp/seen; mkdir -p /tmp/seen/bin; cp /bin/sleep \"$1\"", DAEMON);
    assertThat(inspection.process(executable)).isEmpty();
    assertThat(inspection.process(pidFile)).isEmpty();
    bench()
        .script(
            """
            "$1" 7764 >/dev/null 2>&1 &
            echo $! >/tmp/seen/pid
            until [ /proc/$!/exe -ef "$1" ]; do sleep 0.01; done
            sleep 1
            """,
            DAEMON);
    long pid = Long.parseLong(bench().exec("cat", "/tmp/seen/pid").out().strip());
    for (Watch watch : List.of(executable, pidFile)) {
      Found found = inspection.process(watch).orElseThrow();
      assertThat(found.pid()).isEqualTo(pid);
      assertThat(found.age()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(60));
    }
    bench().exec("kill", "-KILL", String.valueOf(pid)).orThrow();
    bench().script("while kill -0 \"$1\" 2>/dev/null; do sleep 0.01; done", String.valueOf(pid));
    assertThat(inspection.process(executable)).isEmpty();
    assertThat(inspection.process(pidFile)).isEmpty();
    bench().exec("rm", "-rf", "/tmp/seen").orThrow();
  }

  @Test
  default void room_is_proved_where_records_live_or_would_live_and_nothing_is_left()
      throws Exception {
    Inspection inspection = bench().inspection();
    String parent = "/var/lib/rooms-" + System.nanoTime();
    String made = parent + "/made here";
    bench().script("mkdir -p -m 700 \"$1\"", made);
    for (String directory : List.of(made, parent + "/not/yet made", "/" + parent + "//x")) {
      Room room = inspection.room(directory);
      assertThat(room.directory()).isEqualTo(directory);
      assertThat(room.made()).isEqualTo(directory.equals(made));
      assertThat(room.freeKib()).isPositive();
    }
    assertThat(bench().exec("find", parent).out().lines()).containsExactlyInAnyOrder(parent, made);
    assertThat(inspection.room(null).directory()).isEqualTo(Bench.DIRECTORY);
    assertThat(bench().exec("ls", "-A", "/var/lib").out()).doesNotContain(".muster-room");
  }

  @Test
  default void no_room_is_said_with_the_same_reasons_as_by_a_session() throws Exception {
    String foreign = "/var/lib/not-ours-" + System.nanoTime();
    bench().script("mkdir -m 755 \"$1\" && chown 4242 \"$1\"", foreign);
    noRoom(foreign, Reason.RUN_DIRECTORY);
    noRoom("/etc/passwd/muster", Reason.RUN_DIRECTORY);
    noRoom("/proc/muster", Reason.RUN_DIRECTORY);

    String small = "/var/lib/no-room-" + System.nanoTime();
    bench().script("mkdir \"$1\" && mount -t tmpfs -o ro,mode=700 small \"$1\"", small);
    noRoom(small, Reason.RUN_DIRECTORY);
    bench().exec("mount", "-o", "remount,rw,size=32k", small).orThrow();
    noRoom(small, Reason.DISK_FULL);
    noRoom(small + "/below", Reason.DISK_FULL);
    assertThat(bench().exec("ls", "-A", small).out()).isEmpty();
    bench().exec("mount", "-o", "remount,size=256k", small).orThrow();
    assertThat(bench().inspection().room(small).freeKib()).isBetween(200L, 256L);
    bench().exec("umount", small).orThrow();
  }

  private void noRoom(String directory, Reason reason) {
    assertThatThrownBy(() -> bench().inspection().room(directory))
        .as(directory)
        .asInstanceOf(InstanceOfAssertFactories.type(TransportException.class))
        .extracting(TransportException::reason)
        .isEqualTo(reason);
  }

  @Test
  default void a_look_waits_for_no_command_and_disturbs_none() throws Exception {
    HostSession session = bench().session();
    RunOrder order = bench().order(bench().key());
    bench().start(session, order);
    Inspection inspection = bench().inspection();
    assertThat(inspection.room(Bench.DIRECTORY).made()).isTrue();
    inspection.date();
    inspection.process(new Watch(Kind.EXECUTABLE, DAEMON));
    assertThat(session.probe(order.key(), "digest")).isInstanceOf(RunState.Running.class);
    assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(0));
    assertThat(bench().effects(order.key())).isEqualTo(1);
  }
}
