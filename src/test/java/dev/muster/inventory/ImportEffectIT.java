package dev.muster.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.inventory.ImportReport.Rejected;
import dev.muster.job.Caller;
import dev.muster.job.Limits;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What an import does to the rows, and what it leaves alone. */
@ExtendWith(TestDatabase.class)
class ImportEffectIT {

  private static final Caller HAN = new Caller("han", "sops");

  private final Importer importer;
  private final JdbcClient jdbc;

  ImportEffectIT(Importer importer, JdbcClient jdbc) {
    this.importer = importer;
    this.jdbc = jdbc;
  }

  @Test
  void every_kind_of_place_is_kept_and_hosts_say_where_they_belong() throws IOException {
    ImportReport report =
        ndjson(
            """
            {"kind":"set","bk_set_id":11,"bk_biz_id":2,"bk_set_name":"shanghai"}
            {"kind":"module","bk_module_id":21,"bk_biz_id":2,"bk_set_id":11,"bk_module_name":"web"}
            {"kind":"access_point","ap_id":1,"ap_name":"default"}
            {"kind":"install_channel","install_channel_id":4,"bk_cloud_id":3,"install_channel_name":"jump"}
            {"kind":"host","bk_host_id":1,"bk_biz_id":2,"bk_set_ids":[11, 12],"bk_module_ids":[21]}
            {"kind":"host","bk_host_id":2,"bk_biz_id":2,"inner_ip":"10.0.0.2","inner_ipv6":"fe80::2"}
            {"kind":"process","bk_host_id":1,"proc_type":"PLUGIN","name":"basereport","version":"1.2"}
            """);
    assertThat(report.rejected()).isEmpty();
    assertThat(report.imported())
        .isEqualTo(
            Map.of(
                "set",
                1,
                "module",
                1,
                "access_point",
                1,
                "install_channel",
                1,
                "host",
                2,
                "process",
                1));
    assertThat(rows("select h.id, h.business_id, h.name from host_set h"))
        .containsExactly("(11,2,shanghai)");
    assertThat(rows("select m.id, m.business_id, m.set_id, m.name from host_module m"))
        .containsExactly("(21,2,11,web)");
    assertThat(rows("select id, name from access_point")).containsExactly("(1,default)");
    assertThat(rows("select id, cloud_id, name from install_channel"))
        .containsExactly("(4,3,jump)");
    assertThat(rows("select id, set_ids, module_ids, inner_ipv6 from host"))
        .containsExactly("(1,\"{11,12}\",{21},)", "(2,{},{},fe80::2)");
    assertThat(rows("select host_id, kind, name, version from process"))
        .containsExactly("(1,PLUGIN,basereport,1.2)");
  }

  @Test
  void csv_gives_several_numbers_in_one_value() throws IOException {
    ImportReport report =
        csv(
            """
            bk_host_id,bk_biz_id,bk_set_ids,bk_module_ids
            1,2,11;12,21 22
            2,2,,x
            """);
    assertThat(report.rejected())
        .containsExactly(
            new Rejected(
                3, "bk_module_ids: x is not whole numbers above 0, separated by ; or spaces"));
    assertThat(rows("select set_ids, module_ids from host"))
        .containsExactly("(\"{11,12}\",\"{21,22}\")");
  }

  @Test
  void numbers_that_are_left_out_stay_and_an_empty_array_takes_them_away() throws IOException {
    ndjson("{\"bk_host_id\":1,\"bk_biz_id\":2,\"bk_set_ids\":[11],\"bk_module_ids\":[21]}");
    ndjson("{\"bk_host_id\":1,\"bk_biz_id\":2,\"bk_set_ids\":[]}");
    assertThat(rows("select set_ids, module_ids from host")).containsExactly("({},{21})");
  }

  @Test
  void importing_the_same_again_writes_no_row() throws IOException {
    String file = everything(200);
    ImportReport first = ndjson(file);
    List<String> before = versions();
    assertThat(before).hasSize(406);
    assertThat(ndjson(file)).isEqualTo(first);
    assertThat(versions()).isEqualTo(before);
  }

