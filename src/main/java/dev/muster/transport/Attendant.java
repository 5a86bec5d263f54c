package dev.muster.transport;

import dev.muster.host.Watch;
import dev.muster.job.Reason;
import dev.muster.transport.Effect.Seen;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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

  private static final int LONGEST_LINE = 64 * 1024;
  private static final int MOST_NOISE_LINES = 200;

  /** Some programs know no parts of a second, and repeat the word for them. */
  private static final Pattern DATE = Pattern.compile("date ([0-9]{1,18})(?:\\.([0-9]{9})$)?");

  private final Wire wire;
  private final ScheduledExecutorService deadlines;
  private long uid = -1;

  private Attendant(Wire wire, ScheduledExecutorService deadlines) {
    this.wire = wire;
    this.deadlines = deadlines;
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
    Attendant attendant = new Attendant(wire, deadlines);
    String greeting = attendant.within(ANSWER_WITHIN, attendant::awaitGreeting);
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
    attendant.uid = words[1].matches("[0-9]{1,10}") ? Long.parseLong(words[1]) : -1;
    return attendant;
  }

  private String awaitGreeting() throws IOException {
    send(SCRIPT.line());
    // Whatever a login shell or a banner prints first is passed over, even half a line.
    for (int i = 0; i < MOST_NOISE_LINES; i++) {
      String line = line();
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
        ask(ANSWER_WITHIN, "directory", recorded == null ? "" : recorded, SCRIPT.version())
            .getFirst();
    return orRefused(answer, "directory ");
  }

  private static String orRefused(String answer, String accepted) throws TransportException {
    if (answer.startsWith(accepted)) {
      return answer.substring(accepted.length());
    }
    String why = answer.replaceFirst("^refused ", "");
    throw new TransportException(
        why.startsWith("DISK_FULL") ? Reason.DISK_FULL : Reason.RUN_DIRECTORY, why);
  }

  @Override
  public RunState probe(RunKey key, String digest) throws TransportException {
    return state(ask(ANSWER_WITHIN, "probe", key.toString(), digest).getFirst());
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
    within(
        ANSWER_WITHIN,
        () -> {
          sendAll(request);
          expect("ready");
          return "";
        });
    // The permit may take its time; the host's own clock says whether it came in time.
    boolean permitted = permit.getAsBoolean();
    String answer = ask(ANSWER_WITHIN, permitted ? "go" : "no").getFirst();
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
    return within(
        ANSWER_WITHIN,
        () -> {
          sendAll(
              List.of("follow", key.toString(), String.valueOf(offset), String.valueOf(mostBytes)));
          RunState state = state(line());
          String size = line();
          byte[] output = bytes(Integer.parseInt(size.substring("bytes ".length())));
          expect("ok");
          return new Followed(state, ByteBuffer.wrap(output));
        });
  }

  @Override
  public boolean halt(RunKey key) throws TransportException {
    return ask(HALT_WITHIN, "halt", key.toString()).getFirst().equals("stopped");
  }

  @Override
  public Effect effect(RunKey key, Watch watch) throws TransportException {
    List<String> answer =
        ask(
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
                seen(answer.get(1).substring(4)),
                seen(answer.get(2).substring(3))));
  }

  private static <T> T understood(List<String> answer, Supplier<T> read) throws TransportException {
    try {
      return read.get();
    } catch (RuntimeException e) {
      throw new TransportException(Reason.LINK, "the runner's answer makes no sense: " + answer);
    }
  }

  private static Seen seen(String text) {
    String[] words = text.split(" ", -1);
    if (!words[0].equals("running")) {
      return new Seen.Absent();
    }
    return new Seen.Running(Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]);
  }

  private static RunState state(String answer) {
    String[] words = answer.split(" ", -1);
    if (!words[0].equals("state") || words.length < 2) {
      throw new IllegalStateException("not a state: " + answer);
    }
    String argument = words.length > 2 ? words[2] : "";
    return switch (words[1]) {
      case "DONE" -> new RunState.Done(Integer.parseInt(argument));
      case "RUNNING" -> new RunState.Running(Long.parseLong(argument));
      case "ORPHAN" -> new RunState.Orphan(Long.parseLong(argument));
      case "NOT_STARTED" -> new RunState.NotStarted();
      case "BUSY" -> new RunState.Busy(argument);
      case "REBOOTED" -> new RunState.Rebooted();
      case "INTERRUPTED" -> new RunState.Interrupted();
      case "CONFLICT" -> new RunState.Conflict();
      default -> throw new IllegalStateException("not a state: " + answer);
    };
  }

  @Override
  public long uid() {
    return uid;
  }

  @Override
  public Instant date() throws TransportException {
    List<String> answer = ask(ANSWER_WITHIN, "date_now");
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
    List<String> answer = ask(ANSWER_WITHIN, "room", recorded == null ? "" : recorded);
    String[] room = orRefused(answer.getFirst(), "room ").split(" ", 3);
    return understood(
        answer, () -> new Room(room[2], room[1].equals("yes"), Long.parseLong(room[0])));
  }

  @Override
  public Optional<Found> process(Watch watch) throws TransportException {
    List<String> answer =
        ask(
            ANSWER_WITHIN,
            "process",
            watch.kind().name().toLowerCase(Locale.ROOT),
            watch.subject());
    return understood(
        answer,
        () -> {
          long now = Long.parseLong(answer.get(0).substring("now ".length()));
          return seen(answer.get(1).substring(3)) instanceof Seen.Running running
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
    wire.abort();
  }

  // ---- lines and deadlines ----

  private interface Exchange<T> {
    T run() throws IOException;
  }

  private List<String> ask(Duration within, String... request) throws TransportException {
    return within(
        within,
        () -> {
          sendAll(List.of(request));
          List<String> answer = new ArrayList<>();
          for (String line = line(); !line.equals("ok"); line = line()) {
            answer.add(line);
          }
          return answer;
        });
  }

  private <T> T within(Duration limit, Exchange<T> exchange) throws TransportException {
    ScheduledFuture<?> deadline =
        deadlines.schedule(wire::abort, limit.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return exchange.run();
    } catch (IOException | RuntimeException e) {
      boolean late = deadline.getDelay(TimeUnit.NANOSECONDS) <= 0;
      wire.abort();
      String complaint = wire.complaint();
      String what = late ? "no answer within " + limit.toSeconds() + " s" : "the connection broke";
      throw new TransportException(
          Reason.LINK, complaint.isEmpty() ? what : what + ": " + complaint);
    } finally {
      deadline.cancel(false);
    }
  }

  /** The first word is a verb of ours, the rest is data. */
  private void sendAll(List<String> request) throws IOException {
    StringBuilder text = new StringBuilder(request.getFirst());
    for (String field : request.subList(1, request.size())) {
      text.append('\n').append(RunnerScript.escape(field));
    }
    send(text.toString());
  }

  private void send(String line) throws IOException {
    wire.toHost().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    wire.toHost().flush();
  }

  private void expect(String expected) throws IOException {
    String line = line();
    if (!line.equals(expected)) {
      throw new IOException("expected " + expected + ", got " + line);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(80);
    for (int b = wire.fromHost().read(); b != '\n'; b = wire.fromHost().read()) {
      if (b < 0) {
        throw new EOFException("the host closed the channel");
      }
      if (line.size() == LONGEST_LINE) {
        throw new IOException("a line without end");
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private byte[] bytes(int n) throws IOException {
    byte[] bytes = wire.fromHost().readNBytes(n);
    if (bytes.length < n) {
      throw new EOFException("the host closed the channel");
    }
    return bytes;
  }
}
