package dev.muster.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;

/**
 * One server on this machine, kept running until closed.
 *
 * <p>It survives muster: a muster that was killed leaves it running, and the next one on the same
 * home adopts it, provided that number, start and command are those in the record. A server that
 * ends by itself is started again on the same ports. Only a recorded process is ever signalled.
 *
 * <p>Logs what it does; throws {@link LocalServerRefusal} only from {@link #start}. Close from any
 * thread, once.
 */
final class LocalServer implements AutoCloseable {

  /** Recovery after a crash included; a server that is silent for longer is given up. */
  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  /** A clean stop writes a checkpoint; afterwards KILL costs a recovery at the next start. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private static final Duration READY_POLL = Duration.ofMillis(50);
  private static final Duration ALIVE_POLL = Duration.ofMillis(250);

  /** Between attempts to start a server again: from the first to the last, doubling. */
  private static final Duration FIRST_DELAY = Duration.ofMillis(500);

  private static final Duration LAST_DELAY = Duration.ofSeconds(30);

  /** A server that ran this long begins again with the first delay. */
  private static final Duration STABLE = Duration.ofMinutes(1);

  /** A port may be taken between the look at it and its use; more often is something else. */
  private static final int FIRST_START_ATTEMPTS = 3;

  private final ServerKind kind;
  private final Log log;
  private final Path recordFile;
  private final ServerLog output;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread supervisor;
  private volatile RecordedServer running;

  private LocalServer(Home home, ServerKind kind, Log log) {
    this.kind = kind;
    this.log = log;
    this.recordFile = home.run().resolve(kind.name() + ".properties");
    this.output = new ServerLog(home.run().resolve(kind.name() + ".log"));
    this.supervisor =
        Thread.ofPlatform().daemon().name("local-" + kind.name()).unstarted(this::supervise);
    this.running = adopt().orElseGet(this::startOnFreePorts);
  }

  /** Returns when the server serves. */
  static LocalServer start(Home home, ServerKind kind, Log log) {
    LocalServer server = new LocalServer(home, kind, log);
    server.supervisor.start();
    return server;
  }

  List<Integer> ports() {
    return running.ports();
  }

  OsProcess process() {
    return running.process();
  }

  private Optional<RecordedServer> adopt() {
    Optional<RecordedServer> recorded =
        RecordedServer.read(recordFile).filter(server -> server.process().alive());
    if (recorded.isEmpty()) {
      return Optional.empty();
    }
    RecordedServer server = recorded.get();
    if (server.command().equals(commandLine(server.ports()))
        && awaitReady(server) instanceof Start.Ready) {
      log.info(
          "%s still runs on %s (pid %d)"
              .formatted(kind.title(), kind.address(server.ports()), server.process().pid()));
      return recorded;
    }
    stop(server);
    return Optional.empty();
  }

  private RecordedServer startOnFreePorts() {
    for (int attempt = 1; ; attempt++) {
      List<Integer> ports = freePorts();
      switch (start(ports)) {
        case Start.Ready(RecordedServer server) -> {
          return server;
        }
        case Start.Ended(String why) -> {
          if (attempt == FIRST_START_ATTEMPTS) {
            throw notStarted(why);
          }
          pause(FIRST_DELAY);
        }
        case Start.Silent(String why) -> throw notStarted(why);
      }
    }
  }

  private LocalServerRefusal notStarted(String why) {
    return new LocalServerRefusal(
        "%s does not start: %s; see %s, or %s"
            .formatted(kind.title(), why, output.file(), kind.remedy()));
  }

  private List<Integer> freePorts() {
    List<Integer> ports = new ArrayList<>();
    for (int preferred : kind.preferredPorts()) {
      int port =
          LoopbackPorts.firstFree(preferred, ports)
              .orElseThrow(
                  () -> notStarted("port %d and the next are in use".formatted(preferred)));
      if (port != preferred) {
        log.warn("port %d is in use: %s takes %d".formatted(preferred, kind.title(), port));
      }
      ports.add(port);
    }
    return ports;
  }

  /** How a start went; after anything but {@link Ready} no process is left. */
  private sealed interface Start {

    record Ready(RecordedServer server) implements Start {}

    record Ended(String why) implements Start {}

    record Silent(String why) implements Start {}
  }

  private Start start(List<Integer> ports) {
    long begin = System.nanoTime();
    try {
      kind.prepare();
      output.begin();
      OsProcess process =
          OsProcess.start(
              kind.command(ports),
              output.file(),
              held -> new RecordedServer(held, ports, commandLine(ports)).write(recordFile));
      RecordedServer server = new RecordedServer(process, ports, commandLine(ports));
      Start start = awaitReady(server);
      if (start instanceof Start.Ready) {
        log.info(
            "%s runs on %s (pid %d, started in %d ms)"
                .formatted(
                    kind.title(),
                    kind.address(ports),
                    process.pid(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)));
      } else {
        stop(server);
      }
      return start;
    } catch (IOException | RuntimeException e) {
      return new Start.Ended(e.toString());
    }
  }

  private String commandLine(List<Integer> ports) {
    return String.join(" ", kind.command(ports));
  }

  private Start awaitReady(RecordedServer server) {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      String why = whyNotReady(server);
      boolean alive = server.process().alive();
      if (alive && why.isEmpty()) {
        return new Start.Ready(server);
      }
      if (!alive) {
        return new Start.Ended(output.lastError());
      }
      if (System.nanoTime() > deadline || pause(READY_POLL)) {
        return new Start.Silent("no answer in %d s (%s)".formatted(START_LIMIT.toSeconds(), why));
      }
    }
  }

  private String whyNotReady(RecordedServer server) {
    try {
      kind.check(server.ports());
      return "";
    } catch (Exception e) {
      return e.toString();
    }
  }

  private void supervise() {
    Duration delay = Duration.ZERO;
    long readySince = System.nanoTime();
    while (!pause(ALIVE_POLL)) {
      if (running.process().alive()) {
        if (System.nanoTime() - readySince > STABLE.toNanos()) {
          delay = Duration.ZERO;
        }
        continue;
      }
      log.error(
          "%s (pid %d) does not run any more: starting it again"
              .formatted(kind.title(), running.process().pid()));
      if (pause(delay)) {
        return;
      }
      delay = delay.isZero() ? FIRST_DELAY : shorter(delay.multipliedBy(2), LAST_DELAY);
      switch (start(running.ports())) {
        case Start.Ready(RecordedServer server) -> {
          running = server;
          readySince = System.nanoTime();
        }
        case Start.Ended(String why) -> log.error(kind.title() + " does not start: " + why);
        case Start.Silent(String why) -> log.error(kind.title() + " does not start: " + why);
      }
    }
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  /** True if the server is being closed: whoever waits shall return. */
  private boolean pause(Duration duration) {
    try {
      return closing.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Stops the server, with bounded patience, and forgets it. */
  @Override
  public void close() {
    closing.countDown();
    try {
      supervisor.join(START_LIMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // The record, not the field: the supervisor may have started another process just now.
    RecordedServer.read(recordFile).ifPresent(this::stop);
  }

  private void stop(RecordedServer server) {
    if (!server.process().stop(kind.stopSignal(), STOP_LIMIT)) {
      log.error("%s (pid %d) does not end".formatted(kind.title(), server.process().pid()));
      return;
    }
    log.info(kind.title() + " is stopped");
    try {
      Files.deleteIfExists(recordFile);
    } catch (IOException e) {
      // Harmless: its process has ended, so nobody will adopt it.
      log.debug("cannot delete " + recordFile, e);
    }
  }
}
