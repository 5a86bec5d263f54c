package dev.muster.lab;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One lab's cables: a bridge with a block of 1,022 addresses that this machine has no route to, and
 * one veth pair per host. Creating the bridge is the claim to the block, so labs of any number of
 * processes never share one.
 *
 * <p>Neighbours are permanent on both sides: a host whose cable is unplugged is silent, never "no
 * route to host". Close whatever still connects to the hosts before the lab: without the bridge
 * these addresses are the default route's.
 */
final class LabNetwork {

  private static final int PREFIX = 22;
  private static final int BLOCKS = 64;
  private static final int GATEWAY = 1022;
  private static final int FIRST_BLOCK = (10 << 24) | (231 << 16);
  private static final int FIRST_GROUP = 0x6d6c0000;

  private final int block;

  private LabNetwork(int block) {
    this.block = block;
  }

  static LabNetwork claim() {
    List<Cidr> routes = routes();
    for (int block = 0; block < BLOCKS; block++) {
      LabNetwork network = new LabNetwork(block);
      Cidr cidr = new Cidr(network.number(0), PREFIX);
      if (routes.stream().noneMatch(cidr::overlaps) && network.createBridge()) {
        return network;
      }
    }
    throw new IllegalStateException(
        "no free block in 10.231.0.0/16: look for bridges left behind in `ip link`");
  }

  private static List<Cidr> routes() {
    return Command.run("ip", "-o", "-4", "route", "show", "table", "all")
        .orThrow()
        .lines()
        .flatMap(line -> Stream.of(line.split(" ", -1)).limit(2))
        .filter(word -> word.matches("[0-9.]+(/[0-9]+)?"))
        .map(Cidr::parse)
        .toList();
  }

  private boolean createBridge() {
    Executed added =
        batch(
            "link add %s address %s group %s type bridge"
                .formatted(bridge(), mac(GATEWAY), group()));
    if (added.err().contains("File exists")) {
      return false;
    }
    added.orThrow();
    Executed dressed =
        batch(
            """
            link set %1$s addrgenmode none
            address add %2$s/%3$d dev %1$s
            link set %1$s up
            """
                .formatted(bridge(), address(GATEWAY), PREFIX));
    if (dressed.exit() != 0) {
      batch("link delete " + bridge());
    }
    dressed.orThrow();
    return true;
  }

  /** Lays the cable of each host: from the bridge into the network namespace of the process. */
  void plug(Map<Long, Long> pids) {
    StringBuilder orders = new StringBuilder();
    pids.forEach((id, pid) -> orders.append(plug(id, pid)));
    batch(orders.toString()).orThrow();
  }

  private String plug(long id, long pid) {
    return """
        link add %1$s group %2$s type veth peer name eth0 address %3$s netns %4$d
        link set %1$s addrgenmode none master %5$s up
        neighbour replace %6$s lladdr %3$s dev %5$s nud permanent
        """
        .formatted(cable(id), group(), mac(id), pid, bridge(), address(id));
  }

  void link(long id, boolean up) {
    batch("link set " + cable(id) + (up ? " up" : " down")).orThrow();
  }

  private static Executed batch(String orders) {
    byte[] input = (orders + "\n").getBytes(StandardCharsets.UTF_8);
    return new Command(List.of("ip", "-batch", "-"), input).run();
  }

  /** The interface group of the bridge and all cables, by which they are removed at once. */
  String group() {
    return Integer.toString(FIRST_GROUP + block);
  }

  String bridge() {
    return "mlab" + block;
  }

  private String cable(long id) {
    return "mlab" + block + "h" + id;
  }

  /** What a host is told of its network. */
  Map<String, String> environment(long id) {
    return Map.of(
        "LAB_ADDRESS", address(id),
        "LAB_PREFIX", Integer.toString(PREFIX),
        "LAB_GATEWAY", address(GATEWAY),
        "LAB_GATEWAY_MAC", mac(GATEWAY));
  }

  String address(long id) {
    return Cidr.dotted(number(id));
  }

  private int number(long id) {
    return FIRST_BLOCK + (block << (32 - PREFIX)) + Math.toIntExact(id);
  }

  private String mac(long id) {
    return "02:6d:6c:%02x:%02x:%02x".formatted(block, id >> 8, id & 0xff);
  }

  /** An IPv4 prefix. */
  private record Cidr(int address, int length) {

    static Cidr parse(String text) {
      String[] parts = text.split("/", -1);
      int address = 0;
      for (String part : parts[0].split("\\.", -1)) {
        address = address << 8 | Integer.parseInt(part);
      }
      return new Cidr(address, parts.length == 1 ? 32 : Integer.parseInt(parts[1]));
    }

    /** A default route overlaps nothing: it is what is left. */
    boolean overlaps(Cidr other) {
      int shared = Math.min(length, other.length);
      return shared > 0 && (address ^ other.address) >>> (32 - shared) == 0;
    }

    static String dotted(int address) {
      return "%d.%d.%d.%d"
          .formatted(address >>> 24, address >> 16 & 0xff, address >> 8 & 0xff, address & 0xff);
    }
  }
}
