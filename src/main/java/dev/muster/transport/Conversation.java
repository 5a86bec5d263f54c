package dev.muster.transport;

import dev.muster.job.Reason;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Requests and answers in lines over a wire, which is cut if an answer does not come in time. */
final class Conversation {

  private static final int LONGEST_LINE = 64 * 1024;

  private final Wire wire;
  private final ScheduledExecutorService deadlines;

  Conversation(Wire wire, ScheduledExecutorService deadlines) {
    this.wire = wire;
    this.deadlines = deadlines;
  }

  interface Exchange<T> {
    T run() throws IOException;
  }

  /** Sends a request and reads its answer up to the line that ends it. */
  List<String> ask(Duration within, String... request) throws TransportException {
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

  /**
   * Runs an exchange that must be over in time.
   *
   * @throws TransportException LINK if it is not, or fails; the wire is cut then
   */
  <T> T within(Duration limit, Exchange<T> exchange) throws TransportException {
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
  void sendAll(List<String> request) throws IOException {
    StringBuilder text = new StringBuilder(request.getFirst());
    for (String field : request.subList(1, request.size())) {
      text.append('\n').append(RunnerScript.escape(field));
    }
    send(text.toString());
  }

  void send(String line) throws IOException {
    wire.toHost().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    wire.toHost().flush();
  }

  void expect(String expected) throws IOException {
    String line = line();
    if (!line.equals(expected)) {
      throw new IOException("expected " + expected + ", got " + line);
    }
  }

  String line() throws IOException {
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

  byte[] bytes(int n) throws IOException {
    byte[] bytes = wire.fromHost().readNBytes(n);
    if (bytes.length < n) {
      throw new EOFException("the host closed the channel");
    }
    return bytes;
  }

  void write(byte[] piece, int length) throws IOException {
    wire.toHost().write(piece, 0, length);
  }

  /** Nothing more will be sent. */
  void finish() throws IOException {
    wire.toHost().close();
  }

  void cut() {
    wire.abort();
  }
}
