package dev.muster.local;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.core.env.Environment;

/**
 * Temporal on 127.0.0.1, with its data in a {@link Home}, its web interface, and the search
 * attributes that muster sets.
 *
 * <p>What it acknowledges survives kill -9 of it and of muster. While open it is started again
 * whenever it ends, at the same address. Closing stops it and keeps the data.
 */
public final class LocalTemporal implements AutoCloseable {

  /** Temporal's own: for clients, and for the web interface. */
  static final List<Integer> PREFERRED_PORTS = List.of(7233, 8233);

  /** Names the executable; goes before {@code PATH}. */
  static final String EXECUTABLE = "muster.temporal.executable";

  private static final String NAMESPACE = "default";
  private static final int CALL_SECONDS = 5;

  /**
   * In the words of the command line; they count when the file is new, the workers see to older
   * ones.
   */
  private static final List<String> SEARCH_ATTRIBUTES =
      List.of("MusterJobId=Int", "MusterJobType=Keyword", "MusterCaller=Keyword");

  private final LocalServer server;

  private LocalTemporal(LocalServer server) {
    this.server = server;
  }

  /**
   * The {@code temporal} executable: configured as {@code muster.temporal.executable}, else on
   * {@code PATH}, else in {@code bin} of muster's home. Empty if there is none; starts nothing.
   *
   * @throws LocalServerRefusal if the configured one cannot be run
   */
  public static Optional<Path> find(Environment environment) {
    String configured = environment.getProperty(EXECUTABLE, "");
    if (configured.isBlank()) {
      return SearchPath.find("temporal")
          .or(() -> Home.program(Home.configured(environment), "temporal"));
    }
    Path executable = Path.of(configured).toAbsolutePath();
    if (!SearchPath.isProgram(executable)) {
      throw new LocalServerRefusal(
          "%s is %s, which is not an executable file".formatted(EXECUTABLE, executable));
    }
    return Optional.of(executable);
  }

  /** The one line for who has no executable. */
  static LocalServerRefusal missing() {
    return new LocalServerRefusal(
        "there is no Temporal: run deploy/temporal/install, or put `temporal` on PATH, or configure"
            + " spring.temporal.connection.target");
  }

  /**
   * Returns a Temporal that serves and knows the search attributes.
   *
   * @throws LocalServerRefusal if it does not start
   */
  public static LocalTemporal start(Home home, Path executable) {
    Log log = LogFactory.getLog(LocalTemporal.class);
    return start(home, executable, log, PREFERRED_PORTS);
  }

  static LocalTemporal start(Home home, Path executable, Log log, List<Integer> preferredPorts) {
    Path data = home.temporal().resolve("temporal.db");
    return new LocalTemporal(
        LocalServer.start(home, new Kind(executable, data, preferredPorts), log));
  }

  /** Host and port for clients. */
  public String target() {
    return target(server.ports());
  }

  /** The address of the web interface. */
  public String ui() {
    return ui(server.ports());
  }

  OsProcess process() {
    return server.process();
  }

  /** Stops Temporal cleanly. */
  @Override
  public void close() {
    server.close();
  }

  private static String target(List<Integer> ports) {
    return "127.0.0.1:" + ports.getFirst();
  }

  private static String ui(List<Integer> ports) {
    return "http://127.0.0.1:" + ports.getLast();
  }

  private record Kind(Path executable, Path data, List<Integer> preferredPorts)
      implements ServerKind {

    @Override
    public String title() {
      return "Temporal";
    }

    @Override
    public String name() {
      return "temporal";
    }

    @Override
    public String address(List<Integer> ports) {
      return target(ports) + ", UI " + ui(ports);
    }

    @Override
    public List<String> command(List<Integer> ports) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  executable.toString(),
                  "server",
                  "start-dev",
                  "--ip",
                  "127.0.0.1",
                  "--port",
                  ports.getFirst().toString(),
                  "--ui-port",
                  ports.getLast().toString(),
                  "--db-filename",
                  data.toString(),
                  "--log-level",
                  "error",
                  // One fsync a commit instead of three: twice the workflow starts, as durable.
                  "--sqlite-pragma",
                  "journal_mode=wal",
                  "--sqlite-pragma",
                  "synchronous=full"));
      for (String attribute : SEARCH_ATTRIBUTES) {
        command.addAll(List.of("--search-attribute", attribute));
      }
      return command;
    }

    @Override
    public void check(List<Integer> ports) throws IOException {
      for (int port : ports) {
        LoopbackPorts.connect(port);
      }
      ManagedChannel channel =
          ManagedChannelBuilder.forTarget(target(ports)).usePlaintext().build();
      try {
        WorkflowServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS)
            .describeNamespace(
                DescribeNamespaceRequest.newBuilder().setNamespace(NAMESPACE).build());
      } finally {
        channel.shutdownNow();
      }
    }

    @Override
    public String stopSignal() {
      return "TERM";
    }

    @Override
    public String remedy() {
      return "configure spring.temporal.connection.target";
    }
  }
}
