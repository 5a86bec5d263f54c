package dev.muster.http;

import dev.muster.host.Condition;
import dev.muster.inventory.Exporter;
import dev.muster.inventory.Format;
import dev.muster.inventory.HostSearch;
import dev.muster.inventory.HostSearch.Chunk;
import dev.muster.inventory.HostSearch.Found;
import dev.muster.inventory.HostSearch.HostView;
import dev.muster.inventory.Hosts;
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
import tools.jackson.databind.JsonNode;

/**
 * Takes hosts into the inventory, gives them out (design, section 9), and shows those that the same
 * conditions would operate, and those without an agent too.
 */
@RestController
class InventoryController {

  private static final Logger log = LoggerFactory.getLogger(InventoryController.class);

  private static final long CHUNK = 10;

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
  private final HostSearch search;
  private final Hosts hosts;

  InventoryController(Importer importer, Exporter exporter, HostSearch search, Hosts hosts) {
    this.importer = importer;
    this.exporter = exporter;
    this.search = search;
    this.hosts = hosts;
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
              format,
              text,
              business == null ? OptionalLong.empty() : OptionalLong.of(business),
              rights.caller()));
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

  /**
   * A page of hosts in the order of their ids, of those that the caller may see. {@code after} is
   * the id before the first, and as quick at the end of a million as at the beginning.
   */
  @PostMapping({"/api/host/search/", "/api/host/search"})
  @Needs(value = Role.VIEW, seenToByEndpoint = true)
  Envelope search(HttpServletRequest http, Rights rights) throws IOException {
    Fields fields = new Fields(Body.read(http).fields());
    List<Long> businesses = fields.integers("业务ID", "bk_biz_id").orElse(List.of());
    List<JsonNode> conditions = fields.list("搜索条件", "conditions").orElse(List.of());
    long page = fields.number("当前页数", "page").orElse(1L);
    long size = fields.number("分页大小", "pagesize").orElse(CHUNK);
    long after = fields.number("主机ID", "after").orElse(0L);
    if (size < 1 || size > Limits.HOSTS_PER_CHUNK) {
      fields.fault("分页大小", "pagesize", Message.CHUNK_SIZE, Limits.HOSTS_PER_CHUNK);
    }
    if (page < 1) {
      fields.fault("当前页数", "page", Message.AT_LEAST_ONE);
    }
    fields.refuseFaults();
    List<Condition> all = Conditions.read(conditions, hosts);
    long skipped = (Math.min(page, Limits.HOSTS_IN_INVENTORY) - 1) * size;
    Found found =
        search.find(
            all,
            rights.scope(Role.VIEW).narrowedTo(businesses),
            new Chunk(after, skipped, (int) size));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("total", found.total());
    answer.put("list", found.hosts().stream().map(InventoryController::json).toList());
    return Envelope.ok(answer);
  }

  private static Map<String, Object> json(HostView host) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("bk_host_id", host.id());
    json.put("bk_biz_id", host.business());
    json.put("bk_biz_name", host.businessName());
    json.put("bk_cloud_id", host.cloud());
    json.put("bk_cloud_name", host.cloudName());
    json.put("inner_ip", host.innerIp());
    json.put("inner_ipv6", host.innerIpv6());
    json.put("bk_host_name", host.name());
    json.put("os_type", host.osType());
    json.put("node_type", host.nodeType());
    json.put("node_from", host.nodeFrom());
    json.put("bk_addressing", host.addressing());
    json.put("bk_agent_id", host.agentId());
    json.put("is_manual", host.manual());
    json.put("install_channel_id", host.installChannel());
    json.put("ap_id", host.accessPoint());
    json.put("bk_set_ids", host.sets());
    json.put("bk_module_ids", host.modules());
    json.put("login_ip", host.loginIp());
    json.put("port", host.port());
    json.put("account", host.account());
    json.put("become", host.become());
    json.put("profile", host.profile());
    json.put("status", host.agentStatus());
    json.put("version", host.agentVersion());
    json.put("plugin_status", host.plugins());
    return json;
  }
}
