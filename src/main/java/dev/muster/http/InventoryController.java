package dev.muster.http;

import dev.muster.inventory.ImportReport;
import dev.muster.inventory.Importer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Takes hosts into the inventory. */
@RestController
class InventoryController {

  private final Importer importer;

  InventoryController(Importer importer) {
    this.importer = importer;
  }

  @PostMapping(
      path = {"/api/inventory/import", "/api/inventory/import/"},
      consumes = "application/x-ndjson")
  Envelope ndjson(HttpServletRequest http) throws IOException {
    try (Reader lines = new InputStreamReader(http.getInputStream(), StandardCharsets.UTF_8)) {
      return answer(importer.ndjson(lines));
    }
  }

  @PostMapping(
      path = {"/api/inventory/import", "/api/inventory/import/"},
      consumes = "text/csv")
  Envelope csv(HttpServletRequest http) throws IOException {
    try (Reader lines = new InputStreamReader(http.getInputStream(), StandardCharsets.UTF_8)) {
      return answer(importer.csv(lines));
    }
  }

  private static Envelope answer(ImportReport report) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("imported", report.imported());
    answer.put("rejected_count", report.rejectedLines());
    List<Map<String, Object>> rejected =
        report.rejected().stream()
            .map(line -> Map.<String, Object>of("line", line.line(), "why", line.why()))
            .toList();
    answer.put("rejected", rejected);
    return Envelope.ok(answer);
  }
}
