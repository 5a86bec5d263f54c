package dev.muster.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real daemon to be installed and upgraded: two releases of Prometheus' node exporter, built from
 * their Go modules once for this machine's user.
 */
public enum Exporter {
  OLD("1.8.2"),
  NEW("1.9.1");

  private static final String MODULE = "github.com/prometheus/node_exporter";
  private static final long PATIENCE_MINUTES = 15;

  private final String version;

  Exporter(String version) {
    this.version = version;
  }

  public String version() {
    return version;
  }

  /** The program, for this machine. */
  public byte[] program() {
    try {
      Path built =
          Path.of(System.getProperty("user.home"), ".muster", "lab", "node_exporter-" + version);
      if (!Files.exists(built)) {
        build(Files.createDirectories(built.getParent()), built);
      }
      return Files.readAllBytes(built);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void build(Path lab, Path built) throws IOException, InterruptedException {
    Path bin = Files.createTempDirectory(lab, "building-");
    Path log = bin.resolve("log");
    List<String> command =
        List.of(
            go(),
            "install",
            "-trimpath",
            "-ldflags",
            "-s -w -X github.com/prometheus/common/version.Version=" + version,
            MODULE + "@v" + version);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(Map.of("GOBIN", bin.toString(), "CGO_ENABLED", "0"));
    Process process = builder.start();
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(
          "%s cannot be built: %s".formatted(String.join(" ", command), Files.readString(log)));
    }
    Files.move(bin.resolve("node_exporter"), built, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(log);
    Files.delete(bin);
  }

  /** The newest Go that is here. */
  private static String go() {
    Optional<Path> installed =
        Optional.of(Path.of("/usr/local/go/bin/go")).filter(Files::isExecutable);
    return installed.map(Path::toString).orElse("go");
  }
}