  @Test
  void only_the_rows_that_change_are_written() throws IOException {
    ndjson(everything(50));
    List<String> before = versions();
    ndjson("{\"bk_host_id\":7,\"bk_biz_id\":2,\"bk_host_name\":\"renamed\"}\n" + everything(50));
    List<String> after = versions();
    assertThat(after).as("the file's own line is the later one").isEqualTo(before);
    ndjson(everything(50) + "{\"bk_host_id\":7,\"bk_biz_id\":2,\"bk_host_name\":\"renamed\"}\n");
    after = versions();
    after.removeAll(before);
    assertThat(after).hasSize(1);
    assertThat(rows("select id from host where name = 'renamed'")).containsExactly("(7)");
  }

  /** A row that is written anew has another place and another transaction. */
  private List<String> versions() {
    return jdbc.sql(
            """
            select 'host', id::text, ctid::text, xmin::text from host
            union all select 'process', host_id || name, ctid::text, xmin::text from process
            union all select 'business', id::text, ctid::text, xmin::text from business
            union all select 'cloud', id::text, ctid::text, xmin::text from cloud
            union all select 'set', id::text, ctid::text, xmin::text from host_set
            union all select 'module', id::text, ctid::text, xmin::text from host_module
            union all select 'point', id::text, ctid::text, xmin::text from access_point
            union all select 'channel', id::text, ctid::text, xmin::text from install_channel
            order by 1, 2
            """)
        .query(
            (row, n) -> row.getString(1) + row.getString(2) + row.getString(3) + row.getString(4))
        .list();
  }

  private static String everything(int hosts) {
    return """
        {"kind":"business","bk_biz_id":2,"bk_biz_name":"two"}
        {"kind":"cloud","bk_cloud_id":0,"bk_cloud_name":"default"}
        {"kind":"set","bk_set_id":11,"bk_biz_id":2,"bk_set_name":"s"}
        {"kind":"module","bk_module_id":21,"bk_biz_id":2,"bk_module_name":"m"}
        {"kind":"access_point","ap_id":1,"ap_name":"a"}
        {"kind":"install_channel","install_channel_id":4,"install_channel_name":"c"}
        """
        + IntStream.rangeClosed(1, hosts)
            .mapToObj(
                id ->
                    """
                    {"kind":"process","bk_host_id":%1$d,"proc_type":"AGENT","name":"gse_agent"}
                    {"bk_host_id":%1$d,"bk_biz_id":2,"bk_host_name":"h%1$d","bk_set_ids":[11],"port":22}
                    """
                        .formatted(id))
            .collect(Collectors.joining());
  }

  @Test
  void of_several_lines_about_one_thing_each_field_is_the_last_that_was_given() throws IOException {
    ImportReport report =
        ndjson(
            """
            {"bk_host_id":1,"bk_biz_id":2,"bk_set_ids":[1],"port":22,"bk_host_name":"a"}
            {"kind":"process","bk_host_id":1,"proc_type":"AGENT","name":"gse_agent","version":"1"}
            {"bk_host_id":1,"bk_biz_id":3,"bk_set_ids":[2,3]}
            {"kind":"process","bk_host_id":1,"proc_type":"AGENT","name":"gse_agent","status":"RUNNING"}
            {"kind":"business","bk_biz_id":2,"bk_biz_name":"old"}
            {"kind":"business","bk_biz_id":2,"bk_biz_name":"new"}
            {"bk_host_id":1,"bk_biz_id":2}
            """);
    assertThat(report.imported()).isEqualTo(Map.of("host", 3, "process", 2, "business", 2));
    assertThat(rows("select business_id, set_ids, port, name from host"))
        .containsExactly("(2,\"{2,3}\",22,a)");
    assertThat(rows("select version, status from process")).containsExactly("(1,RUNNING)");
    assertThat(rows("select name from business")).containsExactly("(new)");
  }

  @Test
  void a_text_that_breaks_off_leaves_nothing_behind() throws IOException {
    String begun = everything(3_000);
    assertThatThrownBy(() -> read(Format.NDJSON, breakingOff(begun)))
        .isInstanceOf(IOException.class)
        .hasMessage("the sender has left");
    assertThat(rows("select id from host")).isEmpty();
    assertThat(rows("select id from business")).isEmpty();
    assertThat(ndjson(begun).imported())
        .as("the connection still serves")
        .containsEntry("host", 3_000);
  }

