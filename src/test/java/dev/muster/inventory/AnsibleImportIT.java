package dev.muster.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.ImportReport.Rejected;
import dev.muster.job.Caller;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Hosts of an Ansible inventory find their number, and keep it. */
@ExtendWith(TestDatabase.class)
class AnsibleImportIT {

  private static final Caller HAN = new Caller("han", "sops");

  private final Importer importer;
  private final JdbcClient jdbc;

  AnsibleImportIT(Importer importer, JdbcClient jdbc) {
    this.importer = importer;
    this.jdbc = jdbc;
  }

  @Test
  void hosts_without_a_number_get_the_next_ones_in_order_and_keep_them() throws IOException {
    String inventory = "[web]\nweb[01:03]\ndb ansible_host=192.0.2.9\n[all:vars]\nbk_biz_id=2\n";
    assertThat(ini(inventory)).isEqualTo(new ImportReport(Map.of("host", 4), List.of(), 0));
    assertThat(hosts())
        .containsExactly("1 web01 web01", "2 web02 web02", "3 web03 web03", "4 db 192.0.2.9");
    List<String> before = versions();
    ini(inventory);
    assertThat(versions()).as("importing the same again writes no row").isEqualTo(before);
    ini("new\n" + inventory);
    assertThat(hosts()).endsWith("4 db 192.0.2.9", "5 new new");
  }

  @Test
  void a_host_is_known_by_its_cloud_area_its_address_and_its_port() throws IOException {
    jdbc.sql(
            """
            insert into host (id, business_id, cloud_id, inner_ip, login_ip, port, name) values
              (7, 2, 0, '10.0.0.7', null, null, 'by inner address'),
              (8, 2, 3, '10.0.0.7', null, null, 'in another area'),
              (9, 2, 0, '10.0.0.9', 'gate', 2201, 'by login address'),
              (10, 2, 0, '10.0.0.10', 'gate', 2202, 'behind the same gate')
            """)
        .update();
    ini(
        """
        seven ansible_host=10.0.0.7
        eight ansible_host=10.0.0.7 bk_cloud_id=3 ansible_port=22
        nine ansible_host=gate ansible_port=2201
        ten ansible_host=gate ansible_port=2202
        eleven ansible_host=gate
        [all:vars]
        bk_biz_id=2
        """);
    assertThat(hosts())
        .containsExactly(
            "7 seven 10.0.0.7", "8 eight 10.0.0.7", "9 nine gate", "10 ten gate", "11 eleven gate");
    assertThat(jdbc.sql("select inner_ip from host where id = 9").query(String.class).single())
        .as("what an inventory does not say stays")
        .isEqualTo("10.0.0.9");
  }

  @Test
  void two_names_for_one_address_are_one_host_and_the_last_name_stands() throws IOException {
    ini("a ansible_host=192.0.2.1 bk_biz_id=2\nb ansible_host=192.0.2.1 bk_biz_id=2\n");
    assertThat(hosts()).containsExactly("1 b 192.0.2.1");
  }

  @Test
  void a_number_that_is_given_is_taken_and_new_ones_come_after_it() throws IOException {
    ini("new bk_biz_id=2\nold bk_host_id=40 bk_biz_id=2\n");
    assertThat(hosts()).containsExactly("40 old old", "41 new new");
    ini("last bk_host_id=9223372036854775807 bk_biz_id=2\nnext bk_biz_id=2\n");
    assertThat(hosts()).contains("42 next next");
  }

  @Test
  void a_host_without_a_business_needs_the_one_that_is_given() throws IOException {
    assertThat(ini("a\n").rejected())
        .containsExactly(new Rejected(1, "bk_biz_id: missing; write a whole number above 0"));
    importer.read(Format.ANSIBLE_INI, new StringReader("a\n"), OptionalLong.of(5), HAN);
    assertThat(jdbc.sql("select business_id from host").query(Long.class).list())
        .containsExactly(5L);
  }

  @Test
  void wrong_values_and_misspelt_names_are_rejected_by_the_line_of_the_host() throws IOException {
    ImportReport report =
        ini(
            """
            [all:vars]
            bk_biz_id=2
            [web]
            a ansible_port=x
            b bk_biz=2
            c
            d ansible_host="-oProxyCommand=x"
            e ansible_become=true ansible_become_method=su
            """);
    assertThat(report.rejected()).extracting(Rejected::line).containsExactly(4L, 5L, 7L, 8L);
    assertThat(report.rejected().getFirst().why()).isEqualTo("port: x is not a port, 1 to 65535");
    assertThat(report.rejected().get(1).why()).startsWith("bk_biz: no such field of a host");
    assertThat(hosts()).containsExactly("1 c c");
  }

  @Test
  void yaml_is_imported_alike() throws IOException {
    ImportReport report =
        importer.read(
            Format.ANSIBLE_YAML,
            new StringReader(
                "web:\n  hosts:\n    a: {ansible_user: ops, os_type: linux}\n    b:\n"),
            OptionalLong.of(2),
            HAN);
    assertThat(report.imported()).isEqualTo(Map.of("host", 2));
    assertThat(hosts()).containsExactly("1 a a", "2 b b");
    assertThat(
            jdbc.sql("select account || os_type from host where id = 1")
                .query(String.class)
                .single())
        .isEqualTo("opsLINUX");
  }

  private ImportReport ini(String text) throws IOException {
    return importer.read(Format.ANSIBLE_INI, new StringReader(text), OptionalLong.empty(), HAN);
  }

  private List<String> hosts() {
    return jdbc.sql("select id || ' ' || name || ' ' || login_ip from host order by id")
        .query(String.class)
        .list();
  }

  private List<String> versions() {
    return jdbc.sql("select id || ctid::text || xmin::text from host order by id")
        .query(String.class)
        .list();
  }
}
