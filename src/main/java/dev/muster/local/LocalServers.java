package dev.muster.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Starts the servers that the configuration does not name, before anything asks for their address.
 *
 * <p>A database is configured by {@code spring.datasource.url}, Temporal by {@code
 * spring.temporal.connection.target}; for what is missing, those properties and {@code
 * muster.temporal.ui} are set here. The servers are stopped after the application context has been
 * closed, Temporal first. {@code muster.local.enabled=false} leaves everything alone.
 */
final class LocalServers implements EnvironmentPostProcessor, Ordered {

  static final String ENABLED = "muster.local.enabled";
  static final String DATABASE_URL = "spring.datasource.url";
  static final String TEMPORAL_TARGET = "spring.temporal.connection.target";
  static final String TEMPORAL_UI = "muster.temporal.ui";

  private final DeferredLogFactory logs;

  LocalServers(DeferredLogFactory logs) {
    this.logs = logs;
  }

  /** Last: all configuration has been read, whoever else contributes to it. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    boolean database = isMissing(environment, DATABASE_URL);
    boolean temporal = isMissing(environment, TEMPORAL_TARGET);
    boolean enabled = environment.getProperty(ENABLED, Boolean.class, true);
    if (!enabled || !(database || temporal)) {
      return;
    }
    // Asked before anything is started or unpacked.
    @Nullable Path executable =
        temporal ? LocalTemporal.find(environment).orElseThrow(LocalTemporal::missing) : null;
    Running running = new Running(Home.open(environment));
    start(running, database, executable);
    SpringApplication.getShutdownHandlers().add(running::close);
    environment
        .getPropertySources()
        .addFirst(new MapPropertySource("musterLocalServers", running.properties()));
  }

  private static boolean isMissing(Environment environment, String property) {
    return !StringUtils.hasText(environment.getProperty(property));
  }

  /** Both at once: each takes seconds, mostly waiting. */
  private void start(Running running, boolean database, @Nullable Path executable) {
    Log postgresLog = logs.getLog(LocalPostgres.class);
    Log temporalLog = logs.getLog(LocalTemporal.class);
    List<CompletableFuture<Void>> starts = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      if (database) {
        starts.add(CompletableFuture.runAsync(() -> running.startPostgres(postgresLog), executor));
      }
      if (executable != null) {
        starts.add(
            CompletableFuture.runAsync(
                () -> running.startTemporal(executable, temporalLog), executor));
      }
    }
    try {
      starts.forEach(CompletableFuture::join);
    } catch (CompletionException e) {
      // The other one may have succeeded.
      running.close();
      throw e.getCause() instanceof LocalServerRefusal refusal ? refusal : e;
    }
  }

  private static final class Running {

    private final Home home;
    private volatile @Nullable LocalPostgres postgres;
    private volatile @Nullable LocalTemporal temporal;

    Running(Home home) {
      this.home = home;
    }

    void startPostgres(Log log) {
      postgres = LocalPostgres.start(home, log, LocalPostgres.PREFERRED_PORT);
    }

    void startTemporal(Path executable, Log log) {
      temporal = LocalTemporal.start(home, executable, log, LocalTemporal.PREFERRED_PORTS);
    }

    Map<String, Object> properties() {
      Map<String, Object> properties = new HashMap<>();
      LocalPostgres database = postgres;
      if (database != null) {
        properties.put(DATABASE_URL, database.url());
        properties.put("spring.datasource.username", database.username());
        properties.put("spring.datasource.password", database.password());
      }
      LocalTemporal engine = temporal;
      if (engine != null) {
        properties.put(TEMPORAL_TARGET, engine.target());
        properties.put(TEMPORAL_UI, engine.ui());
      }
      return properties;
    }

    void close() {
      LocalTemporal engine = temporal;
      if (engine != null) {
        engine.close();
      }
      LocalPostgres database = postgres;
      if (database != null) {
        database.close();
      }
      home.close();
    }
  }
}