  private static Reader breakingOff(String begun) {
    return new Reader() {
      private final StringReader first = new StringReader(begun);

      @Override
      public int read(char[] to, int at, int length) throws IOException {
        int read = first.read(to, at, length);
        if (read < 0) {
          throw new IOException("the sender has left");
        }
        return read;
      }

      @Override
      public void close() {
        first.close();
      }
    };
  }

  @Test
  void imports_at_the_same_time_wait_for_each_other() {
    String up = everything(2_000);
    String down = up.lines().toList().reversed().stream().collect(Collectors.joining("\n"));
    List<CompletableFuture<ImportReport>> all =
        IntStream.range(0, 8)
            .mapToObj(
                n ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          try {
                            return ndjson((n % 2 == 0 ? up : down).replace("\"h", "\"n" + n));
                          } catch (IOException e) {
                            throw new IllegalStateException(e);
                          }
                        }))
            .toList();
    assertThat(all)
        .allSatisfy(one -> assertThat(one.join().imported()).containsEntry("host", 2_000));
    assertThat(rows("select distinct left(name, 2) from host")).hasSize(1);
  }

  @Test
  void a_line_of_csv_with_too_many_values_does_not_end_the_import() throws IOException {
    ImportReport report = csv("bk_host_id,bk_biz_id\n1,2\n2,2,extra\n3,2,\n4,2\n");
    assertThat(report.imported()).isEqualTo(Map.of("host", 3));
    assertThat(report.rejected())
        .containsExactly(new Rejected(3, "extra: the first line names 2 fields, this is value 3"));
  }

  @Test
  void csv_may_hold_several_kinds() throws IOException {
    ImportReport report =
        csv(
            """
            kind,bk_host_id,bk_biz_id,bk_biz_name,proc_type,name
            process,1,,,AGENT,gse_agent
            host,1,2,,,
            business,,2,two,,
            """);
    assertThat(report.imported()).isEqualTo(Map.of("host", 1, "process", 1, "business", 1));
    assertThat(report.rejected()).isEmpty();
  }

  @Test
  void a_byte_order_mark_is_no_part_of_the_first_name() throws IOException {
    assertThat(csv("\uFEFFbk_host_id,bk_biz_id\n1,2\n").rejected()).isEmpty();
    assertThat(ndjson("\uFEFF{\"bk_host_id\":2,\"bk_biz_id\":2}\n").rejected()).isEmpty();
    assertThat(rows("select id from host")).containsExactly("(1)", "(2)");
  }

  @Test
  void a_blank_line_of_csv_is_passed_over() throws IOException {
    ImportReport report = csv("bk_host_id,bk_biz_id\n1,2\n\n  \n2,2\nx,2\n\n");
    assertThat(report.imported()).isEqualTo(Map.of("host", 2));
    assertThat(report.rejected()).extracting(Rejected::line).containsExactly(6L);
  }

  @Test
  void quotes_that_do_not_pair_reject_their_record_only() throws IOException {
    ImportReport report =
        csv(
            """
            bk_host_id,bk_biz_id,bk_host_name
            1,2,"a"b
            2,2, "say ""hi"" now" ,
            3,2,a"b
            4,2,"open
            """);
    assertThat(report.rejected()).extracting(Rejected::line).containsExactly(2L, 5L);
    assertThat(report.rejected())
        .extracting(Rejected::why)
        .containsExactly(
            "not CSV: text follows the double quote that closes a value; inside a value write it twice",
            "not CSV: a double quote opens a value and nothing closes it");
    assertThat(rows("select name from host where id = 2"))
        .containsExactly("(\"say \"\"hi\"\" now\")");
    assertThat(rows("select name from host where id = 3")).containsExactly("(\"a\"\"b\")");
  }

  @Test
  void a_header_that_names_a_field_twice_is_refused() throws IOException {
    assertThat(csv("bk_host_id,bk_host_id\n1,2\n").rejected())
        .containsExactly(
            new Rejected(1, "not CSV: a field is named twice in bk_host_id,bk_host_id"));
  }

  @Test
  void the_default_cloud_area_may_be_named() throws IOException {
    ndjson("{\"kind\":\"cloud\",\"bk_cloud_id\":0,\"bk_cloud_name\":\"default\"}");
    assertThat(rows("select id, name from cloud")).containsExactly("(0,default)");
  }

  @Test
  void a_line_beyond_the_limit_is_rejected_alone() throws IOException {
    String host = "{\"bk_host_id\":%d,\"bk_biz_id\":2}\n";
    String longest =
        "{\"bk_host_id\":2,\"bk_biz_id\":2}" + " ".repeat(Limits.IMPORT_LINE_CHARS - 30);
    assertThat(longest).hasSize(Limits.IMPORT_LINE_CHARS);
    ImportReport report =
        ndjson(host.formatted(1) + longest + "\n" + longest + " \n" + host.formatted(3));
    assertThat(rows("select id from host")).containsExactly("(1)", "(2)", "(3)");
    assertThat(report.rejected())
        .containsExactly(
            new Rejected(3, "longer than 1048576 characters; write one object a line"));
  }

  @Test
  void bytes_that_are_no_text_are_rejected_and_not_garbled() throws IOException {
    String line = "{\"bk_host_id\":%d,\"bk_biz_id\":2,\"bk_host_name\":\"%s\"}\n";
    ImportReport report =
        ndjson(
            line.formatted(1, "caf\uFFFD")
                + line.formatted(2, "\\ud83d")
                + line.formatted(3, "🐳"));
    assertThat(report.rejected()).extracting(Rejected::line).containsExactly(1L, 2L);
    assertThat(rows("select name from host")).containsExactly("(🐳)");
  }

  @Test
  void two_objects_in_one_line_are_not_taken_for_one() throws IOException {
    String host = "{\"bk_host_id\":1,\"bk_biz_id\":2}";
    assertThat(ndjson(host + " " + host).rejected().getFirst().why()).startsWith("not JSON: ");
    assertThat(rows("select id from host")).isEmpty();
  }

  @Test
  void what_names_no_business_belongs_to_the_one_that_was_given() throws IOException {
    ImportReport report =
        importer.read(
            Format.NDJSON,
            new StringReader(
                """
                {"bk_host_id":1}
                {"bk_host_id":2,"bk_biz_id":5}
                {"kind":"set","bk_set_id":11,"bk_set_name":"s"}
                {"kind":"business","bk_biz_name":"none"}
                """),
            OptionalLong.of(7),
            HAN);
    assertThat(rows("select id, business_id from host")).containsExactly("(1,7)", "(2,5)");
    assertThat(rows("select business_id from host_set")).containsExactly("(7)");
    assertThat(report.rejected())
        .as("the number of a business is its own")
        .containsExactly(new Rejected(4, "bk_biz_id: missing; write a whole number above 0"));
  }

  @Test
  void of_many_rejected_lines_the_first_of_the_file_are_told() throws IOException {
    String orphans =
        IntStream.rangeClosed(1, 150)
            .mapToObj(
                id ->
                    "{\"kind\":\"process\",\"bk_host_id\":%d,\"proc_type\":\"AGENT\",\"name\":\"a\"}\n"
                        .formatted(id))
            .collect(Collectors.joining());
    ImportReport report = ndjson("{}\n" + orphans + "{}\n".repeat(90));
    assertThat(report.rejectedLines()).isEqualTo(241);
    assertThat(report.rejected())
        .extracting(Rejected::line)
        .isEqualTo(LongLines.upTo(ImportReport.MOST_SHOWN));
    assertThat(report.imported()).isEmpty();
  }

  private static final class LongLines {
    static List<Long> upTo(int last) {
      return IntStream.rangeClosed(1, last).mapToObj(Long::valueOf).toList();
    }
  }

  private ImportReport ndjson(String lines) throws IOException {
    return read(Format.NDJSON, new StringReader(lines));
  }

  private ImportReport csv(String lines) throws IOException {
    return read(Format.CSV, new StringReader(lines));
  }

  private ImportReport read(Format format, Reader text) throws IOException {
    return importer.read(format, text, OptionalLong.empty(), HAN);
  }

  /** Each row as PostgreSQL writes it. */
  private List<String> rows(String sql) {
    return jdbc.sql("select q::text from (" + sql + ") q order by q").query(String.class).list();
  }
}
