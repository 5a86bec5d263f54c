package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.job.Reason;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Where a host keeps its run records, and for how long. */
interface DirectoryContract {

  Bench bench();

  @Test
  default void a_recorded_directory_is_used_again() throws Exception {
    String own = "/var/lib/own-" + System.nanoTime() + "/of muster";
    HostSession session = bench().session(own);
    RunOrder order = bench().order(bench().key(), "exit 3");
    bench().start(session, order);
    assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(3));

    HostSession again = bench().visit();
    assertThat(again.directory(own)).isEqualTo(own);
    assertThat(again.probe(order.key(), "digest")).isEqualTo(new RunState.Done(3));
    assertThat(bench().session().probe(order.key(), "digest")).isEqualTo(new RunState.NotStarted());
    assertThat(bench().exec("stat", "-c", "%a", own).out()).isEqualTo("700\n");
  }

  @Test
  default void without_a_recorded_directory_one_is_decided_and_stays() throws Exception {
    String decided = bench().visit().directory(null);
    assertThat(decided).isEqualTo(Bench.DIRECTORY);
    assertThat(bench().visit().directory(null)).isEqualTo(decided);
    assertThat(bench().visit().directory(decided)).isEqualTo(decided);
  }

  @Test
  default void a_directory_of_somebody_else_is_refused_and_left_alone() {
    String foreign = "/var/lib/foreign-" + System.nanoTime();
    bench().script("mkdir -m 755 \"$1\" && chown 4242 \"$1\"", foreign);
    refuses(foreign);
    assertThat(bench().exec("stat", "-c", "%u %a", foreign).out()).isEqualTo("4242 755\n");
    assertThat(bench().exec("ls", "-A", foreign).out()).isEmpty();
  }

  @Test
  default void what_cannot_be_written_is_refused() {
    refuses("/etc/passwd/muster");
    refuses("/proc/muster");
    String readOnly = "/var/lib/read-only-" + System.nanoTime();
    bench().script("mkdir \"$1\" && mount -t tmpfs -o ro,mode=700 small \"$1\"", readOnly);
    refuses(readOnly);
    bench().exec("umount", readOnly).orThrow();
  }

  private void refuses(String directory) {
    assertThatThrownBy(() -> bench().visit().directory(directory))
        .hasMessageContaining(directory)
        .asInstanceOf(InstanceOfAssertFactories.type(TransportException.class))
        .extracting(TransportException::reason)
        .isEqualTo(Reason.RUN_DIRECTORY);
  }

  @Test
  default void records_older_than_thirty_days_are_removed_and_no_others() throws Exception {
    RunOrder order = bench().order(bench().key(), "sleep 0.5");
    HostSession session = bench().session();
    bench().start(session, order);
    bench()
        .script(
            """
            cd "$1/runs"
            mkdir -p old-31/0/step/1 young-29/0/step/1
            touch -d '31 days ago' old-31 "${2%%/*}"
            touch -d '29 days ago' young-29
            """,
            Bench.DIRECTORY, order.key().toString());
    assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(0));
    String runs = Bench.DIRECTORY + "/runs";
    await().until(() -> !bench().exec("ls", runs).out().contains("old-31"));
    assertThat(bench().exec("ls", runs).out()).contains("young-29", order.key().job().toString());
    assertThat(session.probe(order.key(), "digest")).isEqualTo(new RunState.Done(0));
  }
}
