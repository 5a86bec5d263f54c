package dev.muster.inventory;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.local.Home;
import dev.muster.local.LocalPostgres;
import dev.muster.projection.AuditViews;
import dev.muster.projection.Failures;
import dev.muster.projection.JobLists;
import dev.muster.projection.JobViews;
import dev.muster.projection.ProgressRows;
import dev.muster.projection.StepLogs;
import dev.muster.projection.Wording;
import dev.muster.roster.Acceptance;
import dev.muster.roster.Audit;
import dev.muster.roster.DryRun;
import dev.muster.roster.FleetSettings;
import dev.muster.roster.Given;
import dev.muster.roster.Holds;
import dev.muster.roster.Instances;
import dev.muster.roster.Jobs;
import dev.muster.roster.Leadership;
import dev.muster.roster.RosterRows;
import dev.muster.roster.Verbs;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.RunbookSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.util.FileSystemUtils;

/**
 * Gives tests a real PostgreSQL with muster's schema, and what works on it: each of our components
 * can be a parameter. One server for all tests of a JVM; every test begins with empty tables.
 */
public final class TestDatabase implements BeforeEachCallback, ParameterResolver {

  private static final ExtensionContext.Namespace HERE =
      ExtensionContext.Namespace.create(TestDatabase.class);

  @Override
  public void beforeEach(ExtensionContext context) {
    running(context).empty();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).spring.getBeanNamesForType(parameter.getParameter().getType()).length
        == 1;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return running(context).spring.getBean(parameter.getParameter().getType());
  }

  private static Running running(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(HERE)
        .computeIfAbsent(Running.class, type -> Running.start(), Running.class);
  }

  private static final class Running implements AutoCloseable {

    private final Path directory;
    private final Home home;
    private final LocalPostgres postgres;
    private final HikariDataSource pool;
    private final AnnotationConfigApplicationContext spring;
    private final String truncate;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Running(Path directory) {
      this.directory = directory;
      home = Home.open(directory);
      postgres = LocalPostgres.start(home);
      pool = new HikariDataSource();
      pool.setJdbcUrl(postgres.url());
      pool.setUsername(postgres.username());
      pool.setPassword(postgres.password());
      pool.setMaximumPoolSize(40);
      pool.setConnectionTimeout(30_000);
      Flyway.configure().dataSource(pool).load().migrate();
      spring = new AnnotationConfigApplicationContext();
      spring.registerBean(
          "database", DataSource.class, () -> pool, d -> d.setDestroyMethodName(""));
      spring.register(Components.class);
      spring.refresh();
      truncate =
          spring
              .getBean(JdbcClient.class)
              .sql("select tablename from pg_tables where schemaname = 'public'")
              .query(String.class)
              .stream()
              .filter(table -> !table.startsWith("flyway") && !table.equals("transition"))
              .collect(
                  Collectors.joining(
                      ", ",
                      // Past the triggers: the audit is append-only to everybody else.
                      "set session_replication_role = replica; truncate table ",
                      " restart identity cascade; set session_replication_role = origin"));
      Runtime.getRuntime().addShutdownHook(new Thread(this::closeAtLast));
    }

    /** The directory may be passed through by the user that PostgreSQL is run as for root. */
    static Running start() {
      try {
        return new Running(
            Files.createTempDirectory(
                "muster-test",
                PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx--x--x"))));
      } catch (IOException e) {
        throw new IllegalStateException("no directory for the database of tests", e);
      }
    }

    void empty() {
      spring.getBean(JdbcClient.class).sql(truncate).update();
    }

    private void closeAtLast() {
      try {
        close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot remove " + directory, e);
      }
    }

    /** Also at the end of a JVM that is told to end amid its tests. */
    @Override
    public void close() throws IOException {
      if (closed.getAndSet(true)) {
        return;
      }
      spring.close();
      pool.close();
      postgres.close();
      home.close();
      FileSystemUtils.deleteRecursively(directory);
    }
  }

  @EnableTransactionManagement(proxyTargetClass = true)
  @Import({
    Importer.class,
    Exporter.class,
    HostSearch.class,
    Hosts.class,
    Jobs.class,
    Holds.class,
    Acceptance.class,
    DryRun.class,
    RosterRows.class,
    Given.class,
    Instances.class,
    Leadership.class,
    Verbs.class,
    Audit.class,
    ProgressRows.class,
    Failures.class,
    JobViews.class,
    JobLists.class,
    StepLogs.class,
    AuditViews.class,
    Wording.class
  })
  static class Components {

    @Bean
    static Catalog catalog() {
      return new Catalog(new RunbookSettings(null, "gse"));
    }

    @Bean
    static FleetSettings fleetSettings() {
      return new FleetSettings(512);
    }

    @Bean
    static JdbcClient jdbcClient(DataSource database) {
      return JdbcClient.create(database);
    }

    @Bean
    static NamedParameterJdbcTemplate namedParameterJdbcTemplate(DataSource database) {
      return new NamedParameterJdbcTemplate(database);
    }

    @Bean
    static DataSourceTransactionManager transactionManager(DataSource database) {
      return new DataSourceTransactionManager(database);
    }
  }
}
