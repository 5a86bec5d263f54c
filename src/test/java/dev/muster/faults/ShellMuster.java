package dev.muster.faults;

import dev.muster.Muster;
import dev.muster.host.Access;
import dev.muster.job.Reason;
import dev.muster.transport.Attendant;
import dev.muster.transport.HostSession;
import dev.muster.transport.Inspection;
import dev.muster.transport.Transport;
import dev.muster.transport.TransportException;
import dev.muster.transport.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** muster as it is, but that it enters hosts through a local shell instead of SSH. */
final class ShellMuster {

  /** The system property that names the directory in which each host's first process is noted. */
  static final String HOSTS = "shell.hosts";

  private ShellMuster() {}

  public static void main(String[] arguments) {
    SpringApplication.run(new Class<?>[] {Muster.class, Parts.class}, arguments);
  }

  /** Not annotated, so that only {@link #main} takes it in. */
  static class Parts {

    @Bean
    @Primary
    static Transport shellTransport() {
      return new Shells(Path.of(System.getProperty(HOSTS)));
    }
  }

  private static final class Shells implements Transport {

    private static final String PATH =
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Path hosts;
    private final ScheduledExecutorService deadlines =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("shell-deadlines").factory());

    private Shells(Path hosts) {
      this.hosts = hosts;
    }

    @Override
    public HostSession open(Access access) throws TransportException {
      return Attendant.greet(wire(access), deadlines);
    }

    @Override
    public Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn)
        throws TransportException {
      loggedIn.accept(new Inspection.Login("root", access.address(), 0, "no key"));
      return Attendant.greet(wire(access), deadlines);
    }

    private ProcessWire wire(Access access) throws TransportException {
      try {
        String init = Files.readString(hosts.resolve(Long.toString(access.hostId()))).strip();
        List<String> command =
            List.of(
                "nsenter",
                "-t",
                init,
                "-m",
                "-u",
                "-i",
                "-n",
                "-p",
                "--",
                "env",
                "-i",
                PATH,
                "HOME=/root",
                "/bin/sh",
                "-c",
                "cd && exec " + Wire.BOOTSTRAP);
        return new ProcessWire(
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
      } catch (IOException e) {
        throw new TransportException(Reason.CONNECT, "host " + access.hostId() + " is down");
      }
    }
  }

  /** The streams of a process; cutting it kills the attendant, but nothing that it started. */
  private record ProcessWire(Process process) implements Wire {

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
      return "";
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
