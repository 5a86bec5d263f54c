package dev.muster.inventory;

import dev.muster.job.Caller;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/** Imports {@code muster.inventory.file} at start; its ending says how it is written. */
@Component
@Order(0)
class InventoryFile implements ApplicationRunner {

  private static final Logger log = LoggerFactory.getLogger(InventoryFile.class);

  /** Whoever wrote the configuration. */
  private static final Caller AT_START = new Caller("muster", "muster");

  private final Importer importer;
  private final @Nullable Path file;

  InventoryFile(Importer importer, @Value("${muster.inventory.file:#{null}}") @Nullable Path file) {
    this.importer = importer;
    this.file = file;
  }

  @Override
  public void run(ApplicationArguments arguments) throws IOException {
    if (file == null) {
      return;
    }
    if (!Files.isReadable(file)) {
      throw new IllegalArgumentException(
          "muster.inventory.file: cannot read " + file.toAbsolutePath());
    }
    try (Reader reader = Files.newBufferedReader(file)) {
      ImportReport report =
          importer.read(Format.ofFile(file.toString()), reader, OptionalLong.empty(), AT_START);
      log.info("imported {} from {}", report.imported(), file);
      for (ImportReport.Rejected line : report.rejected()) {
        log.warn("{} line {} left out: {}", file, line.line(), line.why());
      }
    }
  }
}
