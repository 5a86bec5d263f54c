package dev.muster.demo;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import dev.muster.demo.Agent.Look;
import dev.muster.demo.HostPlan.Nature;
import dev.muster.demo.MusterClient.Accepted;
import dev.muster.demo.MusterClient.FailedHost;
import dev.muster.demo.Prediction.Change;
import dev.muster.demo.Prediction.End;
import dev.muster.demo.Prediction.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Three jobs on the fleet, watched until they end and compared with what was predicted. */
final class Showcase {

  private static final long LOOK_MILLIS = 200;

  /** Four times what the slowest host takes, the one that cannot be reached. */
  private static final long LIMIT_SECONDS = 120;

  private final MusterClient muster;
  private final Fleet fleet;
  private final DemoHome home;
  private final Screen screen;

  Showcase(MusterClient muster, Fleet fleet, DemoHome home, Screen screen) {
    this.muster = muster;
    this.fleet = fleet;
    this.home = home;
    this.screen = screen;
  }

  /** Answers what is not as predicted: nothing, if all is well. */
  List<String> run() throws IOException {
    int hosts = muster.importInventory(InventoryLines.of(fleet.hosts(), home.identity()));
    screen.say(
        "Inventory",
        "%d hosts, %d businesses, %d cloud areas imported"
            .formatted(hosts, Blueprint.BUSINESSES.size(), Blueprint.CLOUDS.size()));
    finishEarlierJobs();
    Map<Long, Look> before = looks();
    for (DemoHost host : fleet.hosts()) {
      if (host.plan().nature() == Nature.FAILS_ONCE) {
        host.agent().trouble();
      }
    }
    Map<Part, Accepted> jobs = post();
    watch(jobs.values().stream().map(Accepted::id).toList());
    List<End> ends = new ArrayList<>();
    jobs.forEach(
        (part, job) -> ends.add(new End(part, muster.job(job.id()), muster.failed(job.id()))));
    List<Change> changes = changes(before, looks());
    tell(ends, changes);
    return Prediction.differences(ends, changes);
  }

  /** A demo that was killed or ended early left jobs behind: muster goes on with them. */
  private void finishEarlierJobs() throws IOException {
    if (!Files.exists(home.jobs())) {
      return;
    }
    List<Long> left = new ArrayList<>();
    for (String id : Files.readAllLines(home.jobs())) {
      muster.find(Long.parseLong(id)).filter(job -> !job.ended()).ifPresent(j -> left.add(j.id()));
    }
    if (!left.isEmpty()) {
      screen.line("");
      screen.line("  The last demo was interrupted; muster goes on with its jobs.");
      watch(left);
    }
  }

  private Map<Part, Accepted> post() throws IOException {
    Map<Part, Accepted> jobs = new EnumMap<>(Part.class);
    screen.line("");
    Files.deleteIfExists(home.jobs());
    for (Part part : Part.values()) {
      Accepted job = muster.operate(body(part));
      jobs.put(part, job);
      Files.writeString(home.jobs(), job.id() + "\n", CREATE, APPEND);
      screen.say("job " + job.id(), title(part));
      screen.say("", job.url());
    }
    screen.line("");
    return jobs;
  }

  private static String title(Part part) {
    return switch (part) {
      case EXAMPLE -> "restart the agent whose inner_ip is 127.0.0.1";
      case AGENTS -> "restart every agent, failed hosts once more after 3 s";
      case PROXIES -> "restart the two proxies";
    };
  }

  private String body(Part part) {
    return switch (part) {
      case EXAMPLE -> DemoHome.resource("operate.json");
      case AGENTS ->
          """
          {"bk_username": "admin", "job_type": "RESTART_AGENT", "exclude_hosts": [],
           "retry_failed": {"rounds": 1, "after": "3s"}}""";
      case PROXIES ->
          """
          {"bk_username": "admin", "job_type": "RESTART_PROXY", "bk_host_id": %s}"""
              .formatted(
                  fleet.hosts().stream()
                      .map(DemoHost::plan)
                      .filter(part::includes)
                      .map(HostPlan::id)
                      .toList());
    };
  }

  /** Draws until every job has ended, or the patience. */
  private void watch(List<Long> ids) {
    Progress progress = new Progress(screen);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      List<JobNow> jobs = ids.stream().map(muster::job).toList();
      progress.show(jobs);
      if (jobs.stream().allMatch(JobNow::ended) || System.nanoTime() > until) {
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private Map<Long, Look> looks() {
    return fleet.hosts().stream()
        .collect(Collectors.toMap(host -> host.plan().id(), host -> host.agent().look()));
  }

  private List<Change> changes(Map<Long, Look> before, Map<Long, Look> after) {
    Look none = new Look(0, 0, 0);
    return fleet.hosts().stream()
        .map(DemoHost::plan)
        .map(
            plan ->
                new Change(
                    plan,
                    before.getOrDefault(plan.id(), none),
                    after.getOrDefault(plan.id(), none)))
        .toList();
  }

  private void tell(List<End> ends, List<Change> changes) {
    screen.line("");
    for (End end : ends) {
      JobNow job = end.job();
      screen.say(
          "job " + job.id(),
          "%-11s %2d of %2d succeeded".formatted(job.status(), job.succeeded(), job.hosts()));
      end.failed().forEach(this::tell);
      if (end.part() == Part.AGENTS) {
        changes.stream().filter(change -> change.failures() > 0).forEach(this::tell);
      }
    }
  }

  private void tell(FailedHost failed) {
    String who =
        fleet.hosts().stream()
            .map(DemoHost::plan)
            .filter(plan -> plan.id() == failed.host())
            .map(Showcase::name)
            .findFirst()
            .orElse("host " + failed.host());
    screen.say("", "%s %s: %s".formatted(who, failed.reason(), failed.detail()));
  }

  private void tell(Change change) {
    screen.say("", name(change.host()) + " failed at first; the job itself tried again");
  }

  private static String name(HostPlan host) {
    return "%-8s %-12s".formatted(host.name(), host.innerIp());
  }
}
