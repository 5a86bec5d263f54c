package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.Watch;
import dev.muster.lab.NeedsLab;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No byte of a field is ever taken for shell text, whatever shell {@code /bin/sh} is. The seed is
 * printed; {@code -Dtransport.seed} repeats one.
 */
@NeedsLab
@ParameterizedClass
@MethodSource("machines")
class LiteralBytesTest {

  private static final int ORDERS = 10;
  private static final int VECTORS_PER_ORDER = 22;

  /**
   * Writes its arguments to the file $0, each with a NUL after it, by a shell that is not tested.
   */
  private static final List<String> WRITE = List.of("bash", "-c", "printf '%s\\0' \"$@\" >>\"$0\"");

  private static final List<String> NASTY =
      List.of(
          "'",
          "\"",
          "'\\''",
          "\\",
          "\\\\",
          "\\n",
          "\\c",
          "\\0101",
          "\\x41",
          "\\",
          "$",
          "$$",
          "${",
          "$(",
          "$(touch /tmp/trap)",
          "`touch /tmp/trap`",
          "$HOME",
          "${HOME}",
          "$((1+1))",
          "%",
          "%s",
          "%b%n",
          "%%",
          "!",
          "!!",
          "!$",
          "\t",
          "\n",
          "\r\n",
          "\n\n",
          " ",
          "  ",
          "-",
          "--",
          "-n",
          "-e",
          "--help",
          ";",
          "&",
          "&&",
          "|",
          "<",
          ">",
          ">/tmp/trap",
          "(",
          ")",
          "{a,b}",
          "[a-z]*",
          "*",
          "?",
          "~",
          "~root",
          "#",
          "=",
          "a=b",
          "ok",
          "go",
          "started",
          "EOF",
          "\u007f",
          "\u001b[31m",
          "\u0001",
          "\u0080",
          "\u00a0",
          "\u00ff",
          "é",
          "e\u0301",
          "中文",
          "🦆",
          "\u202e",
          "\u2028",
          "\ufeff",
          "");

  private final LocalShell machine;
  private Bench bench;

  LiteralBytesTest(LocalShell machine) {
    this.machine = machine;
  }

  static Stream<LocalShell> machines() {
    return ShellKind.installed().map(LocalShell::start);
  }

  @BeforeEach
  void begin() {
    bench = new Bench(machine);
  }

  @AfterEach
  void end() throws TransportException {
    bench.close();
  }

  private static String word(RandomGenerator random) {
    int parts = random.nextInt(6);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < parts; i++) {
      if (random.nextInt(3) == 0) {
        word.append((char) random.nextInt(1, 0x100));
      } else {
        word.append(NASTY.get(random.nextInt(NASTY.size())));
      }
    }
    return word.toString();
  }

  private static List<String> vector(RandomGenerator random) {
    return Stream.generate(() -> word(random)).limit(random.nextInt(1, 9)).toList();
  }

  /** Runs the vectors in one order and compares, byte for byte, what arrived. */
  private void arrive(HostSession session, List<List<String>> vectors) throws Exception {
    RunKey key = bench.key();
    String file = "/tmp/" + key.toString().replace('/', '-');
    List<List<String>> commands = new ArrayList<>();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (List<String> vector : vectors) {
      List<String> command = new ArrayList<>(WRITE);
      command.add(file);
      command.addAll(vector);
      commands.add(command);
      for (String word : vector) {
        expected.writeBytes(word.getBytes(StandardCharsets.UTF_8));
        expected.write(0);
      }
    }
    bench.start(
        session,
        new RunOrder(key, "digest", bench.order(key).token(), Watch.NOTHING, "", commands));
    assertThat(bench.end(session, key)).isEqualTo(new RunState.Done(0));
    assertSame(machine.file(file), expected.toByteArray());
  }

  /** Shows only where they differ, for there may be much of it. */
  private static void assertSame(byte[] arrived, byte[] expected) {
    int differs = Arrays.mismatch(arrived, expected);
    assertThat(around(arrived, differs)).isEqualTo(around(expected, differs));
  }

  private static String around(byte[] bytes, int place) {
    StringBuilder text = new StringBuilder();
    int end = Math.min(bytes.length, place + 20);
    for (int i = Math.max(0, place - 40); place >= 0 && i < end; i++) {
      text.append(bytes[i] > ' ' ? String.valueOf((char) bytes[i]) : "<%02x>".formatted(bytes[i]));
    }
    return text.toString();
  }

  @Test
  void random_vectors_arrive_as_they_are() throws Exception {
    RandomGenerator random = CrashContract.random("literal bytes, " + machine);
    HostSession session = bench.session();
    for (int i = 0; i < ORDERS; i++) {
      arrive(session, Stream.generate(() -> vector(random)).limit(VECTORS_PER_ORDER).toList());
    }
    assertThat(bench.exec("ls", "/tmp/trap").exit()).isNotZero();
  }

  @Test
  void every_character_arrives_alone_and_every_nasty_word_first_and_last() throws Exception {
    List<String> characters =
        IntStream.range(1, 0x100).mapToObj(c -> String.valueOf((char) c)).toList();
    List<String> backwards = new ArrayList<>(NASTY);
    java.util.Collections.reverse(backwards);
    arrive(bench.session(), List.of(characters, NASTY, backwards, List.of(""), List.of("\n")));
  }

  @Test
  void a_long_word_arrives_whole() throws Exception {
    String plain = "x".repeat(100_000);
    String nasty = "'\n".repeat(10_000);
    arrive(bench.session(), List.of(List.of(plain, nasty, "after")));
  }

  @Test
  void a_directory_and_a_pid_file_may_have_any_name() throws Exception {
    String name = "/tmp/a b'\"$(touch /tmp/trap)`id`\\n*!\n\té-";
    String pidFile = name + "/agent.pid\n";
    bench.script("mkdir -p \"$1\" && echo 1 >\"$2\"", name, pidFile);
    Watch watch = new Watch(Watch.Kind.PIDFILE, pidFile);
    RunOrder plain = bench.command(bench.key(), "sh", "-c", "pwd; echo x >here");
    RunOrder order =
        new RunOrder(plain.key(), "digest", plain.token(), watch, name, plain.commands());
    HostSession session = bench.session();
    bench.start(session, order);
    assertThat(bench.end(session, order.key())).isEqualTo(new RunState.Done(0));
    assertThat(bench.output(session, order.key(), 1000)).asString().isEqualTo(name + "\n");
    assertThat(bench.exec("cat", name + "/here").out()).isEqualTo("x\n");
    assertThat(session.effect(order.key(), watch).is())
        .isInstanceOfSatisfying(
            Effect.Seen.Running.class, running -> assertThat(running.pid()).isEqualTo(1));
    assertThat(bench.exec("ls", "/tmp/trap").exit()).isNotZero();
  }

  @Test
  void a_word_that_no_argument_can_be_is_refused() {
    List<String> command = Arrays.asList("echo", "a\0b");
    RunKey key = bench.key();
    assertThatThrownBy(() -> new RunOrder(key, "digest", 1, Watch.NOTHING, "", List.of(command)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
