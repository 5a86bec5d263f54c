package dev.muster.it;

import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.Node;
import dev.muster.lab.Sudo;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A lab as lines of an inventory. */
public final class Fleet {

  private static final JsonMapper JSON = JsonMapper.shared();

  private Fleet() {}

  public static String lines(Lab lab) {
    String hosts =
        lab.hosts().stream()
            .map(Fleet::line)
            .map(JSON::writeValueAsString)
            .collect(Collectors.joining("\n"));
    String processes =
        lab.hosts().stream()
            .map(
                h ->
                    "{\"kind\":\"process\",\"bk_host_id\":%d,\"proc_type\":\"AGENT\",\"name\":\"gseagent\",\"status\":\"RUNNING\"}"
                        .formatted(h.id()))
            .collect(Collectors.joining("\n"));
    return "{\"kind\":\"business\",\"bk_biz_id\":2,\"bk_biz_name\":\"Lab\"}\n"
        + hosts
        + "\n"
        + processes;
  }

  public static ObjectNode line(LabHost host) {
    ObjectNode line = JSON.createObjectNode();
    line.put("bk_host_id", host.id());
    line.put("bk_biz_id", 2);
    line.put("inner_ip", host.address());
    line.put("port", host.port());
    line.put("bk_host_name", "lab-" + host.id());
    line.put("os_type", "LINUX");
    line.put("node_type", host.spec().node() == Node.PROXY ? "PROXY" : "AGENT");
    line.put("account", host.user());
    line.put("identity", host.identity().toString());
    line.put("host_key", host.hostKeyLine());
    line.put("become", host.user().equals("root") ? "none" : "sudo");
    return line;
  }

  static boolean sudoWorks(LabHost host) {
    return host.user().equals("root") || host.spec().sudo() == Sudo.ALLOWED;
  }
}
