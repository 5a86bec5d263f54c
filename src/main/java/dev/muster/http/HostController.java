package dev.muster.http;

import dev.muster.host.Condition;
import dev.muster.inventory.HostSearch;
import dev.muster.inventory.HostSearch.Chunk;
import dev.muster.inventory.HostSearch.Found;
import dev.muster.inventory.HostSearch.HostView;
import dev.muster.inventory.Hosts;
import dev.muster.job.Limits;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Shows the hosts that the same conditions would operate, and those without an agent too. */
@RestController
class HostController {

  private static final long CHUNK = 10;

  private final HostSearch search;
  private final Hosts inventory;

  HostController(HostSearch search, Hosts inventory) {
    this.search = search;
    this.inventory = inventory;
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
    List<Condition> all = Conditions.read(conditions, inventory);
    long skipped = (Math.min(page, Limits.HOSTS_IN_INVENTORY) - 1) * size;
    Found found =
        search.find(
            all,
            rights.scope(Role.VIEW).narrowedTo(businesses),
            new Chunk(after, skipped, (int) size));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("total", found.total());
    answer.put("list", found.hosts().stream().map(HostController::json).toList());
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
