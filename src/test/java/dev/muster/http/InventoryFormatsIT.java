package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** The inventories of the README's section "Inventories", as they stand there, say the same. */
@ExtendWith(TestDatabase.class)
class InventoryFormatsIT {

  private final Edge edge;
  private final JdbcClient jdbc;

  InventoryFormatsIT(DataSource database, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "json, application/x-ndjson",
    "csv, text/csv",
    "ini, text/x-ini",
    "yaml, application/yaml"
  })
  void theInventoriesOfTheReadmeAreImported(String language, String type) throws IOException {
    JsonNode data = edge.post("/api/inventory/import", type, block(language)).isOk().data();
    assertThat(data.get("rejected")).isEmpty();
    assertThat(
            jdbc.sql(
                    """
                    select concat_ws(' ', id, business_id, name, login_ip, port, os_type, account, become)
                    from host order by id
                    """)
                .query(String.class)
                .list())
        .containsExactly(
            "1 2 web-1 192.0.2.11 LINUX deploy SUDO",
            "2 2 web-2 192.0.2.12 2222 LINUX deploy SUDO");
  }

  private static String block(String language) throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String fence = "```" + language + "\n";
    int begin = readme.indexOf(fence, readme.indexOf("<!-- inventories -->")) + fence.length();
    return readme.substring(begin, readme.indexOf("```", begin));
  }
}
