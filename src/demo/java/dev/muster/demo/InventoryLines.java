package dev.muster.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** The fleet as an import of muster's inventory: one JSON object a line. */
final class InventoryLines {

  private InventoryLines() {}

  /**
   * Businesses, cloud areas, hosts with their pinned keys, and a process line for each agent, by
   * which a selection across pages finds it.
   *
   * @param identity the private key file that muster is to use
   */
  static String of(List<DemoHost> hosts, Path identity) {
    List<Map<String, Object>> lines = new ArrayList<>();
    Blueprint.BUSINESSES.forEach(
        (id, name) -> lines.add(Map.of("kind", "business", "bk_biz_id", id, "bk_biz_name", name)));
    Blueprint.CLOUDS.forEach(
        (id, name) -> lines.add(Map.of("kind", "cloud", "bk_cloud_id", id, "bk_cloud_name", name)));
    for (DemoHost host : hosts) {
      lines.add(host(host, identity));
      lines.add(process(host.plan()));
    }
    return lines.stream()
        .map(JsonMapper.shared()::writeValueAsString)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Map<String, Object> host(DemoHost host, Path identity) {
    HostPlan plan = host.plan();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", "host");
    line.put("bk_host_id", plan.id());
    line.put("bk_biz_id", plan.business());
    line.put("bk_cloud_id", plan.cloud());
    line.put("bk_host_name", plan.name());
    line.put("inner_ip", plan.innerIp());
    line.put("os_type", "LINUX");
    line.put("node_type", plan.nodeType().name());
    line.put("login_ip", Loopback.ADDRESS);
    line.put("port", host.port());
    line.put("account", Account.NAME);
    line.put("identity", identity.toString());
    line.put("host_key", host.hostKey());
    line.put("profile", "demo(home=%s)".formatted(host.home()));
    return line;
  }

  private static Map<String, Object> process(HostPlan plan) {
    return Map.of(
        "kind", "process",
        "bk_host_id", plan.id(),
        "proc_type", "AGENT",
        "name", "agent",
        "status", "RUNNING",
        "version", "1.0.0");
  }
}
