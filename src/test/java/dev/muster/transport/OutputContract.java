package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a command prints arrives as it is, and holds up neither the command nor its end. */
interface OutputContract {

  int MOST_BYTES = 4 * 1024 * 1024;

  Bench bench();

  @Test
  default void any_bytes_arrive_at_the_right_offsets() throws Exception {
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    StringBuilder format = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      expected.write(b);
      format.append("\\%03o".formatted(b));
    }
    byte[] invalid = {(byte) 0xc3, 0x28, (byte) 0xed, (byte) 0xa0, (byte) 0x80, (byte) 0xff};
    expected.writeBytes(invalid);
    format.append("\\303\\050\\355\\240\\200\\377");
    byte[] line = "x".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
    expected.writeBytes(line);
    RunOrder order =
        bench()
            .order(
                bench().key(),
                "printf \"$2\"; head -c \"$3\" /dev/zero | tr '\\0' x",
                format.toString(),
                String.valueOf(line.length));
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    HostSession session = bench().session();
    for (int piece : List.of(7_777, 32 * 1024, 10_000_000)) {
      assertThat(bench().output(session, order.key(), piece)).isEqualTo(expected.toByteArray());
    }
    assertThat(session.follow(order.key(), 255, 2).output())
        .isEqualTo(ByteBuffer.wrap(new byte[] {(byte) 0xff, (byte) 0xc3}));
  }

  @Test
  default void output_arrives_while_the_command_runs() throws Exception {
    HostSession session = bench().session();
    RunOrder order = bench().order(bench().key(), "printf early; sleep 3; echo; echo late >&2");
    bench().start(session, order);
    Followed early =
        await()
            .until(() -> session.follow(order.key(), 0, 100), next -> next.output().hasRemaining());
    assertThat(early.state()).isInstanceOf(RunState.Running.class);
    Instant begin = Instant.now();
    assertThat(session.follow(order.key(), 5, 100).output().hasRemaining()).isFalse();
    assertThat(Duration.between(begin, Instant.now()))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(3));
    assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(0));
    assertThat(bench().output(session, order.key(), 100)).asString().isEqualTo("early\nlate\n");
  }

  @Test
  default void many_small_writes_all_arrive() throws Exception {
    int lines = 100_000;
    RunOrder order =
        bench()
            .order(
                bench().key(),
                "i=0; while [ $i -lt $2 ]; do echo $i; i=$((i + 1)); done",
                String.valueOf(lines));
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    String expected =
        IntStream.range(0, lines).mapToObj(i -> i + "\n").collect(Collectors.joining());
    assertThat(bench().output(bench().session(), order.key(), 100_000))
        .asString()
        .isEqualTo(expected);
  }

  @Test
  default void a_flood_is_cut_and_does_not_hold_up_the_command() throws Exception {
    RunOrder order =
        bench().order(bench().key(), "head -c 500000000 /dev/zero && echo whole >/tmp/whole");
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    assertThat(bench().exec("cat", "/tmp/whole").out()).isEqualTo("whole\n");
    String record = Bench.DIRECTORY + "/runs/" + order.key();
    long bytes = Long.parseLong(bench().script("cat \"$1\"/* | wc -c", record).strip());
    assertThat(bytes).isBetween((long) MOST_BYTES, MOST_BYTES + 1024L);
    assertThat(bench().output(bench().session(), order.key(), 1 << 20)).hasSize(MOST_BYTES);
  }

  @Test
  default void a_child_that_keeps_the_output_open_does_not_delay_the_end() throws Exception {
    HostSession session = bench().session();
    RunOrder order =
        bench().order(bench().key(), "echo said; (env sleep 7769; echo unheard) & exit 4");
    Instant begin = Instant.now();
    bench().start(session, order);
    assertThat(bench().end(session, order.key())).isEqualTo(new RunState.Done(4));
    assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(3));
    assertThat(bench().output(session, order.key(), 100)).asString().isEqualTo("said\n");
    assertThat(bench().processes("sleep 7769")).hasSize(1);
    // It does not hold the host either.
    assertThat(bench().complete(bench().order(bench().key(), "exit 0")))
        .isEqualTo(new RunState.Done(0));
    bench().exec("pkill", "-f", "-x", "sleep 7769").orThrow();
  }

  @Test
  default void commands_run_in_order_until_one_fails() throws Exception {
    RunKey key = bench().key();
    RunOrder order =
        new RunOrder(
            key,
            "digest",
            bench().order(key).token(),
            dev.muster.host.Watch.NOTHING,
            "/usr",
            List.of(
                List.of("pwd"),
                List.of("sh", "-c", "echo two; echo err >&2"),
                List.of("sh", "-c", "exit 9"),
                List.of("echo", "never")));
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(9));
    assertThat(bench().output(bench().session(), key, 100))
        .asString()
        .isEqualTo("/usr\ntwo\nerr\n");
  }

  @Test
  default void a_command_that_cannot_be_run_says_so() throws Exception {
    RunOrder missing = bench().command(bench().key(), "/no/such/program");
    assertThat(bench().complete(missing)).isEqualTo(new RunState.Done(127));
    RunOrder data = bench().command(bench().key(), "/etc/passwd");
    assertThat(bench().complete(data)).isEqualTo(new RunState.Done(126));
    RunOrder nowhere =
        new RunOrder(
            bench().key(),
            "digest",
            data.token(),
            data.watch(),
            "/no/such/directory",
            data.commands());
    assertThat(bench().complete(nowhere)).isEqualTo(new RunState.Done(126));
    assertThat(bench().output(bench().session(), nowhere.key(), 1000))
        .asString()
        .contains("/no/such/directory");
  }

  @Test
  default void a_command_inherits_nothing_of_the_runner() throws Exception {
    boolean plain = bench().exec("env", "--default-signal=INT,QUIT", "true").exit() == 0;
    RunOrder order =
        bench()
            .order(
                bench().key(),
                """
                umask
                ls -l /proc/$$/fd
                grep SigIgn /proc/self/status
                env sleep 7768 >/dev/null 2>&1 &
                """);
    assertThat(bench().complete(order)).isEqualTo(new RunState.Done(0));
    String said =
        new String(
            bench().output(bench().session(), order.key(), 10_000), StandardCharsets.US_ASCII);
    // Its input is nothing, its output a pipe to the record, and that is all.
    assertThat(said)
        .contains("/dev/null", "pipe")
        .doesNotContain("/lock")
        .matches("(?s)0000?\\n.*");
    // The lock is free while the daemon lives.
    assertThat(bench().processes("sleep 7768")).hasSize(1);
    assertThat(bench().complete(bench().order(bench().key(), "exit 0")))
        .isEqualTo(new RunState.Done(0));
    bench().exec("pkill", "-f", "-x", "sleep 7768").orThrow();
    assumeTrue(plain, "env cannot reset signals here");
    String mask = said.replaceAll("(?s).*SigIgn:\\s*([0-9a-f]+).*", "$1");
    // Above 31 are the C library's own.
    assertThat(Long.parseUnsignedLong(mask, 16) & 0x7fffffff)
        .as("ignored signals: %s", mask)
        .isZero();
  }
}
