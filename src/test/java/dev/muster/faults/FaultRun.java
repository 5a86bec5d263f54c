package dev.muster.faults;

import dev.muster.Muster;
import dev.muster.it.Fleet;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.Ledger;
import dev.muster.lab.Sudo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/** One run of the suite: a lab, two musters, clients and faults, for a given time. */
final class FaultRun implements AutoCloseable {

  private static final Duration BETWEEN_SIGNS_OF_LIFE = Duration.ofSeconds(30);

  /**
   * What is done.
   *
   * @param mutant a runner with a safeguard less
   * @param grace how long jobs may still take when all is whole again
   */
  record Order(
      long seed,
      Way way,
      int hosts,
      int clients,
      Duration lasts,
      Duration grace,
      Optional<RunnerMutant> mutant) {}

  /** What came of it. */
  record Result(
      Order order,
      Evidence evidence,
      List<Violation> violations,
      Map<String, Integer> faults,
      Map<String, String> failures,
      int verbs) {}

  private final Order order;
  private final Path home;
  private final Map<Long, Proxy> proxies = new HashMap<>();
  private Lab lab;
  private Musters musters;

  private FaultRun(Order order, Path home) {
    this.order = order;
    this.home = home;
  }

  static Result run(Order order, Path home) throws IOException {
    try (FaultRun run = new FaultRun(order, home)) {
      run.start();
      return run.run();
    }
  }

  private void start() throws IOException {
    lab =
        Lab.start(
            IntStream.rangeClosed(1, order.hosts())
                .mapToObj(i -> i % 4 == 0 ? LabHost.Spec.mlab(Sudo.ALLOWED) : LabHost.Spec.root())
                .toList());
    Map<String, String> settings =
        Map.of(
            "muster.runbooks.directory",
            quickRunbooks(home.resolve("runbooks")).toString(),
            "muster.stage.look-again",
            "3s");
    Optional<Path> first =
        order.mutant().isPresent()
            ? Optional.of(order.mutant().get().in(home.resolve("mutant")))
            : Optional.empty();
    boolean ssh = order.way() == Way.SSH;
    musters =
        Musters.start(
            home,
            settings,
            first,
            ssh ? Muster.class : ShellMuster.class,
            Map.of(ShellMuster.HOSTS, Files.createDirectories(notes()).toString()));
    musters.api(0).importLines(Fleet.lines(lab));
    if (ssh) {
      lab.hosts().stream()
          .filter(host -> FaultPlan.isProxied(host.id()))
          .forEach(host -> proxies.put(host.id(), new Proxy(host.address(), host.port())));
      musters.api(0).importLines(proxied());
    }
  }

  private Path notes() {
    return home.resolve("hosts");
  }

  /** The shipped runbook and profile, but that nothing waits and the last step leaves a trace. */
  private static Path quickRunbooks(Path directory) throws IOException {
    Files.createDirectories(directory);
    change(
        "/runbooks/RESTART_AGENT.yaml",
        directory,
        Map.of(
            "timeout: 5m", "timeout: 20s",
            "within: 60s", "within: 8s",
            "every: 5s", "every: 1s"));
    change(
        "/profiles/gse.yaml",
        directory,
        Map.of(
            "settle: 5s", "settle: 0s",
            "[./gse_agent, --version]", "[./gsectl, check]"));
    return directory;
  }

  private static void change(String resource, Path directory, Map<String, String> changes)
      throws IOException {
    String text;
    try (var in = Objects.requireNonNull(FaultRun.class.getResourceAsStream(resource))) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    for (Map.Entry<String, String> change : changes.entrySet()) {
      if (!text.contains(change.getKey())) {
        throw new IllegalStateException(resource + " has no longer " + change.getKey());
      }
      text = text.replace(change.getKey(), change.getValue());
    }
    Files.writeString(directory.resolve(Path.of(resource).getFileName()), text);
  }

  private String proxied() {
    return proxies.entrySet().stream()
        .map(
            entry -> {
              ObjectNode line = Fleet.line(lab.host(entry.getKey()));
              line.put("login_ip", "127.0.0.1");
              line.put("port", entry.getValue().port());
              return line.toString();
            })
        .collect(Collectors.joining("\n"));
  }

  private Result run() {
    CountDownLatch over = new CountDownLatch(1);
    Load load = new Load(musters, order.hosts(), order.seed());
    Optional<Path> notes = order.way() == Way.SH ? Optional.of(notes()) : Optional.empty();
    Injector injector =
        new Injector(
            new FaultPlan(order.seed(), order.hosts(), order.way()),
            new FaultPlan(order.seed() + 1, order.hosts(), order.way()),
            new ProcessFaults(musters, load, over),
            new HostFaults(lab, proxies, notes, over),
            over);
    try (injector) {
      load.start(order.clients());
      injector.start();
      awaitEnd(over, injector);
    }
    load.finish(order.grace());
    Evidence evidence = evidence(load);
    Map<String, String> failures = new TreeMap<>(injector.failures());
    failures.putAll(load.failures());
    return new Result(
        order, evidence, Judge.violations(evidence), injector.counts(), failures, load.spoken());
  }

  private void awaitEnd(CountDownLatch over, Injector injector) {
    long until = System.nanoTime() + order.lasts().toNanos();
    try {
      while (System.nanoTime() < until) {
        long left = Math.min(until - System.nanoTime(), BETWEEN_SIGNS_OF_LIFE.toNanos());
        over.await(Math.max(left, 1), TimeUnit.NANOSECONDS);
        System.out.printf(
            "%d s left, %d commands so far, %s%n",
            Duration.ofNanos(until - System.nanoTime()).toSeconds(),
            executions().size(),
            injector.counts());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Execution> executions() {
    return lab.hosts().stream().flatMap(h -> Execution.of(h.id(), h.ledger()).stream()).toList();
  }

  private Evidence evidence(Load load) {
    Map<Long, UUID> uids = uids();
    List<JobRecord> jobs =
        load.jobs().stream().filter(RunningJob::isAccepted).map(job -> job.record(uids)).toList();
    Map<Long, List<Long>> boots =
        lab.hosts().stream()
            .collect(
                Collectors.toMap(
                    LabHost::id,
                    host -> host.ledger().boots().stream().map(Ledger.Boot::ns).toList()));
    return new Evidence(jobs, executions(), boots, load.holds());
  }

  private Map<Long, UUID> uids() {
    Map<String, String> database = musters.database();
    Map<Long, UUID> uids = new HashMap<>();
    try (Connection connection =
            DriverManager.getConnection(
                database.get("spring.datasource.url"),
                database.get("spring.datasource.username"),
                database.get("spring.datasource.password"));
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id, uid from job")) {
      while (rows.next()) {
        uids.put(rows.getLong(1), rows.getObject(2, UUID.class));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return uids;
  }

  @Override
  public void close() {
    List<AutoCloseable> parts = new ArrayList<>();
    if (musters != null) {
      parts.add(musters);
    }
    parts.addAll(proxies.values());
    if (lab != null) {
      parts.add(lab);
    }
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
