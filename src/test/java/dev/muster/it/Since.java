package dev.muster.it;

import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the hosts of a lab have recorded since an instant. */
record Since(Lab lab, long ns) {

  static Since now(Lab lab) {
    return new Since(lab, nanos(Instant.now()));
  }

  static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  int starts(LabHost host) {
    return (int) host.ledger().starts().stream().filter(s -> s.ns() >= ns).count();
  }

  Map<Long, Integer> starts() {
    return lab.hosts().stream().collect(Collectors.toMap(LabHost::id, this::starts));
  }

  /** Instants at which a restart began, over all hosts, in order. */
  List<Long> enters() {
    return lab.hosts().stream()
        .flatMap(h -> h.ledger().enters().stream())
        .map(Ledger.Enter::ns)
        .filter(at -> at >= ns)
        .sorted()
        .toList();
  }

  /** The most restarts that were open at one instant. */
  int maxInFlight() {
    record Edge(long at, int change) {}
    List<Edge> edges = new ArrayList<>();
    for (LabHost host : lab.hosts()) {
      for (Ledger.Interval interval : host.ledger().intervals()) {
        if (interval.fromNs() >= ns) {
          edges.add(new Edge(interval.fromNs(), 1));
          edges.add(new Edge(interval.toNs(), -1));
        }
      }
    }
    edges.sort(Comparator.comparingLong(Edge::at).thenComparingInt(Edge::change));
    int open = 0;
    int most = 0;
    for (Edge edge : edges) {
      open += edge.change();
      most = Math.max(most, open);
    }
    return most;
  }
}
