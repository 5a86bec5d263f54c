package dev.muster.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a program of this machine to its end, with an empty environment but for a search path. Input
 * and outputs are files, so that a child left behind with an output open delays nobody and no
 * amount of output can block. A program that exceeds the limit is killed.
 */
final class Command {

  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final List<String> argv;
  private final byte[] input;

  Command(List<String> argv) {
    this(argv, new byte[0]);
  }

  Command(List<String> argv, byte[] input) {
    this.argv = List.copyOf(argv);
    this.input = input.clone();
  }

  static Executed run(String... argv) {
    return new Command(List.of(argv)).run();
  }

  Executed run() {
    return withFiles(
        (exit, out, err) ->
            new Executed(exit, text(Files.readAllBytes(out)), text(Files.readAllBytes(err))));
  }

  /** The exact bytes of the standard output; throws if the program fails. */
  byte[] bytes() {
    return withFiles(
        (exit, out, err) -> {
          if (exit != 0) {
            throw new IOException(
                argv + " ended with " + exit + ": " + text(Files.readAllBytes(err)).strip());
          }
          return Files.readAllBytes(out);
        });
  }

  private interface Reader<T> {
    T read(int exit, Path out, Path err) throws IOException;
  }

  private <T> T withFiles(Reader<T> reader) {
    try {
      Path directory = Files.createTempDirectory("mlab-command-");
      Path in = directory.resolve("in");
      Path out = directory.resolve("out");
      Path err = directory.resolve("err");
      try {
        Files.write(in, input);
        return reader.read(execute(in, out, err), out, err);
      } finally {
        for (Path file : List.of(in, out, err, directory)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int execute(Path in, Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", PATH);
    Process process = builder.start();
    try {
      if (!process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException(argv + " did not end within " + LIMIT);
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + argv, e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
