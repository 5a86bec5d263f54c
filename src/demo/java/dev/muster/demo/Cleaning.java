package dev.muster.demo;

import dev.muster.local.Home;
import dev.muster.local.LocalPostgres;
import dev.muster.local.LocalTemporal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.Environment;

/** Ends what a killed demo left running, then deletes everything that the demo ever wrote. */
final class Cleaning {

  private final Environment environment;
  private final DemoHome home;

  Cleaning(Environment environment, DemoHome home) {
    this.environment = environment;
    this.home = home;
  }

  /**
   * @return whether there was anything
   * @throws dev.muster.local.LocalServerRefusal if a demo is running
   */
  boolean run() throws IOException {
    if (!Files.isDirectory(home.directory())) {
      return false;
    }
    LoggingSystem.get(Cleaning.class.getClassLoader())
        .setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
    try (Home held = Home.open(environment)) {
      endAgents();
      endServers(held);
      delete(home.directory());
    }
    return true;
  }

  private void endAgents() throws IOException {
    if (!Files.isDirectory(home.hosts())) {
      return;
    }
    for (Path host : list(home.hosts())) {
      new Agent(new Account(host.toRealPath())).end();
    }
  }

  /** A server that was left running is on record; opening adopts it, closing stops it. */
  private void endServers(Home held) {
    Path records = home.directory().resolve("run");
    if (Files.exists(records.resolve("temporal.properties"))) {
      LocalTemporal.find(environment)
          .ifPresent(executable -> LocalTemporal.start(held, executable).close());
    }
    if (Files.exists(records.resolve("postgres.properties"))) {
      LocalPostgres.start(held).close();
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.toList();
    }
  }
}
