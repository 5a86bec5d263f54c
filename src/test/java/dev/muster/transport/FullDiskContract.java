package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.job.Reason;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** On a full disk nothing is started whose end could not be recorded. */
interface FullDiskContract {

  String SMALL = "/var/lib/small";

  Bench bench();

  private void mount() {
    bench().script("mkdir -p \"$1\" && mount -t tmpfs -o size=1M,mode=700 small \"$1\"", SMALL);
  }

  private void unmount() {
    bench().exec("umount", "-l", SMALL).orThrow();
  }

  /** Leaves this many free blocks of 4 KiB. */
  private void leave(int blocks) {
    bench()
        .script(
            """
            cat /dev/zero >"$1/fill" 2>/dev/null
            size=$(stat -c %s "$1/fill")
            [ "$2" -eq 0 ] || truncate -s $((size / 4096 * 4096 - $2 * 4096)) "$1/fill"
            """,
            SMALL, String.valueOf(blocks));
  }

  @Test
  default void on_a_full_disk_nothing_is_started_until_there_is_room() throws Exception {
    mount();
    try {
      HostSession session = bench().session(SMALL);
      leave(0);
      RunOrder order = bench().order(bench().key(), "exit 6");
      assertThat(session.start(order, () -> true))
          .isEqualTo(new StartReply.Refused(StartReply.Why.DISK_FULL));
      assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
      assertThat(bench().effects(order.key())).isZero();
      bench().exec("rm", SMALL + "/fill").orThrow();
      bench().start(session, order);
      assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(6));
      assertThat(bench().effects(order.key())).isOne();
    } finally {
      unmount();
    }
  }

  @Test
  default void without_room_for_the_runner_the_disk_is_full() {
    mount();
    try {
      leave(0);
      assertThatThrownBy(() -> bench().visit().directory(SMALL))
          .asInstanceOf(InstanceOfAssertFactories.type(TransportException.class))
          .extracting(TransportException::reason)
          .isEqualTo(Reason.DISK_FULL);
      bench().exec("rm", SMALL + "/fill").orThrow();
      assertThat(bench().exec("ls", "-A", SMALL).out()).isEmpty();
    } finally {
      unmount();
    }
  }

  @Test
  default void with_any_little_room_a_command_is_refused_or_wholly_recorded() throws Exception {
    mount();
    try {
      HostSession session = bench().session(SMALL);
      List<Boolean> started = new ArrayList<>();
      for (int blocks = 0; blocks < 8; blocks++) {
        leave(blocks);
        RunOrder order = bench().order(bench().key(), "exec env sleep 7767");
        StartReply reply = session.start(order, () -> true);
        started.add(reply instanceof StartReply.Started);
        if (reply instanceof StartReply.Started) {
          assertThat(session.halt(order.key())).as("with %d blocks", blocks).isTrue();
          assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(143));
        } else {
          assertThat(reply)
              .as("with %d blocks", blocks)
              .isEqualTo(new StartReply.Refused(StartReply.Why.DISK_FULL));
          assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
          assertThat(bench().effects(order.key())).isZero();
        }
        bench().script("cd \"$1\" && rm -rf fill runs", SMALL);
      }
      assertThat(started).startsWith(false).endsWith(true);
    } finally {
      unmount();
    }
  }

  @Test
  default void a_command_that_fills_the_disk_keeps_its_exit_code() throws Exception {
    mount();
    try {
      HostSession session = bench().session(SMALL);
      // The child takes every byte that becomes free, also while the runner records the end.
      RunOrder order =
          bench()
              .order(
                  bench().key(),
                  """
                  cat /dev/zero >"$2/fill" 2>/dev/null
                  (while :; do cat /dev/zero >>"$2/fill"; done) >/dev/null 2>&1 &
                  sleep 0.2
                  exit 8
                  """,
                  SMALL);
      bench().start(session, order);
      assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(8));
    } finally {
      bench().exec("pkill", "-KILL", "-f", "cat /dev/zero");
      unmount();
    }
  }
}
