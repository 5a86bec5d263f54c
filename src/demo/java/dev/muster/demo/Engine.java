package dev.muster.demo;

import dev.muster.local.LocalTemporal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.core.env.Environment;

/**
 * Which Temporal carries the demo: the one that the service itself would take; else, for the demo
 * only, the pinned official download; else one in memory.
 */
enum Engine {
  /** Configured, or an executable that the service finds by itself. */
  OF_THE_SERVICE,

  /** A test server inside this process, whose jobs end with it. */
  IN_MEMORY;

  /** Beside {@code pom.xml}, where Maven starts the demo. */
  private static final Path INSTALL = Path.of("deploy/temporal/install");

  private static final long INSTALL_SECONDS = 120;

  /** What the service is to be started with. */
  List<String> arguments() {
    return switch (this) {
      case OF_THE_SERVICE -> List.of();
      case IN_MEMORY ->
          List.of(
              "--spring.temporal.connection.target=in-memory",
              "--spring.temporal.test-server.enabled=true",
              // It has none, and its jobs need not be found later.
              "--logging.level.dev.muster.temporal.SearchAttributes=error");
    };
  }

  static Engine choose(Environment environment, DemoHome home, Screen screen) throws IOException {
    boolean configured =
        !environment.getProperty("spring.temporal.connection.target", "").isBlank();
    if (configured || LocalTemporal.find(environment).isPresent()) {
      return OF_THE_SERVICE;
    }
    if (Files.isReadable(INSTALL)) {
      screen.say("Temporal", "there is none here yet: deploy/temporal/install");
      install(home, screen);
    }
    return LocalTemporal.find(environment).isPresent() ? OF_THE_SERVICE : IN_MEMORY;
  }

  private static void install(DemoHome home, Screen screen) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", INSTALL.toString())
            .redirectOutput(Redirect.DISCARD)
            .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
    builder.environment().put("MUSTER_HOME", home.muster().toString());
    // The demo is not the place to compile a server for minutes: only what is cached is built.
    builder.environment().put("GOPROXY", "off");
    builder.environment().put("GOTOOLCHAIN", "local");
    Process install = builder.start();
    Thread.ofPlatform().daemon().start(() -> endLate(install));
    try (Reader reader = new InputStreamReader(install.getErrorStream(), StandardCharsets.UTF_8);
        BufferedReader lines = new BufferedReader(reader)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        screen.say("", line.replaceFirst("^temporal: ", ""));
      }
    }
  }

  private static void endLate(Process install) {
    try {
      if (!install.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
        install.descendants().forEach(ProcessHandle::destroy);
        install.destroy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
