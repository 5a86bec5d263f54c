package dev.muster.demo;

import dev.muster.demo.Agent.Look;
import dev.muster.demo.HostPlan.Nature;
import dev.muster.demo.MusterClient.FailedHost;
import dev.muster.host.NodeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the demo's jobs must come to, whatever they met on the way. Pure. */
final class Prediction {

  private static final String UNREACHABLE = "REFUSED";

  private Prediction() {}

  /** The jobs of the demo. */
  enum Part {
    /** The example of the request, word for word: one host. */
    EXAMPLE,
    AGENTS,
    PROXIES;

    boolean includes(HostPlan host) {
      return switch (this) {
        case EXAMPLE -> host.innerIp().equals(Blueprint.LOCAL_IP);
        case AGENTS -> host.nodeType() == NodeType.AGENT;
        case PROXIES -> host.nodeType() == NodeType.PROXY;
      };
    }
  }

  /** How a job ended. */
  record End(Part part, JobNow job, List<FailedHost> failed) {
    End {
      failed = List.copyOf(failed);
    }
  }

  /** An agent before the jobs and after them. */
  record Change(HostPlan host, Look before, Look after) {

    int starts() {
      return after.starts() - before.starts();
    }

    int failures() {
      return after.failures() - before.failures();
    }
  }

  /** One sentence for each fact that is not as predicted. */
  static List<String> differences(List<End> ends, List<Change> changes) {
    List<String> differences = new ArrayList<>();
    List<HostPlan> hosts = changes.stream().map(Change::host).toList();
    ends.forEach(end -> differences.addAll(ofJob(end, hosts)));
    changes.forEach(change -> differences.addAll(ofHost(change)));
    return differences;
  }

  private static List<String> ofJob(End end, List<HostPlan> fleet) {
    List<String> differences = new ArrayList<>();
    List<HostPlan> hosts = fleet.stream().filter(end.part()::includes).toList();
    List<HostPlan> lost = hosts.stream().filter(h -> h.nature() == Nature.UNREACHABLE).toList();
    String status = lost.isEmpty() ? "SUCCESS" : "PART_FAILED";
    JobNow job = end.job();
    String name = "job " + job.id();
    expect(differences, name + ": its status", status, job.status());
    expect(differences, name + ": hosts", hosts.size(), job.hosts());
    expect(differences, name + ": succeeded hosts", hosts.size() - lost.size(), job.succeeded());
    Map<Long, String> reasons = new HashMap<>();
    lost.forEach(host -> reasons.put(host.id(), UNREACHABLE));
    Map<Long, String> seen = new HashMap<>();
    end.failed().forEach(host -> seen.put(host.host(), host.reason()));
    expect(differences, name + ": failed hosts", reasons, seen);
    return differences;
  }

  private static List<String> ofHost(Change change) {
    List<String> differences = new ArrayList<>();
    HostPlan host = change.host();
    int starts =
        host.nature() == Nature.UNREACHABLE
            ? 0
            : (int) Stream.of(Part.values()).filter(part -> part.includes(host)).count();
    int failures = host.nature() == Nature.FAILS_ONCE ? 1 : 0;
    boolean otherPid = change.after().pid() != change.before().pid();
    String name = host.name();
    expect(differences, name + ": starts of its agent", starts, change.starts());
    expect(differences, name + ": failed restarts", failures, change.failures());
    expect(differences, name + ": its agent runs", true, change.after().pid() != 0);
    expect(differences, name + ": its agent has another pid", starts > 0, otherPid);
    return differences;
  }

  private static void expect(List<String> differences, String what, Object predicted, Object seen) {
    if (!predicted.equals(seen)) {
      differences.add("%s: predicted %s, seen %s".formatted(what, predicted, seen));
    }
  }
}
