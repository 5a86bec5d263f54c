package dev.muster.bench;

import dev.muster.Muster;
import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
import dev.muster.inventory.Hosts;
import dev.muster.job.Scope;
import dev.muster.local.Home;
import dev.muster.local.LocalPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * Measures the inventory with a million hosts and as many agents (or {@code -Dbench.hosts}),
 * through muster's own HTTP, with a PostgreSQL of its own that is gone afterwards. Prints a table.
 */
public final class InventoryBench {

  private static final int ROUNDS = 21;
  private static final int ROWS = 500;

  private final int hosts;
  private final String url;
  private final DataSource database;
  private final Hosts selection;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Figures figures = new Figures();

  private InventoryBench(int hosts, ConfigurableApplicationContext muster) {
    this.hosts = hosts;
    this.url =
        "http://127.0.0.1:" + muster.getEnvironment().getRequiredProperty("local.server.port");
    this.database = muster.getBean(DataSource.class);
    this.selection = muster.getBean(Hosts.class);
  }

  public static void main(String[] args) throws Exception {
    int hosts = Integer.getInteger("bench.hosts", 1_000_000);
    Path directory =
        Files.createTempDirectory(
            "muster-bench",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    Path file = directory.resolve("fleet.ndjson");
    FleetFile.write(file, hosts);
    try (Home home = Home.open(directory);
        LocalPostgres postgres = LocalPostgres.start(home);
        ConfigurableApplicationContext muster =
            SpringApplication.run(
                Muster.class,
                "--server.port=0",
                "--muster.local.enabled=false",
                "--spring.datasource.url=" + postgres.url(),
                "--spring.datasource.username=" + postgres.username(),
                "--spring.datasource.password=" + postgres.password(),
                "--spring.temporal.connection.target=127.0.0.1:1",
                "--logging.level.root=off")) {
      new InventoryBench(hosts, muster).run(file);
    } finally {
      FileSystemUtils.deleteRecursively(directory);
    }
  }

  private void run(Path file) throws Exception {
    String size = "%,d hosts and processes (%d MB)".formatted(hosts, Files.size(file) >> 20);
    figures.once("import of " + size, () -> send(file));
    figures.once("the same file again", () -> send(file));
    figures.once("export of " + size, this::export);
    execute("vacuum analyze host, process");

    String columns = "select h.*, b.name, c.name, p.status, p.version from host h";
    String joins =
        " left join business b on b.id = h.business_id left join cloud c on c.id = h.cloud_id"
            + " left join process p on p.host_id = h.id and p.kind = 'AGENT'";
    String cloud = " where h.cloud_id = any ('{3}')";
    String count = "select count(*) from host h" + cloud;
    String first = columns + joins + cloud + " order by h.id limit " + ROWS;
    figures.compare(
        "search by a condition, first " + ROWS + " and the total",
        () -> search("\"conditions\":[{\"key\":\"bk_cloud_id\",\"value\":3}]"),
        "plain SQL",
        () -> queries(count, first),
        ROUNDS);
    figures.compare(
        ROWS + " from the middle by `after`, and the total",
        () -> search("\"after\":" + hosts / 2),
        "the first " + ROWS,
        () -> search("\"after\":0"),
        ROUNDS);
    figures.compare(
        ROWS + " from the middle by `page`, and the total",
        () -> search("\"page\":" + hosts / 2 / ROWS),
        "the first " + ROWS,
        () -> search("\"page\":1"),
        ROUNDS);
    figures.compare(
        "survey of a selection by a condition",
        this::survey,
        "one count of it",
        () -> queries(count + " and exists (select from process p where p.host_id = h.id)"),
        ROUNDS);
    figures.print(System.out);
  }

  private void survey() {
    Set<NodeType> agents = EnumSet.of(NodeType.AGENT, NodeType.PAGENT);
    Condition area = new Condition.Belongs(Condition.Owner.CLOUD, List.of(3L));
    long selected =
        selection
            .survey(
                new HostSelector.Matching(List.of(), List.of(area), List.of()),
                agents,
                Scope.everywhere())
            .hosts();
    expect(selected == hosts / FleetFile.CLOUDS, "the survey counts " + selected);
  }

  private void send(Path file) throws IOException, InterruptedException {
    String answer =
        post("/api/inventory/import", "application/x-ndjson", BodyPublishers.ofFile(file));
    expect(answer.contains("\"rejected_count\":0"), answer);
    expect(answer.contains("\"host\":" + hosts), answer);
  }

  private void search(String wanted) throws IOException, InterruptedException {
    String body = "{\"pagesize\":%d,%s}".formatted(ROWS, wanted);
    String answer = post("/api/host/search/", "application/json", BodyPublishers.ofString(body));
    expect(answer.contains("\"bk_host_id\""), answer);
  }

  private String post(String path, String type, BodyPublisher body)
      throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url + path))
                .header("Content-Type", type)
                .POST(body)
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  private void export() throws IOException, InterruptedException {
    HttpResponse<Void> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(url + "/api/inventory/export")).build(),
            BodyHandlers.discarding());
    expect(answer.statusCode() == 200, "the export is answered " + answer.statusCode());
  }

  /** Every column of every row is read, as an answer must. */
  private void queries(String... statements) throws SQLException {
    try (Connection connection = database.getConnection()) {
      for (String sql : statements) {
        try (PreparedStatement statement = connection.prepareStatement(sql);
            ResultSet rows = statement.executeQuery()) {
          int columns = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            for (int column = 1; column <= columns; column++) {
              rows.getObject(column);
            }
          }
        }
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }

  private static void expect(boolean truth, String otherwise) {
    if (!truth) {
      throw new IllegalStateException(otherwise);
    }
  }
}
