package dev.muster.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An inventory as a large company has it: hosts in fifty businesses and ten cloud areas, each in a
 * set and a module, each with its agent's process; one JSON object a line.
 */
final class FleetFile {

  static final int BUSINESSES = 50;
  static final int CLOUDS = 10;

  private static final int SETS = 2_000;
  private static final int MODULES = 10_000;

  private FleetFile() {}

  static void write(Path file, int hosts) throws IOException {
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int id = 1; id <= BUSINESSES; id++) {
        line(
            out,
            "{\"kind\":\"business\",\"bk_biz_id\":%d,\"bk_biz_name\":\"business %1$d\"}"
                .formatted(id));
      }
      for (int id = 0; id < CLOUDS; id++) {
        line(
            out,
            "{\"kind\":\"cloud\",\"bk_cloud_id\":%d,\"bk_cloud_name\":\"area %1$d\"}"
                .formatted(id));
      }
      for (int id = 1; id <= SETS; id++) {
        line(
            out,
            "{\"kind\":\"set\",\"bk_set_id\":%d,\"bk_biz_id\":%d,\"bk_set_name\":\"set %1$d\"}"
                .formatted(id, id % BUSINESSES + 1));
      }
      for (int id = 1; id <= hosts; id++) {
        host(out, id);
      }
    }
  }

  private static void host(BufferedWriter out, int id) throws IOException {
    out.write("{\"kind\":\"host\",\"bk_host_id\":" + id);
    out.write(",\"bk_biz_id\":" + (id % BUSINESSES + 1) + ",\"bk_cloud_id\":" + id % CLOUDS);
    out.write(",\"inner_ip\":\"10." + (id >> 16) + "." + (id >> 8 & 255) + "." + (id & 255));
    out.write("\",\"bk_host_name\":\"web-" + id + ".example.com\",\"os_type\":\"LINUX\"");
    out.write(",\"bk_agent_id\":\"0100005254008ed86116666614" + id + "\",\"is_manual\":false");
    out.write(",\"bk_set_ids\":[" + (id % SETS + 1) + "],\"bk_module_ids\":[" + (id % MODULES + 1));
    out.write("],\"account\":\"root\",\"identity\":\"~/.ssh/id_ed25519\"}\n");
    out.write("{\"kind\":\"process\",\"bk_host_id\":" + id + ",\"proc_type\":\"AGENT\"");
    out.write(",\"name\":\"gse_agent\",\"status\":\"" + (id % 20 == 0 ? "TERMINATED" : "RUNNING"));
    out.write("\",\"version\":\"2.1." + id % 7 + "\"}\n");
  }

  private static void line(BufferedWriter out, String line) throws IOException {
    out.write(line);
    out.write('\n');
  }
}
