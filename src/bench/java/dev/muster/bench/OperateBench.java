package dev.muster.bench;

import dev.muster.Muster;
import dev.muster.roster.RosterRows;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;

/**
 * How long a caller waits for {@code operate_job} with 1,000,000 hosts in the inventory, beside the
 * least that any such service must do: commit one row, and start one workflow. An open loop of 20
 * requests a second: each is timed from when it was due, so that a slow answer is not hidden by
 * asking later. Jobs are accepted and started, and not worked on: that has its own benchmark.
 *
 * <p>{@code -Dbench.hosts}; {@code -Dbench.requests} of each kind, in {@code -Dbench.rounds}.
 */
public final class OperateBench {

  private static final int HOSTS = Integer.getInteger("bench.hosts", 1_000_000);
  private static final int REQUESTS = Integer.getInteger("bench.requests", 1_000);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final long GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ConfigurableApplicationContext muster;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Random random = new Random(7);
  private final Map<String, List<double[]>> measured = new LinkedHashMap<>();

  private OperateBench(ConfigurableApplicationContext muster) {
    this.muster = muster;
  }

  public static void main(String[] arguments) throws IOException {
    Path home =
        Files.createTempDirectory(
            "muster-bench",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    List<String> settings = new ArrayList<>(List.of(arguments));
    settings.add("--muster.home=" + home);
    settings.add("--server.port=18099");
    try (ConfigurableApplicationContext muster =
        SpringApplication.run(
            new Class<?>[] {Muster.class, NobodyWorks.class}, settings.toArray(String[]::new))) {
      OperateBench bench = new OperateBench(muster);
      bench.fill();
      for (int round = 0; round <= ROUNDS; round++) {
        bench.round(round > 0);
      }
      bench.report();
      bench.resolve();
    } finally {
      FileSystemUtils.deleteRecursively(home);
    }
  }

  /** Not annotated, so that only {@link #main} takes it in. */
  static class NobodyWorks {

    @Bean
    static BeanFactoryPostProcessor nobodyWorks() {
      return beans -> ((BeanDefinitionRegistry) beans).removeBeanDefinition("workers");
    }
  }

  /** Clouds 1, 2 and 3 have 1,000, 10,000 and 100,000 hosts; the rest is in area 0. */
  private void fill() {
    JdbcClient jdbc = muster.getBean(JdbcClient.class);
    jdbc.sql("insert into cloud (id, name) values (1, 'one'), (2, 'two'), (3, 'three')").update();
    jdbc.sql(
            """
            insert into host (id, business_id, cloud_id, inner_ip, os_type)
            select i, 2 + i % 50, case when i <= 1000 then 1 when i <= 11000 then 2 when i <= 111000 then 3 else 0 end,
              '10.' || i / 65536 || '.' || i / 256 % 256 || '.' || i % 256, 'LINUX'
            from generate_series(1, :hosts) i
            """)
        .param("hosts", HOSTS)
        .update();
    jdbc.sql("insert into process (host_id, kind, name) select id, 'AGENT', 'gse_agent' from host")
        .update();
    jdbc.sql("analyze").update();
  }

  private void round(boolean counted) {
    measure(counted, "least: row and workflow", n -> this::least);
    for (int ids : new int[] {1, 500, 5_000}) {
      measure(counted, ids + " ids", n -> () -> operate(byIds(ids), null));
    }
    for (int cloud = 1; cloud <= 3; cloud++) {
      String body = byCloud(cloud);
      int hosts = (int) Math.pow(10, cloud + 2);
      measure(counted, "conditions, %,d hosts".formatted(hosts), n -> () -> operate(body, null));
    }
    String key = UUID.randomUUID().toString();
    measure(counted, "the same key again", n -> () -> operate(byCloud(1), key));
  }

  private String byIds(int count) {
    int first = random.nextInt(HOSTS - count);
    return "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":["
        + LongStream.range(first + 1, first + 1 + count)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(","))
        + "]}";
  }

  private static String byCloud(int cloud) {
    return "{\"job_type\":\"RESTART_AGENT\",\"exclude_hosts\":[],\"conditions\":[{\"key\":\"bk_cloud_id\",\"value\":[%d]}]}"
        .formatted(cloud);
  }

  private void operate(String body, @Nullable String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:18099/api/job/operate/"))
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (key != null) {
      request.header("Idempotency-Key", key);
    }
    try {
      String answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
      if (!answer.contains("\"code\":0")) {
        throw new IllegalStateException(answer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void least() {
    muster
        .getBean(JdbcClient.class)
        .sql(
            """
            insert into job (uid, type, caller, app, request_digest, selector, businesses, selected,
              run_window, retry_rounds, retry_after_seconds, runbook_digest, ended_at)
            values (:uid, 'RESTART_AGENT', 'a', 'b', 'd', '{"nothing":true}', '{}', 0, 100, 0, 0, 'r', now())
            """)
        .param("uid", UUID.randomUUID())
        .update();
    WorkflowClient client = muster.getBean(WorkflowClient.class);
    WorkflowExecution started =
        client
            .newUntypedWorkflowStub(
                "Nothing",
                WorkflowOptions.newBuilder()
                    .setTaskQueue("nobody")
                    .setWorkflowId("least/" + UUID.randomUUID())
                    .build())
            .start();
    if (started.getRunId().isEmpty()) {
      throw new IllegalStateException("not started");
    }
  }

  private void measure(boolean counted, String what, IntFunction<Runnable> request) {
    int requests = counted ? Math.ceilDiv(REQUESTS, ROUNDS) : 40;
    ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<RuntimeException> failed = new ConcurrentLinkedQueue<>();
    CountDownLatch left = new CountDownLatch(requests);
    long begin = System.nanoTime();
    for (int n = 0; n < requests; n++) {
      Runnable work = request.apply(n);
      long due = begin + n * GAP_NANOS;
      LockSupport.parkNanos(due - System.nanoTime());
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  work.run();
                  millis.add((System.nanoTime() - due) / 1e6);
                } catch (RuntimeException e) {
                  failed.add(e);
                } finally {
                  left.countDown();
                }
              });
    }
    try {
      if (!left.await(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException(what + ": " + left.getCount() + " requests have no answer");
      }
      if (!failed.isEmpty()) {
        throw new IllegalStateException(
            what + ": " + failed.size() + " requests failed", failed.peek());
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (counted) {
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      measured
          .computeIfAbsent(what, w -> new ArrayList<>())
          .add(new double[] {at(sorted, 0.5), at(sorted, 0.99)});
    }
  }

  /** A job of 100,000 hosts becomes its rows, beside the same rows without any rule. */
  private void resolve() {
    JdbcClient jdbc = muster.getBean(JdbcClient.class);
    RosterRows roster = muster.getBean(RosterRows.class);
    List<Double> times = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      operate(byCloud(3), null);
      operate(byCloud(3), null);
      long job = jdbc.sql("select max(id) from job").query((row, n) -> row.getLong(1)).single();
      long begin = System.nanoTime();
      roster.resolve(job);
      double ours = (System.nanoTime() - begin) / 1e6;
      begin = System.nanoTime();
      jdbc.sql(
              """
              insert into job_instance (job_id, ordinal, host_id, business_id, label)
              select :job, row_number() over (order by id) - 1, id, business_id, inner_ip from host where cloud_id = 3
              """)
          .param("job", job - 1)
          .update();
      double least = (System.nanoTime() - begin) / 1e6;
      if (round > 0) {
        times.add(ours);
        ratios.add(ours / least);
      }
    }
    System.out.printf(
        "| resolving 100,000 hosts | %.0f | | %.2f of the bare rows | |%n",
        median(times), median(ratios));
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static double at(double[] sorted, double part) {
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  }

  private void report() {
    List<double[]> least = measured.values().iterator().next();
    System.out.println("| request | p50 ms | p99 ms | p50 ÷ least | p99 ÷ least |");
    System.out.println("|---|---|---|---|---|");
    measured.forEach(
        (what, rounds) ->
            System.out.printf(
                "| %s | %.1f | %.1f | %.2f | %.2f |%n",
                what,
                median(rounds, least, 0, false),
                median(rounds, least, 1, false),
                median(rounds, least, 0, true),
                median(rounds, least, 1, true)));
  }

  /** The median over the rounds, of the value or of its ratio to the least of the same round. */
  private static double median(
      List<double[]> rounds, List<double[]> least, int which, boolean ratio) {
    double[] values = new double[rounds.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = rounds.get(i)[which] / (ratio ? least.get(i)[which] : 1);
    }
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
