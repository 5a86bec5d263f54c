package dev.muster.http;

import dev.muster.inventory.Hosts;
import dev.muster.inventory.Hosts.Called;
import dev.muster.inventory.Hosts.Meant;
import dev.muster.job.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Hosts that a request names one by one (rest.md §3.2; §3.3, rules 2, 7 and 8). */
record HostItems(List<Item> items) {

  private static final long NO_ACCESS_POINT = -1;

  /**
   * One host.
   *
   * @param mapped whether its access point is to be replaced by one of a mapping
   */
  record Item(Called called, boolean mapped) {}

  static Item read(Fields fields) {
    Optional<Long> id = fields.number("主机ID", "bk_host_id");
    fields.number("接入点ID", "ap_id");
    Optional<Long> cloud = fields.number("管控区域ID", "bk_cloud_id");
    Optional<String> v4 = fields.ipv4("内网IP", "inner_ip");
    Optional<String> v6 = fields.ipv6("内网IPv6", "inner_ipv6");
    Optional<Boolean> mapped = fields.bool("是否使用映射", "is_use_ap_map");
    fields.bool("是否需要注入ap_id到meta", "is_need_inject_ap_id");
    if (!fields.faulty() && id.isEmpty() && cloud.isEmpty() && (v4.isEmpty() || v6.isEmpty())) {
      // Rule 2 does not wait for the faults of other fields.
      throw ApiException.validation(Message.HOST_OR_PAIR);
    }
    return new Item(
        new Called(id.orElse(null), cloud.orElse(null), v4.orElse(null), v6.orElse(null)),
        mapped.orElse(false));
  }

  /** The ids of these hosts; a pair of cloud area and address must be that of exactly one. */
  List<Long> ids(Hosts inventory, Scope known) {
    for (int i = 0; i < items.size(); i++) {
      Called called = items.get(i).called();
      if (called.id() == null
          && (called.cloud() == null || (called.v4() == null && called.v6() == null))) {
        throw ApiException.validation(Message.HALF_A_PAIR, i + 1);
      }
    }
    Map<Integer, List<Meant>> meant = meant(inventory, known);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      ids.add(id(i, items.get(i).called(), meant.getOrDefault(i, List.of())));
    }
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i).mapped()) {
        meant.getOrDefault(i, List.of()).forEach(HostItems::refuseMapped);
      }
    }
    return ids;
  }

  private Map<Integer, List<Meant>> meant(Hosts inventory, Scope known) {
    if (items.stream().allMatch(item -> item.called().id() != null && !item.mapped())) {
      return Map.of();
    }
    return inventory.meant(items.stream().map(Item::called).toList(), known).stream()
        .collect(Collectors.groupingBy(Meant::calling));
  }

  private static long id(int index, Called called, List<Meant> found) {
    if (called.id() != null) {
      // An unknown id is left out later, like one in bk_host_id.
      return called.id();
    }
    String address =
        Stream.of(Optional.ofNullable(called.v4()), Optional.ofNullable(called.v6()))
            .flatMap(Optional::stream)
            .collect(Collectors.joining(", "));
    if (found.isEmpty()) {
      throw ApiException.validation(
          Message.NO_SUCH_PAIR, index + 1, String.valueOf(called.cloud()), address);
    }
    if (found.size() > 1) {
      throw ApiException.validation(
          Message.MANY_SUCH_PAIRS,
          index + 1,
          String.valueOf(called.cloud()),
          found.size(),
          address);
    }
    return found.getFirst().id();
  }

  /** There are no mappings of access points here, so every one is missing. */
  private static void refuseMapped(Meant host) {
    Long accessPoint = host.accessPoint();
    throw ApiException.validation(
        Message.NO_ACCESS_POINT_MAP,
        host.id(),
        accessPoint == null ? NO_ACCESS_POINT : accessPoint);
  }
}
