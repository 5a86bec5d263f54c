package dev.muster.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.ImportReport.Rejected;
import dev.muster.job.Caller;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class ImporterIT {

  private static final Caller HAN = new Caller("han", "sops");

  private final Importer importer;
  private final JdbcClient jdbc;

  ImporterIT(Importer importer, JdbcClient jdbc) {
    this.importer = importer;
    this.jdbc = jdbc;
  }

  @Test
  void every_kind_of_line_is_kept() throws IOException {
    ImportReport report =
        ndjson(
            """
            {"kind":"business","bk_biz_id":2,"bk_biz_name":"蓝鲸"}
            {"kind":"cloud","bk_cloud_id":3,"bk_cloud_name":"edge"}
            {"kind":"host","bk_host_id":1,"bk_biz_id":2,"bk_cloud_id":3,"inner_ip":"10.0.0.1","inner_ipv6":"fe80::1","bk_host_name":"web-1","os_type":"linux","node_type":"pagent","node_from":"CMDB","bk_addressing":"1","bk_agent_id":"a1","is_manual":true,"install_channel_id":4,"ap_id":5,"login_ip":"bastion.example","port":2222,"account":"ops","identity":"/keys/id","host_key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyV0dp2xE3sYk1dD2f7WkXnXcQm0h3jv0m0v8y3bqzL","become":"sudo","profile":"systemd:nginx"}
            {"kind":"process","bk_host_id":1,"proc_type":"agent","name":"gse_agent","status":"RUNNING","version":"2.0","source_id":"s"}
            """);
    assertThat(report)
        .isEqualTo(
            new ImportReport(
                Map.of("business", 1, "cloud", 1, "host", 1, "process", 1), List.of(), 0));
    assertThat(row("select * from host"))
        .containsAllEntriesOf(
            Map.ofEntries(
                Map.entry("id", 1L),
                Map.entry("business_id", 2L),
                Map.entry("cloud_id", 3L),
                Map.entry("inner_ip", "10.0.0.1"),
                Map.entry("inner_ipv6", "fe80::1"),
                Map.entry("name", "web-1"),
                Map.entry("os_type", "LINUX"),
                Map.entry("node_type", "PAGENT"),
                Map.entry("node_from", "CMDB"),
                Map.entry("addressing", "dynamic"),
                Map.entry("agent_id", "a1"),
                Map.entry("is_manual", true),
                Map.entry("install_channel_id", 4L),
                Map.entry("ap_id", 5L),
                Map.entry("login_ip", "bastion.example"),
                Map.entry("port", 2222),
                Map.entry("account", "ops"),
                Map.entry("identity", "/keys/id"),
                Map.entry("become", "SUDO"),
                Map.entry("profile", "systemd:nginx")));
    assertThat(row("select * from process"))
        .containsEntry("kind", "AGENT")
        .containsEntry("status", "RUNNING")
        .containsEntry("version", "2.0")
        .containsEntry("source_id", "s");
    assertThat(row("select * from business")).containsEntry("name", "蓝鲸");
    assertThat(row("select * from cloud")).containsEntry("name", "edge");
  }

  @Test
  void a_host_needs_only_its_number_and_its_business() throws IOException {
    assertThat(ndjson("{\"bk_host_id\":1,\"bk_biz_id\":2}").rejectedLines()).isZero();
    assertThat(row("select * from host"))
        .containsEntry("cloud_id", 0L)
        .containsEntry("os_type", "")
        .containsEntry("name", "")
        .containsEntry("node_type", "AGENT")
        .containsEntry("node_from", "NODE_MAN")
        .containsEntry("addressing", "static")
        .containsEntry("is_manual", false)
        .containsEntry("become", "NONE")
        .containsEntry("port", null)
        .containsEntry("inner_ip", null);
  }

  @Test
  void good_lines_are_kept_and_bad_ones_reported_by_number() throws IOException {
    ImportReport report =
        ndjson(
            """
            {"bk_host_id":1,"bk_biz_id":2,"inner_ip":"10.0.0.1"}

            {"bk_host_id":2,"bk_biz_id":2,"inner_ip":"10.0.0.256"}
            {"bk_host_id":3,"bk_biz_id":2,
            {"bk_host_id":4,"bk_biz_id":2,"inner_ip":"10.0.0.4"}
            [1,2]
            {"bk_host_id":5}
            """);
    assertThat(report.imported()).isEqualTo(Map.of("host", 2));
    assertThat(report.rejectedLines()).isEqualTo(4);
    assertThat(report.rejected()).extracting(Rejected::line).containsExactly(3L, 4L, 6L, 7L);
    assertThat(report.rejected())
        .extracting(Rejected::why)
        .satisfiesExactly(
            why -> assertThat(why).isEqualTo("inner_ip: 10.0.0.256 is not an IPv4 address"),
            why -> assertThat(why).startsWith("not JSON: "),
            why -> assertThat(why).contains("not an object"),
            why -> assertThat(why).isEqualTo("bk_biz_id: missing; write a whole number above 0"));
    assertThat(ids()).containsExactly(1L, 4L);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"bk_host_id\":0,\"bk_biz_id\":2} | bk_host_id: 0 is not a whole number above 0",
        "{\"bk_host_id\":-4,\"bk_biz_id\":2} | bk_host_id: -4 is not a whole number above 0",
        "{\"bk_host_id\":1.5,\"bk_biz_id\":2} | bk_host_id: 1.5 is not a whole number above 0",
        "{\"bk_host_id\":9223372036854775808,\"bk_biz_id\":2} | bk_host_id: 9223372036854775808 is not a whole number above 0",
        "{\"bk_host_id\":null,\"bk_biz_id\":2} | bk_host_id: missing; write a whole number above 0",
        "{\"kind\":\"planet\"} | kind: planet is none of business, cloud, access_point, install_channel, set, module, host, process",
        "{\"kind\":\"host\",\"bk_host_id\":1,\"bk_biz_id\":2,\"port\":65536} | port: 65536 is not a port, 1 to 65535",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"port\":0} | port: 0 is not a port, 1 to 65535",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"inner_ip\":\"10.0.0\"} | inner_ip: 10.0.0 is not an IPv4 address",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"inner_ip\":\"fe80::1\"} | inner_ip: fe80::1 is not an IPv4 address",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"inner_ipv6\":\"10.0.0.1\"} | inner_ipv6: 10.0.0.1 is not an IPv6 address",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"login_ip\":\"-oProxyCommand=x\"} | login_ip: -oProxyCommand=x is not an address or a host name",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"login_ip\":\"a b\"} | login_ip: a b is not an address or a host name",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"os_type\":\"BEOS\"} | os_type: BEOS is not LINUX, WINDOWS, AIX, SOLARIS or DARWIN",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"node_type\":\"LEAF\"} | node_type: LEAF is not AGENT, PAGENT or PROXY",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"bk_addressing\":\"2\"} | bk_addressing: 2 is not static (0) or dynamic (1)",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"is_manual\":\"maybe\"} | is_manual: maybe is not true or false",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"become\":\"su\"} | become: su is not none, sudo or doas",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"host_key\":\"SHA256:abc\"} | host_key: SHA256:abc is not a public key as in known_hosts: ssh-ed25519 AAAA…",
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"inner_ip\":[\"10.0.0.1\"]} | inner_ip: [\"10.0.0.1\"] is not an IPv4 address",
        "{\"kind\":\"process\",\"bk_host_id\":1,\"proc_type\":\"SHELL\",\"name\":\"x\"} | proc_type: SHELL is not AGENT or PLUGIN",
        "{\"kind\":\"process\",\"bk_host_id\":1,\"proc_type\":\"AGENT\"} | name: missing; write text of at most 2000 characters",
        "{\"kind\":\"business\",\"bk_biz_id\":1} | bk_biz_name: missing; write text of at most 2000 characters"
      })
  void a_wrong_value_is_named_with_what_is_expected(String line, String why) throws IOException {
    assertThat(ndjson(line).rejected()).containsExactly(new Rejected(1, why));
    assertThat(ids()).isEmpty();
  }

  @Test
  void an_unknown_field_is_named_for_it_may_be_a_misspelt_one() throws IOException {
    ImportReport report = ndjson("{\"bk_host_id\":1,\"bk_biz_id\":2,\"inner_ipp\":\"10.0.0.1\"}");
    assertThat(report.rejected().getFirst().why())
        .startsWith("inner_ipp: no such field of a host; there are [bk_host_id, bk_biz_id, ")
        .contains("inner_ip,");
    assertThat(
            ndjson("{\"kind\":\"cloud\",\"bk_cloud_id\":1,\"inner_ip\":\"10.0.0.1\"}").rejected())
        .containsExactly(
            new Rejected(
                1, "inner_ip: no such field of a cloud; there are [bk_cloud_id, bk_cloud_name]"));
  }

  @Test
  void what_a_line_leaves_out_stays_as_it_was() throws IOException {
    ndjson(
        """
        {"bk_host_id":1,"bk_biz_id":2,"bk_cloud_id":3,"inner_ip":"10.0.0.1","os_type":"LINUX","is_manual":true,"port":2222,"become":"sudo"}
        {"kind":"process","bk_host_id":1,"proc_type":"AGENT","name":"gse_agent","status":"RUNNING","version":"1.0"}
        """);
    ImportReport report =
        ndjson(
            """
            {"bk_host_id":1,"bk_biz_id":5,"inner_ip":"","port":null,"bk_host_name":"renamed"}
            {"kind":"process","bk_host_id":1,"proc_type":"AGENT","name":"gse_agent","version":"2.0"}
            """);
    assertThat(report.rejectedLines()).isZero();
    assertThat(row("select * from host"))
        .containsEntry("business_id", 5L)
        .containsEntry("name", "renamed")
        .containsEntry("cloud_id", 3L)
        .containsEntry("inner_ip", "10.0.0.1")
        .containsEntry("os_type", "LINUX")
        .containsEntry("is_manual", true)
        .containsEntry("port", 2222)
        .containsEntry("become", "SUDO");
    assertThat(row("select * from process"))
        .containsEntry("status", "RUNNING")
        .containsEntry("version", "2.0");
  }

  @Test
  void the_same_file_twice_changes_nothing() throws IOException {
    String file =
        hosts(1, 50)
            + "{\"kind\":\"process\",\"bk_host_id\":7,\"proc_type\":\"AGENT\",\"name\":\"gse_agent\"}\n";
    ImportReport first = ndjson(file);
    List<String> kept = everyHost();
    assertThat(ndjson(file)).isEqualTo(first);
    assertThat(everyHost()).isEqualTo(kept);
    assertThat(count("process")).isEqualTo(1);
  }

  private List<String> everyHost() {
    return jdbc.sql("select h::text from host h order by id").query(String.class).list();
  }

  @Test
  void the_last_of_two_lines_about_one_host_stands() throws IOException {
    ndjson(
        """
        {"bk_host_id":1,"bk_biz_id":2,"bk_host_name":"first","port":22}
        {"bk_host_id":1,"bk_biz_id":2,"bk_host_name":"second"}
        """);
    assertThat(row("select * from host")).containsEntry("name", "second").containsEntry("port", 22);
  }

  @Test
  void a_process_of_an_unknown_host_is_rejected_by_its_line() throws IOException {
    ImportReport report =
        ndjson(
            """
            {"kind":"process","bk_host_id":1,"proc_type":"AGENT","name":"gse_agent"}
            {"kind":"process","bk_host_id":99,"proc_type":"AGENT","name":"gse_agent"}
            {"bk_host_id":1,"bk_biz_id":2}
            """);
    assertThat(report.imported()).isEqualTo(Map.of("host", 1, "process", 1));
    assertThat(report.rejected())
        .containsExactly(new Rejected(2, "there is no host 99; import it first"));
    assertThat(report.rejectedLines()).isEqualTo(1);
  }

  @Test
  void two_thousand_hosts_and_their_processes_are_kept() throws IOException {
    String processes =
        IntStream.rangeClosed(1, 2_000)
            .mapToObj(
                id ->
                    "{\"kind\":\"process\",\"bk_host_id\":%d,\"proc_type\":\"AGENT\",\"name\":\"gse_agent\"}"
                        .formatted(id))
            .collect(Collectors.joining("\n"));
    ImportReport report = ndjson(hosts(1, 2_000) + processes);
    assertThat(report.imported()).isEqualTo(Map.of("host", 2_000, "process", 2_000));
    assertThat(report.rejectedLines()).isZero();
    assertThat(count("host")).isEqualTo(2_000);
  }

  @Test
  void at_most_a_hundred_rejected_lines_are_told_but_all_are_counted() throws IOException {
    ImportReport report = ndjson("{}\n".repeat(250) + hosts(1, 3));
    assertThat(report.rejected()).hasSize(ImportReport.MOST_SHOWN);
    assertThat(report.rejectedLines()).isEqualTo(250);
    assertThat(report.imported()).isEqualTo(Map.of("host", 3));
  }

  @Test
  void values_are_data_whatever_they_hold() throws IOException {
    String name = "O'Brien \"; drop table host; -- \\ $(reboot) :id 蓝鲸 🐳";
    String line =
        "{\"bk_host_id\":1,\"bk_biz_id\":2,\"bk_host_name\":\"%s\"}"
            .formatted(name.replace("\\", "\\\\").replace("\"", "\\\""));
    assertThat(ndjson(line).rejectedLines()).isZero();
    assertThat(row("select * from host")).containsEntry("name", name);
  }

  @Test
  void a_nul_is_rejected_and_does_not_end_the_import() throws IOException {
    ImportReport report =
        ndjson(
            """
            {"bk_host_id":1,"bk_biz_id":2,"bk_host_name":"a\\u0000b"}
            {"bk_host_id":2,"bk_biz_id":2,"inner_ip":"10.0.0.2\\u0000"}
            {"bk_host_id":3,"bk_biz_id":2,"become":"\\u0000"}
            {"bk_host_id":4,"bk_biz_id":2}
            """);
    assertThat(report.rejected()).extracting(Rejected::line).contains(1L, 2L);
    assertThat(ids()).contains(4L).doesNotContain(1L, 2L);
  }

  @Test
  void text_of_two_thousand_characters_is_kept_and_longer_text_rejected() throws IOException {
    String line = "{\"bk_host_id\":%d,\"bk_biz_id\":2,\"bk_host_name\":\"%s\"}\n";
    ImportReport report =
        ndjson(line.formatted(1, "x".repeat(2_000)) + line.formatted(2, "x".repeat(2_001)));
    assertThat(ids()).containsExactly(1L);
    assertThat(report.rejected().getFirst().why()).hasSizeLessThan(150);
  }

  @Test
  void csv_is_read_by_the_names_of_its_first_line() throws IOException {
    ImportReport report =
        csv(
            """
            bk_host_id,bk_biz_id,inner_ip,bk_host_name,os_type
            1,2,10.0.0.1,"Smith, ""Jo\""",LINUX
            2,2,10.0.0.2,,linux
            """);
    assertThat(report).isEqualTo(new ImportReport(Map.of("host", 2), List.of(), 0));
    assertThat(row("select * from host where id = 1")).containsEntry("name", "Smith, \"Jo\"");
    assertThat(row("select * from host where id = 2"))
        .containsEntry("os_type", "LINUX")
        .containsEntry("name", "");
  }

  @Test
  void bad_lines_of_csv_are_reported_by_number_too() throws IOException {
    ImportReport report =
        csv(
            """
            bk_host_id,bk_biz_id,bk_host_name
            1,2,"of two
            lines"
            x,2,web
            3,2,web
            4
            """);
    assertThat(report.imported()).isEqualTo(Map.of("host", 2));
    assertThat(report.rejected())
        .containsExactly(
            new Rejected(4, "bk_host_id: x is not a whole number above 0"),
            new Rejected(6, "bk_biz_id: missing; write a whole number above 0"));
  }

  @Test
  void csv_that_cannot_be_read_is_told() throws IOException {
    assertThat(csv("").rejected().getFirst().why()).startsWith("not CSV: ");
    assertThat(csv("bk_host_id,bk_biz_id\n1,\"2\n").rejected().getFirst().why())
        .startsWith("not CSV: ");
    assertThat(ids()).isEmpty();
  }

  @Test
  void an_empty_file_imports_nothing() throws IOException {
    ImportReport nothing = new ImportReport(Map.of(), List.of(), 0);
    assertThat(ndjson("")).isEqualTo(nothing);
    assertThat(ndjson("\n\n  \n")).isEqualTo(nothing);
    assertThat(csv("bk_host_id,bk_biz_id\n")).isEqualTo(nothing);
  }

  @Test
  void windows_line_ends_are_no_part_of_values() throws IOException {
    assertThat(csv("bk_host_id,bk_biz_id,bk_host_name\r\n1,2,web\r\n").rejectedLines()).isZero();
    assertThat(row("select * from host")).containsEntry("name", "web");
    assertThat(ndjson("{\"bk_host_id\":2,\"bk_biz_id\":2}\r\n").rejectedLines()).isZero();
  }

  private ImportReport ndjson(String lines) throws IOException {
    return importer.read(Format.NDJSON, new StringReader(lines), OptionalLong.empty(), HAN);
  }

  private ImportReport csv(String lines) throws IOException {
    return importer.read(Format.CSV, new StringReader(lines), OptionalLong.empty(), HAN);
  }

  private static String hosts(int from, int to) {
    return IntStream.rangeClosed(from, to)
            .mapToObj(
                id ->
                    "{\"bk_host_id\":%d,\"bk_biz_id\":2,\"inner_ip\":\"10.1.%d.%d\",\"os_type\":\"LINUX\"}"
                        .formatted(id, id / 256, id % 256))
            .collect(Collectors.joining("\n"))
        + "\n";
  }

  private Map<String, Object> row(String sql) {
    return jdbc.sql(sql).query().singleRow();
  }

  private List<Long> ids() {
    return jdbc.sql("select id from host order by id").query(Long.class).list();
  }

  private int count(String table) {
    return jdbc.sql("select count(*) from " + table).query(Integer.class).single();
  }
}
