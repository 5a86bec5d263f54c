package dev.muster.inventory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A generated inventory: the same in memory and in the database, with few and awkward values. */
final class Sample {

  static final List<String> WORDS =
      List.of(
          "", "a", "A", "web", "WEB-1", "%", "_", "\\", "'", "%web", "w_b", "机器", "é", "É", "-1");
  static final List<String> V4 = List.of("10.0.0.1", "10.0.0.2", "10.0.0.10", "192.168.0.1");
  static final List<String> V6 =
      List.of(
          "fe80::1",
          "FE80:0:0::1",
          "fe80:0000:0000:0000:0000:0000:0000:0001",
          "::ffff:10.0.0.1",
          "::ffff:a00:1",
          "2001:db8::2",
          "10.0.0.1",
          "fe80::1/64",
          "::::",
          "");
  static final List<String> SYSTEMS = List.of("LINUX", "WINDOWS", "", "linux");
  static final List<String> PLUGINS = List.of("basereport", "web_status", "web");
  static final List<String> STATES = List.of("RUNNING", "TERMINATED", "UNKNOWN", "running");
  static final List<String> VERSIONS = List.of("", "1.0", "1.0.1", "2.%");
  static final Map<Long, String> CLOUDS = Map.of(1L, "Web cloud", 2L, "100%_Éa", 3L, "机器");

  record Host(
      long id,
      long business,
      long cloud,
      @Nullable String v4,
      @Nullable String v6,
      String name,
      String system,
      String nodeType,
      String nodeFrom,
      String addressing,
      @Nullable String agentId,
      boolean manual,
      @Nullable Long channel,
      List<Long> sets,
      List<Long> modules,
      List<Program> processes) {}

  record Program(
      String kind, String name, String status, String version, @Nullable String source) {}

  private final Random random;

  Sample(Random random) {
    this.random = random;
  }

  List<Host> hosts(int many) {
    return IntStream.rangeClosed(1, many).mapToObj(this::host).toList();
  }

  private Host host(int id) {
    return new Host(
        id,
        1 + random.nextInt(4),
        random.nextInt(5),
        maybe(one(V4)),
        maybe(one(V6)),
        one(WORDS),
        one(SYSTEMS),
        one(List.of("AGENT", "PAGENT", "PROXY")),
        one(List.of("CMDB", "EXCEL", "NODE_MAN")),
        one(List.of("static", "dynamic")),
        maybe(one(WORDS)),
        random.nextBoolean(),
        maybe((long) random.nextInt(3)),
        numbers(),
        numbers(),
        processes());
  }

  private List<Program> processes() {
    List<Program> processes = new ArrayList<>();
    if (random.nextInt(5) > 0) {
      processes.add(program("AGENT", "gse_agent"));
    }
    if (random.nextInt(5) == 0) {
      processes.add(program("AGENT", "second"));
    }
    for (String plugin : PLUGINS) {
      if (random.nextBoolean()) {
        processes.add(program("PLUGIN", plugin));
      }
    }
    return processes;
  }

  private Program program(String kind, String name) {
    return new Program(kind, name, one(STATES), one(VERSIONS), maybe(one(WORDS)));
  }

  List<Long> numbers() {
    return random.longs(random.nextInt(3), 0, 4).boxed().toList();
  }

  <T> T one(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> @Nullable T maybe(T value) {
    return random.nextInt(4) == 0 ? null : value;
  }

  static void insert(JdbcClient jdbc, List<Host> hosts) {
    CLOUDS.forEach(
        (id, name) -> jdbc.sql("insert into cloud values (?, ?)").params(id, name).update());
    for (Host host : hosts) {
      jdbc.sql(
              """
              insert into host (id, business_id, cloud_id, inner_ip, inner_ipv6, name, os_type, node_type, node_from,
                addressing, agent_id, is_manual, install_channel_id, set_ids, module_ids)
              values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
              """)
          .params(
              host.id(),
              host.business(),
              host.cloud(),
              host.v4(),
              host.v6(),
              host.name(),
              host.system(),
              host.nodeType(),
              host.nodeFrom(),
              host.addressing(),
              host.agentId(),
              host.manual(),
              host.channel(),
              host.sets().toArray(Long[]::new),
              host.modules().toArray(Long[]::new))
          .update();
      for (Program program : host.processes()) {
        jdbc.sql("insert into process values (?, ?, ?, ?, ?, ?)")
            .params(
                host.id(),
                program.kind(),
                program.name(),
                program.status(),
                program.version(),
                program.source())
            .update();
      }
    }
  }
}
