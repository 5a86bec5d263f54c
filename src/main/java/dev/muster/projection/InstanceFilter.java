package dev.muster.projection;

import dev.muster.job.InstanceState;
import java.util.List;
import java.util.Set;

/**
 * Which instances of a job are wanted; an empty set or list is no restriction.
 *
 * @param reasons why they did not succeed
 * @param hosts exactly these
 * @param addresses one of these is, or is part of, the host's address
 */
public record InstanceFilter(
    Set<InstanceState> states, Set<String> reasons, List<Long> hosts, List<String> addresses) {

  public static final InstanceFilter ALL =
      new InstanceFilter(Set.of(), Set.of(), List.of(), List.of());

  public InstanceFilter {
    states = Set.copyOf(states);
    reasons = Set.copyOf(reasons);
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
  }
}
