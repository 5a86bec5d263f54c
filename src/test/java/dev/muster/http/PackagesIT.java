package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.delivery.Tars;
import dev.muster.inventory.TestDatabase;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Packages are taken as a whole or not at all, and never change. */
@ExtendWith(TestDatabase.class)
class PackagesIT {

  private static final byte[] ARCHIVE = new Tars().file("bin/it", "x".repeat(3_000_000)).bytes();

  private final Edge edge;
  private final JdbcClient jdbc;

  PackagesIT(DataSource database, JdbcClient jdbc) {
    this.edge = Edge.with(database);
    this.jdbc = jdbc;
  }

  private Edge.Answer put(String target, byte[] archive) {
    return edge.send(
        HttpMethod.PUT,
        "/api/package/" + target,
        r -> r.contentType("application/gzip").content(archive));
  }

  @Test
  void a_package_is_kept_with_its_digest_and_listed() {
    JsonNode kept = put("it/1.2.0/Linux/amd64/", ARCHIVE).isOk().data();
    assertThat(kept.get("sha256").asString()).isEqualTo(DigestUtils.sha256Hex(ARCHIVE));
    assertThat(kept.get("bytes").asInt()).isEqualTo(ARCHIVE.length);
    assertThat(List.of(kept.get("os").asString(), kept.get("cpu").asString()))
        .containsExactly("linux", "x86_64");
    put("it/1.10.0/linux/x86_64/", new Tars().file("bin/it", "y").bytes()).isOk();
    assertThat(edge.get("/api/package/").isOk().data().findValuesAsString("version"))
        .as("the latest first")
        .containsExactly("1.10.0", "1.2.0");
    assertThat(parts()).isEqualTo(2);
  }

  private long parts() {
    return jdbc.sql("select count(distinct sha256) from package_part").query(Long.class).single();
  }

  @Test
  void the_same_may_come_again_and_another_may_not() {
    long id = put("it/1/linux/any/", ARCHIVE).isOk().data().get("id").asLong();
    assertThat(put("it/1/linux/any/", ARCHIVE).isOk().data().get("id").asLong()).isEqualTo(id);
    assertThat(put("it/1/linux/any/", new Tars().file("bin/it", "z").bytes()).text())
        .contains("3800001", "it 1 for linux any is kept already");
    assertThat(parts()).isEqualTo(1);
  }

  @Test
  void what_is_deleted_is_gone_with_its_bytes_unless_another_has_them() {
    long first = put("it/1/linux/x86_64/", ARCHIVE).isOk().data().get("id").asLong();
    long second = put("it/1/linux/aarch64/", ARCHIVE).isOk().data().get("id").asLong();
    edge.send(HttpMethod.DELETE, "/api/package/" + first + "/", r -> r).isOk();
    assertThat(parts()).isEqualTo(1);
    edge.send(HttpMethod.DELETE, "/api/package/" + second + "/", r -> r).isOk();
    assertThat(parts()).isZero();
    assertThat(
            edge.send(HttpMethod.DELETE, "/api/package/" + second + "/", r -> r).json().get("code"))
        .hasToString("3800001");
  }

  @Test
  void what_is_broken_leaves_nothing() {
    assertThat(put("it/1/linux/any/", Arrays.copyOf(ARCHIVE, 1_000)).text())
        .contains("3800001", "not a whole gzipped tar archive");
    assertThat(put("it/1/linux/any/", new Tars().file("../x", "x").bytes()).text())
        .contains("../x would lie outside of where it is unpacked");
    assertThat(put("it/1/linux/any/?sha256=" + "0".repeat(64), ARCHIVE).text())
        .contains("it was changed on the way");
    assertThat(edge.get("/api/package/").isOk().data().size()).isZero();
    assertThat(parts()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "-it/1/linux/any/, name",
    "it/1%20/linux/any/, version",
    "it/1/li$ux/any/, os",
    "it/1/linux/a:b/, cpu"
  })
  void a_target_is_made_of_plain_words(String target, String field) {
    Edge.Answer answer = put(target, ARCHIVE);
    assertThat(answer.json().get("code")).hasToString("3800001");
    assertThat(answer.text()).contains(field + ": 应为最多 64 个字母");
  }
}
