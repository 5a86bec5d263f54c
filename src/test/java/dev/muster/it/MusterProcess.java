package dev.muster.it;

import dev.muster.Muster;
import dev.muster.local.NeedsTemporal;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * muster as a process of its own, with a home of its own: it can be killed and started again, and
 * so can the servers it runs. Ends only processes that it started or that its home has on record.
 */
public final class MusterProcess implements AutoCloseable {

  private final Path home;
  private final int port;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<Path> first = new ArrayList<>();
  private volatile Process process;

  private MusterProcess(Path home, Map<String, String> settings) {
    this.home = home;
    this.port = freePort();
    this.settings.putAll(settings);
  }

  /** Not started yet. */
  public static MusterProcess of(Path home, Map<String, String> settings) {
    return new MusterProcess(home, settings);
  }

  public static MusterProcess start(Path home, Map<String, String> settings) {
    MusterProcess muster = of(home, settings);
    muster.start();
    return muster;
  }

  public Api api() {
    return new Api("http://127.0.0.1:" + port);
  }

  /** Starts it (again), and waits until it answers. */
  public void start() {
    start(Muster.class, Map.of());
  }

  /** From its next start on. */
  public void configure(Map<String, String> more) {
    settings.putAll(more);
  }

  /** What lies in this directory is found before muster's own resources. */
  public MusterProcess finding(Path directory) {
    first.add(directory);
    return this;
  }

  /** Starts another main class in its place, with system properties. */
  public void start(Class<?> main, Map<String, String> properties) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(classPath(main));
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.add(main.getName());
    command.add("--server.port=" + port);
    command.add("--muster.temporal.executable=" + NeedsTemporal.Executable.path());
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    try {
      Files.createDirectories(home);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("MUSTER_HOME", home.toString());
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.redirectInput(new File("/dev/null"));
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("muster answers; its log: " + log())
        .atMost(Duration.ofSeconds(90))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !process.isAlive() || api().answers());
    if (!process.isAlive()) {
      throw new IllegalStateException("muster did not start:\n" + logText());
    }
  }

  /**
   * Without the tests, unless the main class is one of them: a service must not find their parts.
   */
  private String classPath(Class<?> main) {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.concat(
            first.stream().map(Path::toString),
            Stream.of(all.split(File.pathSeparator, -1))
                .filter(entry -> main != Muster.class || !entry.endsWith("test-classes")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  public Path log() {
    return home.resolve("muster.log");
  }

  public String logText() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean alive() {
    return process.isAlive();
  }

  public void kill9() {
    process.destroyForcibly();
    waitForEnd();
  }

  /** As a service manager stops it: SIGTERM. */
  public void terminate() {
    process.destroy();
    waitForEnd();
  }

  private void waitForEnd() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** How another muster shares the servers that this one runs. */
  public Map<String, String> shared() {
    try {
      return Map.of(
          "spring.datasource.url",
          "jdbc:postgresql://127.0.0.1:" + record("postgres").getProperty("ports") + "/muster",
          "spring.datasource.username",
          "muster",
          "spring.datasource.password",
          Files.readString(home.resolve("pg").resolve("password")).strip(),
          "spring.temporal.connection.target",
          temporalTarget());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process of a local server, as recorded: postgres or temporal. */
  public ProcessHandle server(String name) {
    return ProcessHandle.of(Long.parseLong(record(name).getProperty("pid"))).orElseThrow();
  }

  /** Runs Temporal's own command line against its server; empty if it refuses. */
  String temporal(String... arguments) {
    List<String> command = new ArrayList<>(List.of(NeedsTemporal.Executable.path().toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--address", temporalTarget()));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? said : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private String temporalTarget() {
    return "127.0.0.1:" + record("temporal").getProperty("ports").replaceAll(" .*", "");
  }

  private Properties record(String name) {
    Properties record = new Properties();
    try (var in = Files.newBufferedReader(home.resolve("run").resolve(name + ".properties"))) {
      record.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return record;
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      terminate();
    }
    for (String name : List.of("temporal", "postgres")) {
      if (Files.exists(home.resolve("run").resolve(name + ".properties"))) {
        ProcessHandle.of(Long.parseLong(record(name).getProperty("pid")))
            .filter(handle -> handle.info().command().orElse("").contains(name))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
