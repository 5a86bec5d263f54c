package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.util.FileSystemUtils;

class LocalPostgresIT {

  private static final Log LOG = LogFactory.getLog(LocalPostgresIT.class);

  /** Unpacked once for all tests; reachable for the unprivileged user. */
  private static Path programs;

  private final Path root = programs.resolveSibling(programs.getFileName() + ".home");
  private Home home = Home.open(root, programs);

  @BeforeAll
  static void shareThePrograms() throws IOException {
    programs =
        Files.createTempDirectory(
            "muster",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
  }

  @AfterAll
  static void removeThePrograms() throws IOException {
    FileSystemUtils.deleteRecursively(programs);
  }

  @AfterEach
  void removeTheHome() throws IOException {
    RecordedServer.read(home.run().resolve("postgres.properties"))
        .ifPresent(server -> server.process().stop("INT", Duration.ofSeconds(10)));
    home.close();
    FileSystemUtils.deleteRecursively(root);
  }

  @Test
  void serves_one_database_durably_on_loopback_to_whoever_knows_the_password() throws Exception {
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      check(postgres, "select current_database()", "muster");
      check(postgres, "show server_version", "18.6");
      check(postgres, "show synchronous_commit", "on");
      check(postgres, "show listen_addresses", "127.0.0.1");
      check(postgres, "show unix_socket_directories", "");
      check(postgres, "show max_connections", "200");
      check(postgres, "show password_encryption", "scram-sha-256");
      check(postgres, "select lower('ÄÖ')", "äö");
      assertThatThrownBy(() -> DriverManager.getConnection(postgres.url(), "muster", "guess"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("password authentication failed");
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.postgres().resolve("password"))))
        .isEqualTo("rw-------");
  }

  @Test
  void is_stopped_cleanly_although_clients_are_connected() throws Exception {
    LocalPostgres postgres = LocalPostgres.start(home);
    try (Connection open = connect(postgres)) {
      postgres.close();
      assertThat(postgres.process().alive()).isFalse();
      assertThat(open.isValid(1)).isFalse();
    }
    assertThat(home.run().resolve("postgres.log"))
        .content()
        .contains("received fast shutdown request", "database system is shut down");
  }

  @Test
  void comes_back_on_the_same_port_with_its_data_after_kill_9() throws Exception {
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      remember(postgres, "42");
      OsProcess first = postgres.process();
      first.stop("KILL", Duration.ofSeconds(1));
      await().atMost(Duration.ofSeconds(30)).until(() -> !postgres.process().equals(first));
      check(postgres, "select value from memory", "42");
    }
  }

  @Test
  void is_adopted_after_muster_was_killed() throws Exception {
    home.close();
    long pid = OtherMuster.startsPostgresAndIsKilled(root, programs);
    home = Home.open(root, programs);
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      assertThat(postgres.process().pid()).isEqualTo(pid);
      check(postgres, "select current_database()", "muster");
      OsProcess adopted = postgres.process();
      adopted.stop("KILL", Duration.ofSeconds(1));
      await().atMost(Duration.ofSeconds(30)).until(() -> !postgres.process().equals(adopted));
      check(postgres, "select current_database()", "muster");
    }
  }

  @Test
  void starts_after_both_were_killed_and_the_number_belongs_to_somebody_else() throws Exception {
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      remember(postgres, "42");
    }
    String somebody = ProcessHandle.current().pid() + "";
    Path note = home.postgres().resolve("data/postmaster.pid");
    Files.write(note, List.of(somebody, "/data", "1000000000", "15432", "", "127.0.0.1", "0 0"));
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      check(postgres, "select value from memory", "42");
    }
  }

  @Test
  void takes_the_next_port_when_the_preferred_one_is_in_use() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LocalPostgres postgres = LocalPostgres.start(home, LOG, busy.getLocalPort())) {
      assertThat(postgres.url()).doesNotContain(":" + busy.getLocalPort() + "/");
      check(postgres, "select 1", "1");
    }
  }

  @Test
  void data_without_its_password_is_refused() throws IOException {
    LocalPostgres.start(home).close();
    Files.delete(home.postgres().resolve("password"));
    assertThatThrownBy(() -> LocalPostgres.start(home))
        .isInstanceOf(LocalServerRefusal.class)
        .hasMessageContaining("pg/password is missing: restore it, or remove");
  }

  @Test
  void root_without_user_name_spaces_runs_it_as_nobody_on_the_same_data() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      remember(postgres, "42");
    }
    PostgresPrograms unpacked = PostgresPrograms.in(home.postgresPrograms());
    Account nobody = Account.nobody(unpacked.program("postgres"), home);
    try (LocalPostgres postgres =
        LocalPostgres.start(home, LOG, LocalPostgres.PREFERRED_PORT, unpacked, nobody)) {
      check(postgres, "select value from memory", "42");
      assertThat(ProcessHandle.of(postgres.process().pid()).flatMap(p -> p.info().user()))
          .hasValue("nobody");
    }
    try (LocalPostgres postgres = LocalPostgres.start(home)) {
      check(postgres, "select value from memory", "42");
    }
  }

  @Test
  void nobody_can_also_be_the_first_to_run_it() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    PostgresPrograms unpacked = PostgresPrograms.in(home.postgresPrograms());
    Account nobody = Account.nobody(unpacked.program("postgres"), home);
    try (LocalPostgres postgres =
        LocalPostgres.start(home, LOG, LocalPostgres.PREFERRED_PORT, unpacked, nobody)) {
      check(postgres, "select 1", "1");
    }
  }

  private static void remember(LocalPostgres postgres, String value) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute("create table memory as select '%s' as value".formatted(value));
    }
  }

  private static void check(LocalPostgres postgres, String query, String expected)
      throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).startsWith(expected);
    }
  }

  private static Connection connect(LocalPostgres postgres) throws SQLException {
    return DriverManager.getConnection(postgres.url(), postgres.username(), postgres.password());
  }
}
