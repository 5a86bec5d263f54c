package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.job.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.codec.digest.DigestUtils;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** A file that is brought to a host is kept there under its digest, whole or not at all. */
interface DeliveryContract {

  String NARROW = "/var/lib/narrow";

  /** Of a size that no buffer has. */
  int BYTES = 2_000_017;

  Bench bench();

  /** Bytes that no other test brings. */
  private static Path payload() throws IOException {
    byte[] bytes = new byte[BYTES];
    new Random().nextBytes(bytes);
    return Files.write(Files.createTempFile("muster-payload-", ""), bytes);
  }

  private static String digest(Path file) throws IOException {
    return DigestUtils.sha256Hex(Files.readAllBytes(file));
  }

  private void refused(Reason reason, HostSession session, String digest, Path file) {
    assertThatThrownBy(() -> session.receive(digest, file, () -> true))
        .asInstanceOf(InstanceOfAssertFactories.type(TransportException.class))
        .extracting(TransportException::reason)
        .isEqualTo(reason);
  }

  @Test
  default void a_file_arrives_byte_for_byte_and_only_once() throws Exception {
    Path file = payload();
    String digest = digest(file);
    String path = bench().session().receive(digest, file, () -> true);
    assertThat(path).isEqualTo(Bench.DIRECTORY + "/files/" + digest);
    assertThat(bench().machine().file(path)).isEqualTo(Files.readAllBytes(file));
    HostSession again = bench().session();
    AtomicInteger pieces = new AtomicInteger();
    assertThat(again.receive(digest, file, () -> pieces.incrementAndGet() > 0)).isEqualTo(path);
    assertThat(pieces).hasValue(0);
    assertThat(again.file(path)).as("the session goes on").contains(digest);
    Files.delete(file);
  }

  @Test
  default void one_that_was_cut_off_goes_on_where_it_ended() throws Exception {
    Path file = payload();
    String digest = digest(file);
    String part = Bench.DIRECTORY + "/files/" + digest + ".part";
    AtomicInteger first = new AtomicInteger();
    HostSession cut = bench().session();
    assertThatThrownBy(
            () ->
                cut.receive(
                    digest, file, () -> first.incrementAndGet() < 5 || !arrived(part, 500_000)))
        .isInstanceOf(TransportException.class);
    // Nothing of it writes there any more.
    bench()
        .script(
            """
            size=none
            until [ "$size" = "$(wc -c <"$1")" ]; do size=$(wc -c <"$1"); sleep 0.5; done
            """,
            part);
    AtomicInteger second = new AtomicInteger();
    String path = bench().session().receive(digest, file, () -> second.incrementAndGet() > 0);
    assertThat(second.get()).as("pieces of the second").isPositive().isLessThan(8);
    assertThat(bench().machine().file(path)).isEqualTo(Files.readAllBytes(file));
    assertThat(bench().session().file(part)).isEmpty();
    Files.delete(file);
  }

  /** Waits until so much of it is there. */
  private boolean arrived(String part, int bytes) {
    bench()
        .script(
            "until [ \"$(wc -c <\"$1\" 2>/dev/null || echo 0)\" -ge \"$2\" ]; do sleep 0.05; done",
            part,
            String.valueOf(bytes));
    return true;
  }

  @Test
  default void one_that_arrives_damaged_is_not_kept() throws Exception {
    Path file = payload();
    String other = DigestUtils.sha256Hex("something else " + System.nanoTime());
    refused(Reason.LINK, bench().session(), other, file);
    String path = Bench.DIRECTORY + "/files/" + other;
    HostSession session = bench().session();
    assertThat(session.file(path)).isEmpty();
    assertThat(session.file(path + ".part")).isEmpty();
    Files.delete(file);
  }

  @Test
  default void on_a_full_disk_nothing_of_it_is_left() throws Exception {
    Path file = payload();
    bench().script("mkdir -p \"$1\" && mount -t tmpfs -o size=1M,mode=700 narrow \"$1\"", NARROW);
    try {
      refused(Reason.DISK_FULL, bench().session(NARROW), digest(file), file);
      assertThat(bench().exec("ls", "-A", NARROW + "/files").out()).isEmpty();
    } finally {
      bench().exec("umount", "-l", NARROW).orThrow();
      Files.delete(file);
    }
  }

  @Test
  default void what_is_at_a_path_is_told() throws Exception {
    String path = "/tmp/what is here; $(reboot) '" + System.nanoTime();
    HostSession session = bench().session();
    assertThat(session.file(path)).isEmpty();
    bench().script("printf abc >\"$1\"", path);
    assertThat(session.file(path)).contains(DigestUtils.sha256Hex("abc"));
    bench().script("rm \"$1\" && ln -s /nowhere \"$1\"", path);
    assertThat(session.file(path)).contains("other");
    bench().script("rm \"$1\" && mkdir \"$1\"", path);
    assertThat(session.file(path)).contains("other");
    bench().script("rmdir \"$1\"", path);
    assertThat(session.machine()).isNotEmpty();
  }
}
