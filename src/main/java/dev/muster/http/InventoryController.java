package dev.muster.http;

import dev.muster.inventory.Exporter;
import dev.muster.inventory.Format;
import dev.muster.inventory.ImportReport;
import dev.muster.inventory.Importer;
import dev.muster.inventory.Importer.InventoryFullException;
import dev.muster.job.Limits;
import dev.muster.job.Scope;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Takes hosts into the inventory, and gives them out (design, section 9). */
@RestController
class InventoryController {

  private static final Logger log = LoggerFactory.getLogger(InventoryController.class);

  private static final Map<String, Format> FORMATS =
      Map.of(
          "application/x-ndjson",
          Format.NDJSON,
          "text/csv",
          Format.CSV,
          "text/x-ini",
          Format.ANSIBLE_INI,
          "application/yaml",
          Format.ANSIBLE_YAML,
          "application/x-yaml",
          Format.ANSIBLE_YAML);

  private final Importer importer;
  private final Exporter exporter;

  InventoryController(Importer importer, Exporter exporter) {
    this.importer = importer;
    this.exporter = exporter;
  }

  /**
   * Takes all good lines of the body in one transaction.
   *
   * @param business of hosts, sets and modules that name none
   */
  @PostMapping(
      path = {"/api/inventory/import", "/api/inventory/import/"},
      consumes = {
        "application/x-ndjson",
        "text/csv",
        "text/x-ini",
        "application/yaml",
        "application/x-yaml"
      })
  @Needs(Role.ADMIN)
  Envelope take(
      HttpServletRequest http,
      Rights rights,
      @RequestParam(name = "bk_biz_id", required = false) @Nullable Long business)
      throws IOException {
    if (!rights.superuser()) {
      throw ApiException.of(3_800_403, Message.IMPORT_NEEDS_ADMIN);
    }
    if (business != null && business < 1) {
      throw ApiException.validation(Message.NOT_ABOVE_ZERO, "bk_biz_id", business);
    }
    MediaType type = MediaType.parseMediaType(http.getContentType());
    Format format = FORMATS.getOrDefault(type.getType() + "/" + type.getSubtype(), Format.NDJSON);
    Charset charset = type.getCharset() == null ? StandardCharsets.UTF_8 : type.getCharset();
    try (Reader text = new InputStreamReader(http.getInputStream(), charset)) {
      return answer(
          importer.read(
              format, text, business == null ? OptionalLong.empty() : OptionalLong.of(business)));
    } catch (InventoryFullException full) {
      throw ApiException.validation(
          Message.INVENTORY_FULL, full.hosts(), Limits.HOSTS_IN_INVENTORY);
    } catch (IOException broken) {
      throw ApiException.of(
          3_800_400, Message.BODY_BREAKS_OFF, String.valueOf(broken.getMessage()));
    }
  }

  /**
   * Everything that the caller may see, as an import takes it.
   *
   * @param businesses only what is of these
   */
  @GetMapping({"/api/inventory/export", "/api/inventory/export/"})
  @Needs(Role.VIEW)
  void give(
      HttpServletResponse http,
      Rights rights,
      @RequestParam(name = "bk_biz_id", required = false) @Nullable List<Long> businesses) {
    Scope seen = rights.scope(Role.VIEW);
    http.setContentType("application/x-ndjson;charset=utf-8");
    http.setHeader("Content-Disposition", "attachment; filename=inventory.ndjson");
    try {
      Writer lines = new OutputStreamWriter(http.getOutputStream(), StandardCharsets.UTF_8);
      exporter.write(seen.narrowedTo(businesses == null ? List.of() : businesses), lines);
      lines.flush();
    } catch (IOException gone) {
      log.debug("the reader of an export has left", gone);
    } catch (DataAccessException | TransactionException e) {
      if (!http.isCommitted()) {
        http.reset();
      }
      throw e;
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
