package dev.muster.local;

import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * PostgreSQL on 127.0.0.1, with its data in a {@link Home} and one database for muster.
 *
 * <p>What it acknowledges survives kill -9 of it and of muster. While open it is started again
 * whenever it ends, at the same address. Closing stops it and keeps the data.
 */
public final class LocalPostgres implements AutoCloseable {

  /** Not 5432, which belongs to the machine's own PostgreSQL. */
  static final int PREFERRED_PORT = 15432;

  /** Several pools of one muster, its tests and a psql; each costs memory only when used. */
  private static final int MAX_CONNECTIONS = 200;

  private static final String DATABASE = "muster";

  private final LocalServer server;
  private final PostgresCluster cluster;

  private LocalPostgres(LocalServer server, PostgresCluster cluster) {
    this.server = server;
    this.cluster = cluster;
  }

  /**
   * Returns a PostgreSQL that serves; the first start in a home unpacks and initializes it.
   *
   * @throws LocalServerRefusal if it does not start
   */
  public static LocalPostgres start(Home home) {
    return start(home, LogFactory.getLog(LocalPostgres.class), PREFERRED_PORT);
  }

  static LocalPostgres start(Home home, Log log, int preferredPort) {
    try {
      PostgresPrograms programs = PostgresPrograms.in(home.postgresPrograms());
      Account account = Account.choose(programs.program("postgres"), home);
      return start(home, log, preferredPort, programs, account);
    } catch (IOException e) {
      throw refusal(home, e);
    }
  }

  static LocalPostgres start(
      Home home, Log log, int preferredPort, PostgresPrograms programs, Account account) {
    try {
      PostgresCluster cluster = PostgresCluster.in(home.postgres(), programs, account);
      LocalServer server =
          LocalServer.start(home, new Kind(programs, account, cluster, preferredPort), log);
      LocalPostgres postgres = new LocalPostgres(server, cluster);
      postgres.createDatabase();
      return postgres;
    } catch (IOException e) {
      throw refusal(home, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalServerRefusal("interrupted while PostgreSQL was started", e);
    }
  }

  private static LocalServerRefusal refusal(Home home, IOException e) {
    return new LocalServerRefusal(
        "PostgreSQL does not start in %s (%s): repair that, or configure spring.datasource.url"
            .formatted(home.postgres(), e),
        e);
  }

  private void createDatabase() {
    try (Connection connection = connect(server.ports().getFirst(), cluster);
        Statement statement = connection.createStatement()) {
      ResultSet found =
          statement.executeQuery(
              "select from pg_database where datname = '%s'".formatted(DATABASE));
      if (!found.next()) {
        statement.execute("create database " + DATABASE);
      }
    } catch (SQLException e) {
      close();
      throw new LocalServerRefusal(
          "PostgreSQL refuses database muster (%s): configure spring.datasource.url".formatted(e),
          e);
    }
  }

  private static Connection connect(int port, PostgresCluster cluster) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", PostgresCluster.USER);
    properties.setProperty("password", cluster.password());
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port), properties);
  }

  /** The JDBC URL of muster's database. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.ports().getFirst(), DATABASE);
  }

  public String username() {
    return PostgresCluster.USER;
  }

  public String password() {
    return cluster.password();
  }

  OsProcess process() {
    return server.process();
  }

  /** Stops PostgreSQL cleanly; open connections are cut. */
  @Override
  public void close() {
    server.close();
  }

  private record Kind(
      PostgresPrograms programs, Account account, PostgresCluster cluster, int preferredPort)
      implements ServerKind {

    @Override
    public String title() {
      return "PostgreSQL";
    }

    @Override
    public String name() {
      return "postgres";
    }

    @Override
    public List<Integer> preferredPorts() {
      return List.of(preferredPort);
    }

    @Override
    public String address(List<Integer> ports) {
      return "127.0.0.1:" + ports.getFirst();
    }

    @Override
    public List<String> command(List<Integer> ports) {
      return account.command(
          List.of(
              programs.program("postgres").toString(),
              "-D",
              cluster.data().toString(),
              "-p",
              ports.getFirst().toString(),
              "-c",
              "listen_addresses=127.0.0.1",
              "-c",
              "unix_socket_directories=",
              "-c",
              "synchronous_commit=on",
              "-c",
              "max_connections=" + MAX_CONNECTIONS));
    }

    @Override
    public void prepare() throws IOException {
      cluster.forgetDeadPostmaster();
    }

    @Override
    public void check(List<Integer> ports) throws SQLException {
      connect(ports.getFirst(), cluster).close();
    }

    /** Fast shutdown: does not wait for clients. */
    @Override
    public String stopSignal() {
      return "INT";
    }

    @Override
    public String remedy() {
      return "configure spring.datasource.url";
    }
  }
}
