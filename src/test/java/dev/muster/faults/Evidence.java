package dev.muster.faults;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * All that is known when a run is over.
 *
 * @param bootsNs when each host came up
 * @param holds in which nothing may start for any job
 */
record Evidence(
    List<JobRecord> jobs,
    List<Execution> executions,
    Map<Long, List<Long>> bootsNs,
    List<Ban> holds) {

  Evidence {
    jobs = List.copyOf(jobs);
    executions = executions.stream().sorted(Comparator.comparingLong(Execution::fromNs)).toList();
    bootsNs = Map.copyOf(bootsNs);
    holds = List.copyOf(holds);
  }

  Map<UUID, List<Execution>> byJob() {
    return executions.stream().collect(Collectors.groupingBy(e -> e.key().job()));
  }
}
