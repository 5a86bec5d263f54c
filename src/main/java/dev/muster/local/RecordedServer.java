package dev.muster.local;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server that muster started: what the next muster needs to know to adopt or stop it.
 *
 * @param command the whole command line; a server that would be started differently today is not
 *     adopted
 */
record RecordedServer(OsProcess process, List<Integer> ports, String command) {

  RecordedServer {
    ports = List.copyOf(ports);
  }

  /** Empty if there is no record, or none that can be read. */
  static Optional<RecordedServer> read(Path file) {
    Properties record = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      record.load(reader);
      OsProcess process =
          new OsProcess(Long.parseLong(text(record, "pid")), text(record, "started"));
      List<Integer> ports =
          Stream.of(text(record, "ports").split(" ", -1)).map(Integer::valueOf).toList();
      return Optional.of(new RecordedServer(process, ports, text(record, "command")));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(Properties record, String key) {
    return record.getProperty(key, "");
  }

  /** Replaces the record as a whole. */
  void write(Path file) throws IOException {
    Properties record = new Properties();
    record.setProperty("pid", Long.toString(process.pid()));
    record.setProperty("started", process.started());
    record.setProperty(
        "ports", ports.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    record.setProperty("command", command);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (Writer writer = Files.newBufferedWriter(next)) {
      record.store(writer, null);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
