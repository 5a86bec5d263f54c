package dev.muster.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.Format.Taker;
import dev.muster.job.Limits;
import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ansible inventories as they are written, and what muster makes of their hosts. */
class AnsibleTest {

  @Test
  void a_host_is_logged_into_by_its_name_unless_it_says_otherwise() throws IOException {
    assertThat(ini("mail.example.com\n").hosts)
        .containsExactly(
            Map.entry(
                "mail.example.com",
                Map.of("bk_host_name", "mail.example.com", "login_ip", "mail.example.com")));
    assertThat(
            ini("jumper ansible_host=192.0.2.50 ansible_port=5555 ansible_user=ops\n").of("jumper"))
        .containsEntry("login_ip", "192.0.2.50")
        .containsEntry("port", "5555")
        .containsEntry("account", "ops")
        .containsEntry("bk_host_name", "jumper");
  }

  @Test
  void every_word_of_ansible_for_reaching_a_host_is_known() throws IOException {
    Map<String, String> host =
        ini("a ansible_ssh_host=b ansible_ssh_port=23 ansible_ssh_user=u ansible_private_key_file=k\n")
            .of("a");
    assertThat(host)
        .containsEntry("login_ip", "b")
        .containsEntry("port", "23")
        .containsEntry("account", "u")
        .containsEntry("identity", "k");
    assertThat(
            ini("a ansible_ssh_private_key_file='~/.ssh/my key' ansible_user=u ansible_ssh_user=v\n")
                .of("a"))
        .containsEntry("identity", "~/.ssh/my key")
        .containsEntry("account", "u");
  }

