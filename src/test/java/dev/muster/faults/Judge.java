package dev.muster.faults;

import dev.muster.faults.Violation.Kind;
import dev.muster.lab.Ledger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Holds the promises against the evidence. Pure. */
final class Judge {

  /** A permit that was given before the stop reaches its host within this time, or not at all. */
  static final Duration STOP_WITHIN = Duration.ofSeconds(1);

  private final Evidence evidence;
  private final List<Violation> violations = new ArrayList<>();

  private Judge(Evidence evidence) {
    this.evidence = evidence;
  }

  static List<Violation> violations(Evidence evidence) {
    Judge judge = new Judge(evidence);
    judge.effects();
    Map<UUID, List<Execution>> byJob = evidence.byJob();
    for (JobRecord job : evidence.jobs()) {
      List<Execution> commands =
          job.uid() == null ? List.of() : byJob.getOrDefault(job.uid(), List.of());
      judge.presence(job);
      judge.truth(job, commands);
      judge.crowd(job, commands);
      judge.bans(job.toString(), job.bans(), commands);
      judge.end(job, commands);
    }
    judge.bans("every job", evidence.holds(), evidence.executions());
    return List.copyOf(judge.violations);
  }

  private void broken(Kind kind, String what) {
    violations.add(new Violation(kind, what));
  }

  // ---- I3: at most one effect ----

  private void effects() {
    evidence.executions().stream()
        .collect(Collectors.groupingBy(Execution::host))
        .values()
        .forEach(this::effectsOfHost);
  }

  private void effectsOfHost(List<Execution> commands) {
    for (int i = 0; i < commands.size(); i++) {
      Execution one = commands.get(i);
      if (one.effects().size() > 1) {
        broken(Kind.DUPLICATE, "one command took effect twice: %s".formatted(one));
      }
      for (Execution next : commands.subList(i + 1, commands.size())) {
        compare(one, next);
      }
    }
  }

  private void compare(Execution one, Execution next) {
    if (one.key().equals(next.key())) {
      broken(Kind.DUPLICATE, "a key was begun twice: %s, then %s".formatted(one, next));
    } else if (one.overlaps(next)) {
      broken(Kind.DUPLICATE, "two commands at once on a host: %s and %s".formatted(one, next));
    } else if (one.key().restarts() && one.key().sameStep(next.key()) && succeeded(one)) {
      broken(Kind.DUPLICATE, "what was done was done again: %s, then %s".formatted(one, next));
    }
  }

  /** Its effect is there, and nothing says that it failed. */
  private static boolean succeeded(Execution command) {
    return !command.effects().isEmpty() && command.exitCode() <= 0;
  }

  // ---- I1, I2: what was accepted is there, once ----

  private void presence(JobRecord job) {
    if (job.ids().size() != 1) {
      broken(Kind.LOST, "one idempotency key gave several jobs: %s".formatted(job.ids()));
    }
    if (job.uid() == null) {
      broken(Kind.LOST, "%s was accepted and is not there".formatted(job));
    } else if (!job.rows().keySet().equals(job.hosts())) {
      broken(Kind.LOST, "%s has hosts %s, not %s".formatted(job, job.rows().keySet(), job.hosts()));
    }
  }

  // ---- I4: muster says what the host recorded ----

  private void truth(JobRecord job, List<Execution> commands) {
    job.rows()
        .forEach(
            (host, row) -> {
              List<Execution> own = commands.stream().filter(e -> e.host() == host).toList();
              if (row.status().equals("SUCCESS")) {
                success(job, host, own);
              } else if (row.proof().equals("NEVER_STARTED") && !own.isEmpty()) {
                broken(Kind.LIE, "%s host %d was started: %s".formatted(job, host, own.getFirst()));
              }
            });
  }

  private void success(JobRecord job, long host, List<Execution> own) {
    boolean restarted =
        rebootedSince(job.askedNs(), host)
            || own.stream().anyMatch(e -> e.key().restarts() && succeeded(e));
    if (!restarted) {
      broken(Kind.LIE, "%s host %d succeeded without a restart: %s".formatted(job, host, own));
    }
    if (own.stream().allMatch(e -> e.key().restarts())) {
      broken(Kind.LIE, "%s host %d succeeded without its last step: %s".formatted(job, host, own));
    }
  }

  /**
   * After a reboot the agent is another one, even if the command was cut off: that is the effect.
   */
  private boolean rebootedSince(long ns, long host) {
    return evidence.bootsNs().getOrDefault(host, List.of()).stream().anyMatch(boot -> boot >= ns);
  }

  // ---- I5: never more hosts at once than the window ----

  private void crowd(JobRecord job, List<Execution> commands) {
    record Edge(long ns, int change) {}
    List<Edge> edges = new ArrayList<>();
    for (Execution command : commands) {
      if (command.toNs() > command.fromNs()) {
        edges.add(new Edge(command.fromNs(), 1));
        edges.add(new Edge(command.toNs(), -1));
      }
    }
    edges.sort(Comparator.comparingLong(Edge::ns).thenComparingInt(Edge::change));
    int now = 0;
    int most = 0;
    for (Edge edge : edges) {
      now += edge.change();
      most = Math.max(most, now);
    }
    if (most > job.window()) {
      broken(Kind.CROWD, "%s had %d hosts at once, window %d".formatted(job, most, job.window()));
    }
  }

  // ---- I7: nothing starts after a stop, or under a hold ----

  private void bans(String what, List<Ban> bans, List<Execution> commands) {
    late(bans, commands)
        .max()
        .ifPresent(
            ns -> {
              if (ns > STOP_WITHIN.toNanos()) {
                broken(
                    Kind.LATE_START, "%s: a start %d ns after it was stopped".formatted(what, ns));
              }
            });
  }

  /** How long after the answer each start was that was forbidden by then. */
  private static LongStream late(List<Ban> bans, List<Execution> commands) {
    return commands.stream()
        .flatMapToLong(
            command ->
                bans.stream()
                    .filter(ban -> ban.forbids(command))
                    .mapToLong(ban -> command.fromNs() - ban.fromNs()));
  }

  /** The latest start after an answered stop or hold, over all jobs. */
  static OptionalLong latestStartAfterStopNs(Evidence evidence) {
    Map<UUID, List<Execution>> byJob = evidence.byJob();
    LongStream ofJobs =
        evidence.jobs().stream()
            .filter(job -> job.uid() != null)
            .flatMapToLong(job -> late(job.bans(), byJob.getOrDefault(job.uid(), List.of())));
    return LongStream.concat(ofJobs, late(evidence.holds(), evidence.executions())).max();
  }

  // ---- I8, I9: counters add up, everything ends ----

  private void end(JobRecord job, List<Execution> commands) {
    job.wrongCounts().forEach(wrong -> broken(Kind.MISCOUNT, "%s: %s".formatted(job, wrong)));
    if (!job.ended()) {
      broken(Kind.STUCK, "%s is still %s: %s".formatted(job, job.status(), job.rows()));
    } else if (job.rows().values().stream().anyMatch(row -> !row.ended())) {
      broken(Kind.STUCK, "%s has ended, but not all its hosts: %s".formatted(job, job.rows()));
    }
    for (Execution command : commands) {
      JobRecord.Row row = job.rows().get(command.host());
      boolean unreachable = row != null && row.proof().equals("UNREACHABLE");
      if (job.ended() && command.toNs() == Ledger.OPEN && !unreachable) {
        broken(Kind.STUCK, "%s has ended, but this runs: %s".formatted(job, command));
      }
    }
  }
}
