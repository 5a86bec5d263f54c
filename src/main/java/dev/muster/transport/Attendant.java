package dev.muster.transport;

import dev.muster.host.Watch;
import dev.muster.job.Reason;
import dev.muster.transport.Effect.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with the attendant at the far end of a wire. A call that is not answered in time cuts the
 * wire.
 */
public final class Attendant implements HostSession, Inspection {

  private static final RunnerScript SCRIPT = RunnerScript.load();
  private static final String GREETING = "muster-runner 1 ";
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);

  /** A stop waits on the host for three signals. */
  private static final Duration HALT_WITHIN = Duration.ofSeconds(30);

  /** A host has to read it all once more. */
  private static final Duration DIGEST_WITHIN = Duration.ofMinutes(2);

  private static final int PIECE = 256 * 1024;
  private static final int MOST_NOISE_LINES = 200;

  /** Some programs know no parts of a second, and repeat the word for them. */
  private static final Pattern DATE = Pattern.compile("date ([0-9]{1,18})(?:\\.([0-9]{9})$)?");

  private final Conversation host;
  private long uid = -1;
  private String machine = "";

  private Attendant(Conversation host) {
    this.host = host;
  }

  /**
   * Sends the runner through the wire and waits for its greeting.
   *
   * @param deadlines cuts wires that do not answer
   * @throws TransportException LINK if there is no greeting, OS_NOT_SUPPORTED if the system has no
   *     runner
   */
  public static Attendant greet(Wire wire, ScheduledExecutorService deadlines)
      throws TransportException {
    Attendant attendant = new Attendant(new Conversation(wire, deadlines));
    String greeting = attendant.host.within(ANSWER_WITHIN, attendant::awaitGreeting);
    String[] words = greeting.substring(GREETING.length()).split(" ", -1);
    String system = words[0];
    if (!system.equals("Linux")) {
      attendant.close();
      throw new TransportException(Reason.OS_NOT_SUPPORTED, "the host runs " + system);
    }
    if (List.of(words).contains("logout-kills")) {
      attendant.close();
      throw new TransportException(
          Reason.PRIVILEGE,
          "logind ends what an account leaves behind (KillUserProcesses=yes); give the host become: sudo");
    }
    attendant.machine = words.length > 4 ? words[4] : "";
    attendant.uid = words[1].matches("[0-9]{1,10}") ? Long.parseLong(words[1]) : -1;
    return attendant;
  }

  private String awaitGreeting() throws IOException {
    host.send(SCRIPT.line());
    // Whatever a login shell or a banner prints first is passed over, even half a line.
    for (int i = 0; i < MOST_NOISE_LINES; i++) {
      String line = host.line();
      int greeting = line.indexOf(GREETING);
      if (greeting >= 0) {
        return line.substring(greeting);
      }
    }
    throw new IOException("no greeting from the runner");
  }

  @Override
  public String directory(@Nullable String recorded) throws TransportException {
    String answer =
        host.ask(ANSWER_WITHIN, "directory", recorded == null ? "" : recorded, SCRIPT.version())
            .getFirst();
    return orRefused(answer, "directory ");
  }

  private static String orRefused(String answer, String accepted) throws TransportException {
    if (answer.startsWith(accepted)) {
      return answer.substring(accepted.length());
    }
    String why = answer.replaceFirst("^refused ", "");
    for (Reason reason : List.of(Reason.DISK_FULL, Reason.LINK, Reason.OS_NOT_SUPPORTED)) {
      if (why.startsWith(reason.name())) {
        throw new TransportException(reason, why);
      }
    }
    throw new TransportException(Reason.RUN_DIRECTORY, why);
  }

  @Override
  public RunState probe(RunKey key, String digest) throws TransportException {
    return RunState.read(host.ask(ANSWER_WITHIN, "probe", key.toString(), digest).getFirst());
  }

  @Override
  public StartReply start(RunOrder order, BooleanSupplier permit) throws TransportException {
    List<String> words = new ArrayList<>();
    for (List<String> command : order.commands()) {
      words.add(String.valueOf(command.size()));
      words.addAll(command);
    }
    List<String> request = new ArrayList<>();
    request.add("start");
    request.add(order.key().toString());
    request.add(order.digest());
    request.add(String.valueOf(order.token()));
    request.add(order.watch().kind().name().toLowerCase(Locale.ROOT));
    request.add(order.watch().subject());
    request.add(order.directory());
    request.add(String.valueOf(words.size()));
    request.addAll(words);
    host.within(
        ANSWER_WITHIN,
        () -> {
          host.sendAll(request);
          host.expect("ready");
          return "";
        });
    // The permit may take its time; the host's own clock says whether it came in time.
    boolean permitted = permit.getAsBoolean();
    String answer = host.ask(ANSWER_WITHIN, permitted ? "go" : "no").getFirst();
    return switch (answer) {
      case "started", "exists" -> new StartReply.Started();
      case "refused WITHDRAWN" -> new StartReply.Withdrawn();
      default -> new StartReply.Refused(why(answer));
    };
  }

  private static StartReply.Why why(String answer) {
    for (StartReply.Why why : StartReply.Why.values()) {
      if (answer.equals("refused " + why)) {
        return why;
      }
    }
    return StartReply.Why.DIED;
  }

  @Override
  public Followed follow(RunKey key, long offset, int mostBytes) throws TransportException {
    return host.within(
        ANSWER_WITHIN,
        () -> {
          host.sendAll(
              List.of("follow", key.toString(), String.valueOf(offset), String.valueOf(mostBytes)));
          RunState state = RunState.read(host.line());
          String size = host.line();
          byte[] output = host.bytes(Integer.parseInt(size.substring("bytes ".length())));
          host.expect("ok");
          return new Followed(state, ByteBuffer.wrap(output));
        });
  }

  @Override
  public boolean halt(RunKey key) throws TransportException {
    return host.ask(HALT_WITHIN, "halt", key.toString()).getFirst().equals("stopped");
  }

  @Override
  public Effect effect(RunKey key, Watch watch) throws TransportException {
    List<String> answer =
        host.ask(
            ANSWER_WITHIN,
            "effect",
            key.toString(),
            watch.kind().name().toLowerCase(Locale.ROOT),
            watch.subject());
    return understood(
        answer,
        () ->
            new Effect(
                Long.parseLong(answer.get(0).substring("began ".length())),
                Seen.read(answer.get(1).substring(4)),
                Seen.read(answer.get(2).substring(3))));
  }

  @Override
  public String machine() {
    return machine;
  }

  @Override
  public String receive(String digest, Path file, BooleanSupplier goOn) throws TransportException {
    String answer =
        host.within(
            ANSWER_WITHIN,
            () -> {
              host.sendAll(List.of("receive", digest, String.valueOf(Files.size(file))));
              return host.line();
            });
    if (answer.startsWith("from ")) {
      long from = understood(List.of(answer), () -> Long.parseLong(answer.substring(5)));
      return orRefused(pour(file, from, goOn), "have ");
    }
    host.within(ANSWER_WITHIN, () -> expectOk());
    return orRefused(answer, "have ");
  }

  /** Every piece is given its time, so that a slow link is not a broken one. */
  private String pour(Path file, long from, BooleanSupplier goOn) throws TransportException {
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(from);
      byte[] piece = new byte[PIECE];
      for (int n = in.read(piece); n > 0; n = in.read(piece)) {
        int bytes = n;
        if (!goOn.getAsBoolean()) {
          host.cut();
          throw new TransportException(Reason.LINK, "no longer wanted");
        }
        host.within(
            ANSWER_WITHIN,
            () -> {
              host.write(piece, bytes);
              return "";
            });
      }
    } catch (IOException e) {
      host.cut();
      throw new UncheckedIOException(e);
    }
    return host.within(
        DIGEST_WITHIN,
        () -> {
          host.finish();
          return host.line();
        });
  }

  private String expectOk() throws IOException {
    host.expect("ok");
    return "";
  }

  @Override
  public Optional<String> file(String path) throws TransportException {
    String[] answer = host.ask(ANSWER_WITHIN, "file", path).getFirst().split(" ", 2);
    return understood(
        List.of(answer),
        () -> answer[1].equals("absent") ? Optional.empty() : Optional.of(answer[1]));
  }

  private static <T> T understood(List<String> answer, Supplier<T> read) throws TransportException {
    try {
      return read.get();
    } catch (RuntimeException e) {
      throw new TransportException(Reason.LINK, "the runner's answer makes no sense: " + answer);
    }
  }

  @Override
  public long uid() {
    return uid;
  }

  @Override
  public Instant date() throws TransportException {
    List<String> answer = host.ask(ANSWER_WITHIN, "date_now");
    return understood(
        answer,
        () -> {
          Matcher date = DATE.matcher(answer.getFirst());
          if (!date.lookingAt()) {
            throw new IllegalArgumentException("not a date");
          }
          long nanos = date.group(2) == null ? 0 : Long.parseLong(date.group(2));
          return Instant.ofEpochSecond(Long.parseLong(date.group(1)), nanos);
        });
  }

  @Override
  public Room room(@Nullable String recorded) throws TransportException {
    List<String> answer = host.ask(ANSWER_WITHIN, "room", recorded == null ? "" : recorded);
    String[] room = orRefused(answer.getFirst(), "room ").split(" ", 3);
    return understood(
        answer, () -> new Room(room[2], room[1].equals("yes"), Long.parseLong(room[0])));
  }

  @Override
  public Optional<Found> process(Watch watch) throws TransportException {
    List<String> answer =
        host.ask(
            ANSWER_WITHIN,
            "process",
            watch.kind().name().toLowerCase(Locale.ROOT),
            watch.subject());
    return understood(
        answer,
        () -> {
          long now = Long.parseLong(answer.get(0).substring("now ".length()));
          return Seen.read(answer.get(1).substring(3)) instanceof Seen.Running running
              ? Optional.of(new Found(running.pid(), age(now, running.birth())))
              : Optional.empty();
        });
  }

  /** A unit may run without a process that could be dated. */
  private static @Nullable Duration age(long now, long birth) {
    return birth == 0 ? null : Duration.ofMillis(Math.max(0, now - birth) * 10);
  }

  @Override
  public void close() {
    host.cut();
  }
}