  @ParameterizedTest(name = "{0} becomes {1}")
  @CsvSource({
    "ansible_become=true, sudo",
    "ansible_become=yes ansible_become_method=doas, doas",
    "ansible_become=True ansible_become_user=root, sudo",
    "ansible_become=no ansible_become_method=sudo, none",
    "ansible_become_method=sudo,",
    "ansible_become=true ansible_become_method=su, su"
  })
  void becoming_root_is_taken_over(String variables, String become) throws IOException {
    assertThat(ini("a " + variables + "\n").of("a").get("become")).isEqualTo(become);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a ansible_become=maybe | ansible_become: maybe is not true or false",
        "a ansible_become=true ansible_become_user=postgres | ansible_become_user: muster becomes root, not postgres",
        "a ansible_connection=local | ansible_connection: muster reaches hosts by ssh, not by local; leave this host out",
        "a ansible_connection=community.docker.docker | ansible_connection: muster reaches hosts by ssh, not by community.docker.docker; leave this host out",
        "a ansible_host={{x}} | ansible_host: {{x}} is a template; write the value itself",
        "a b | b is no variable; write name=value, with quotes around a value with spaces",
        "a x='b | a quote is opened and never closed",
        "a[3:1] | [3:1] is empty; write the smaller end first, and a step above 0",
        "a[1:9:0] | [1:9:0] is empty; write the smaller end first, and a step above 0",
        "a[01:100] | [01:100]: both ends of a range with leading zeros must be equally long",
        "a[x] | [x] is no range; write [01:20], [a:f] or [0:100:10]",
        "a[1:999999999] | 1:999999999 names more than 1000000 hosts",
        "a[1:1000][1:1001] | a[1:1000][1:1001] names more than 1000000 hosts",
        "[web:hosts] | [web:hosts]: a section of a group is vars or children",
        "[web servers] | [web servers] is no section; write [group], [group:vars] or [group:children]",
        "[web | [web is no section; write [group], [group:vars] or [group:children]"
      })
  void what_muster_cannot_follow_is_rejected_alone(String line, String why) throws IOException {
    Told told = ini("first\n" + line + "\n[more]\nlast\n");
    assertThat(told.rejected).containsExactly(Map.entry(2L, why));
    assertThat(told.hosts.keySet()).contains("first", "last");
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "web[01:03] | web01 web02 web03",
        "web[8:10] | web8 web9 web10",
        "web[008:010].x | web008.x web009.x web010.x",
        "db-[a:c].x | db-a.x db-b.x db-c.x",
        "n[0:10:5] | n0 n5 n10",
        "r[1:2]-n[a:b] | r1-na r1-nb r2-na r2-nb",
        "[1:2].example.com | 1.example.com 2.example.com",
        "2001:db8::7 | 2001:db8::7",
        "10.0.0.[1:2] | 10.0.0.1 10.0.0.2"
      })
  void a_range_names_several_hosts(String pattern, String names) throws IOException {
    Told told = ini("[web]\n" + pattern + " x=1\n");
    assertThat(told.rejected).isEmpty();
    assertThat(told.hosts.keySet()).containsExactly(names.split(" "));
  }

  @ParameterizedTest(name = "{0} has port {2}")
  @CsvSource({
    "a:2222, a, 2222",
    "web[1:1]:2222, web1, 2222",
    "[::1]:22, ::1, 22",
    "[2001:db8::7], 2001:db8::7,",
    "fe80::1, fe80::1,"
  })
  void a_port_may_stand_behind_the_name(String pattern, String name, String port)
      throws IOException {
    assertThat(ini("[x]\n" + pattern + "\n").of(name).get("port")).isEqualTo(port);
  }

  @Test
  void variables_of_inner_groups_win_and_those_of_the_host_win_over_all() throws IOException {
    Told told =
        ini(
            """
            ; the whole site
            [site:children]
            web  # a child is declared later
            db

            [web]
            one
            two ansible_user=two   # its own
            [db]
            three:2200
            one

            [all:vars]
            bk_biz_id=2
            os_type = "LINUX"
            ansible_user=all
            ansible_port=22
            http_port=8080
            port=9999

            [site:vars]
            ansible_user=site # a comment
            ansible_port=2022
            [web:vars]
            ansible_user=web
            """);
    assertThat(told.rejected).isEmpty();
    assertThat(told.of("one"))
        .isEqualTo(
            Map.of(
                "bk_host_name",
                "one",
                "login_ip",
                "one",
                "bk_biz_id",
                "2",
                "os_type",
                "LINUX",
                "account",
                "web",
                "port",
                "2022"));
    assertThat(told.of("two")).containsEntry("account", "two");
    assertThat(told.of("three")).containsEntry("account", "site").containsEntry("port", "2200");
    assertThat(told.lines).containsEntry("one", 7L).containsEntry("three", 10L);
  }

  @Test
  void of_groups_side_by_side_the_later_name_wins_unless_one_has_priority() throws IOException {
    String groups = "[b]\nhost\n[a]\nhost\n[a:vars]\nansible_user=a\n[b:vars]\nansible_user=b\n";
    assertThat(ini(groups).of("host")).containsEntry("account", "b");
    assertThat(ini(groups + "[a:vars]\nansible_group_priority=10\n").of("host"))
        .containsEntry("account", "a");
  }

  @Test
  void groups_that_nobody_declares_are_told() throws IOException {
    Told told = ini("[site:children]\nweb\n[db:vars]\nx=1\nno variable\n");
    assertThat(told.rejected)
        .containsEntry(2L, "there is no section [web] for this")
        .containsEntry(3L, "there is no section [db] for this")
        .containsEntry(5L, "no variable is no variable; write name=value");
  }

  @Test
  void groups_in_a_circle_are_told() throws IOException {
    Told told = ini("[a:children]\nb\n[b:children]\na\n[a]\nhost\n[c:children]\nc\n");
    assertThat(told.rejected)
        .containsExactly(
            Map.entry(4L, "a cannot be a child of b, which is in a itself"),
            Map.entry(8L, "c cannot be a child of c, which is in c itself"));
    assertThat(told.hosts).containsKey("host");
  }

  @Test
  void our_own_names_are_taken_and_misspelt_ones_kept_for_the_check() throws IOException {
    assertThat(
            ini("a bk_host_id=7 bk_cloud_id=3 bk_biz_idd=2 profile=systemd:nginx bk_set_ids='1;2'\n")
                .of("a"))
        .containsEntry("bk_host_id", "7")
        .containsEntry("bk_cloud_id", "3")
        .containsEntry("bk_biz_idd", "2")
        .containsEntry("bk_set_ids", "1;2")
        .containsEntry("profile", "systemd:nginx");
  }

  @Test
  void yaml_says_the_same_in_another_form() throws IOException {
    Told told =
        yaml(
            """
            all:
              vars:
                bk_biz_id: 2
                os_type: LINUX
                packages: {nginx: latest}
                secret: !vault |
                  $ANSIBLE_VAULT;1.1;AES256
                  6162
              hosts:
                mail.example.com:
              children:
                web:
                  vars: &keys
                    ansible_user: web
                    ansible_become: yes
                  hosts:
                    www[01:02].example.com:
                      ansible_port: 2222
                      bk_set_ids: [11, 12]
                db:
                  vars:
                    <<: *keys
                    ansible_user: db
                  children:
                    replicas:
                      hosts: {d1: {ansible_host: 192.0.2.9}}
            """);
    assertThat(told.rejected).isEmpty();
    assertThat(told.hosts.keySet())
        .containsExactlyInAnyOrder(
            "mail.example.com", "www01.example.com", "www02.example.com", "d1");
    assertThat(told.of("www02.example.com"))
        .isEqualTo(
            Map.of(
                "bk_host_name",
                "www02.example.com",
                "login_ip",
                "www02.example.com",
                "bk_biz_id",
                "2",
                "os_type",
                "LINUX",
                "account",
                "web",
                "become",
                "sudo",
                "port",
                "2222",
                "bk_set_ids",
                "11 12"));
    assertThat(told.of("d1"))
        .containsEntry("account", "db")
        .containsEntry("become", "sudo")
        .containsEntry("login_ip", "192.0.2.9");
    assertThat(told.lines).containsEntry("mail.example.com", 10L).containsEntry("d1", 26L);
  }

  @Test
  void what_is_wrong_in_yaml_is_told_by_its_line() throws IOException {
    Told told =
        yaml(
            """
            all:
              hosts: {a: {}, "b[3:1]": {}}
              host:
                c: {}
              children:
                web: [d]
                all: {}
            """);
    assertThat(told.rejected)
        .containsEntry(2L, "[3:1] is empty; write the smaller end first, and a step above 0")
        .containsEntry(3L, "host: a group has hosts, vars and children")
        .containsEntry(6L, "group web must be a mapping, as in web: {hosts: {…}}")
        .containsEntry(7L, "all cannot be a child of all, which is in all itself");
    assertThat(told.hosts.keySet()).containsExactly("a");
  }

  @Test
  void text_that_is_no_inventory_is_told() throws IOException {
    assertThat(yaml("all: [").rejected.get(1L)).startsWith("not YAML: ");
    assertThat(yaml("- a\n- b\n").rejected.get(1L)).contains("must be a mapping");
    assertThat(yaml("plugin: amazon.aws.aws_ec2\n").rejected.get(1L))
        .startsWith("plugin: this asks a service for hosts");
    assertThat(yaml("").rejected).isEmpty();
    assertThat(yaml("# nothing\n").rejected).isEmpty();
    assertThat(ini("").rejected).isEmpty();
  }

  @Test
  void yaml_that_refers_to_itself_ends() throws IOException {
    assertThat(yaml("a: &a\n  children:\n    b: *a\n").rejected).isNotEmpty();
    StringBuilder bomb = new StringBuilder("x0: &x0 {hosts: {h: {}}}\n");
    for (int i = 1; i < 40; i++) {
      bomb.append(
          "x%d: &x%d {children: {a%d: *x%d, b%d: *x%d}}\n".formatted(i, i, i, i - 1, i, i - 1));
    }
    assertThat(yaml(bomb.toString()).rejected).isNotEmpty();
  }

  @Test
  void an_inventory_beyond_the_limit_is_refused() throws IOException {
    String comment = "# " + "x".repeat(1_000_000) + "\n";
    String long17 = comment.repeat(17);
    assertThat(long17.length()).isGreaterThan(Limits.ANSIBLE_CHARS);
    assertThat(ini("first\n" + long17 + "last\n").hosts.keySet()).containsExactly("first");
    assertThat(ini("first\n" + long17 + "last\n").rejected.get(18L)).contains("at most 16777216");
    assertThat(yaml(long17 + "all: {hosts: {a: {}}}\n").rejected.get(1L))
        .contains("at most 16777216");
  }

  private static Told ini(String text) throws IOException {
    Told told = new Told();
    Format.ANSIBLE_INI.read(new StringReader(text), told);
    return told;
  }

  private static Told yaml(String text) throws IOException {
    Told told = new Told();
    Format.ANSIBLE_YAML.read(new StringReader(text), told);
    return told;
  }

  private static final class Told implements Taker {

    private final Map<String, Map<String, String>> hosts = new LinkedHashMap<>();
    private final Map<String, Long> lines = new TreeMap<>();
    private final Map<Long, String> rejected = new TreeMap<>();

    @Override
    public void take(long line, Map<String, String> fields) {
      hosts.put(fields.get("bk_host_name"), fields);
      lines.put(fields.get("bk_host_name"), line);
    }

    @Override
    public void reject(long line, String why) {
      rejected.put(line, why);
    }

    Map<String, String> of(String host) {
      return hosts.getOrDefault(host, Map.of());
    }
  }
}
