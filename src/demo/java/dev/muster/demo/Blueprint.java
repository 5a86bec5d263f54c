package dev.muster.demo;

import dev.muster.demo.HostPlan.Nature;
import dev.muster.host.NodeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The fleet: 22 agents and 2 proxies of two businesses in two cloud areas. */
final class Blueprint {

  private static final long SHOP = 2;
  private static final long PAYMENTS = 3;

  static final Map<Long, String> BUSINESSES = Map.of(SHOP, "Shop", PAYMENTS, "Payments");
  static final Map<Long, String> CLOUDS = Map.of(1L, "Frankfurt", 2L, "Singapore");

  /** What the example of the request selects. */
  static final String LOCAL_IP = "127.0.0.1";

  private static final String FAILS_ONCE = "db-02";
  private static final String UNREACHABLE = "api-05";

  private Blueprint() {}

  /** Hosts of one kind, numbered from 1. */
  private record Family(String name, int hosts, NodeType nodeType, long business) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family("web", 8, NodeType.AGENT, SHOP),
          new Family("api", 6, NodeType.AGENT, SHOP),
          new Family("db", 4, NodeType.AGENT, PAYMENTS),
          new Family("queue", 2, NodeType.AGENT, SHOP),
          new Family("batch", 1, NodeType.AGENT, PAYMENTS),
          // Where the caller himself would run.
          new Family("control", 1, NodeType.AGENT, PAYMENTS),
          new Family("proxy", 2, NodeType.PROXY, SHOP));

  static List<HostPlan> hosts() {
    List<HostPlan> hosts = new ArrayList<>();
    for (Family family : FAMILIES) {
      for (int number = 1; number <= family.hosts(); number++) {
        hosts.add(host(hosts.size() + 1, family, number));
      }
    }
    return List.copyOf(hosts);
  }

  private static HostPlan host(int id, Family family, int number) {
    String name = "%s-%02d".formatted(family.name(), number);
    long cloud = 2L - number % 2;
    String innerIp =
        family.name().equals("control") ? LOCAL_IP : "10.24.%d.%d".formatted(cloud, 10 + id);
    return new HostPlan(
        id, name, family.nodeType(), family.business(), cloud, innerIp, nature(name));
  }

  private static Nature nature(String name) {
    return switch (name) {
      case FAILS_ONCE -> Nature.FAILS_ONCE;
      case UNREACHABLE -> Nature.UNREACHABLE;
      default -> Nature.SOUND;
    };
  }
}
