package dev.muster.transport;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.lab.Executed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Sessions through local processes instead of SSH, on a small machine whose {@code /bin/sh} is a
 * shell of choice; needs root on Linux. The machine has processes of its own, a home of its own and
 * nothing in {@code /tmp} and {@code /var/lib}; it disappears with this object, or with the JVM.
 */
final class LocalShell implements Transport, Machine {

  private static final String HOME = "/home/login";
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final long PATIENCE_SECONDS = 120;

  private final ShellKind kind;
  private final Path directory;
  private final Process keeper;
  private final String init;
  private final ScheduledExecutorService deadlines =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("local-deadlines").factory());

  private LocalShell(ShellKind kind, Path directory, Process keeper, String init) {
    this.kind = kind;
    this.directory = directory;
    this.keeper = keeper;
    this.init = init;
  }

  static LocalShell start(ShellKind kind) {
    try {
      Path directory = Files.createTempDirectory("muster-shell-");
      Path script = directory.resolve("machine.sh");
      try (InputStream in =
          Objects.requireNonNull(LocalShell.class.getResourceAsStream("/transport/machine.sh"))) {
        Files.copy(in, script);
      }
      List<String> argv =
          new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "--pid"));
      argv.addAll(List.of("--fork", "--kill-child=KILL", "sh", script.toString(), kind.path()));
      argv.addAll(kind.missing());
      Path log = directory.resolve("log");
      Process keeper = new ProcessBuilder(argv).redirectError(log.toFile()).start();
      BufferedReader answers = keeper.inputReader(StandardCharsets.UTF_8);
      String answer = answers.readLine();
      if (answer == null || !answer.startsWith("up ")) {
        throw new IOException("no machine with " + kind + ": " + Files.readString(log).strip());
      }
      return new LocalShell(kind, directory, keeper, answer.substring("up ".length()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Transport transport() {
    return this;
  }

  @Override
  public Access access() {
    return new Access(1, "local", null, null, null, null, Become.NONE);
  }

  @Override
  public HostSession open(Access access) throws TransportException {
    return Attendant.greet(wire(), deadlines);
  }

  @Override
  public Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn)
      throws TransportException {
    loggedIn.accept(new Inspection.Login("root", access.address(), 0, "no key"));
    return Attendant.greet(wire(), deadlines);
  }

  /** Like {@link #open}, but through a wire of the test's own. */
  HostSession openThrough(UnaryOperator<Wire> through) throws TransportException {
    return Attendant.greet(through.apply(wire()), deadlines);
  }

  private ProcessWire wire() {
    List<String> login = List.of("/bin/sh", "-c", "cd && exec " + Wire.BOOTSTRAP);
    try {
      Path complaints = Files.createTempFile(directory, "stderr-", "");
      return new ProcessWire(inside(login).redirectError(complaints.toFile()).start(), complaints);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder inside(List<String> argv) {
    List<String> command = new ArrayList<>(List.of("nsenter", "-t", init, "-m", "-p", "--"));
    command.addAll(List.of("env", "-i", "PATH=" + PATH, "HOME=" + HOME, "LANG=C.UTF-8"));
    command.addAll(argv);
    return new ProcessBuilder(command);
  }

  @Override
  public Executed exec(String... argv) {
    return run(
        List.of(argv),
        (exit, out, err) ->
            new Executed(
                exit, new String(out, StandardCharsets.UTF_8), Files.readString(err).strip()));
  }

  @Override
  public byte[] file(String path) {
    return run(
        List.of("cat", "--", path),
        (exit, out, err) -> {
          if (exit != 0) {
            throw new IOException(Files.readString(err).strip());
          }
          return out;
        });
  }

  private interface Reader<T> {
    T read(int exit, byte[] out, Path err) throws IOException;
  }

  /** Outputs are files, so that a child left behind with one of them open delays nobody. */
  private <T> T run(List<String> argv, Reader<T> reader) {
    try {
      Path out = Files.createTempFile(directory, "out-", "");
      Path err = Files.createTempFile(directory, "err-", "");
      Process process =
          inside(argv)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException(argv + " did not end");
        }
        return reader.read(process.exitValue(), Files.readAllBytes(out), err);
      } finally {
        process.destroyForcibly();
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + argv, e);
    }
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
    try {
      keeper.getOutputStream().close();
      keeper.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      keeper.destroyForcibly();
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      keeper.destroyForcibly();
    }
  }

  @Override
  public String toString() {
    return kind.toString();
  }

  /** The streams of a process; cutting it kills the attendant, but nothing that it started. */
  private record ProcessWire(Process process, Path complaints) implements Wire {

    @Override
    public InputStream fromHost() {
      return process.getInputStream();
    }

    @Override
    public OutputStream toHost() {
      return process.getOutputStream();
    }

    @Override
    public String complaint() {
      try {
        return Files.readString(complaints).strip();
      } catch (IOException e) {
        return "";
      }
    }

    @Override
    public void abort() {
      // The process is nsenter's; the attendant is its child.
      process.children().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // What was not yet sent is lost, as it should be.
        return;
      }
    }
  }
}
