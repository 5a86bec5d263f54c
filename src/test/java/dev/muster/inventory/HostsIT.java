package dev.muster.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.Condition;
import dev.muster.host.Condition.Addressed;
import dev.muster.host.Condition.Belongs;
import dev.muster.host.Condition.Owner;
import dev.muster.host.HostSelector;
import dev.muster.host.HostSelector.Ids;
import dev.muster.host.HostSelector.Matching;
import dev.muster.host.NodeType;
import dev.muster.host.Sighting;
import dev.muster.inventory.Hosts.Called;
import dev.muster.inventory.Hosts.Managed;
import dev.muster.inventory.Hosts.Meant;
import dev.muster.inventory.Hosts.Offence;
import dev.muster.inventory.Hosts.Survey;
import dev.muster.job.Scope;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

@ExtendWith(TestDatabase.class)
class HostsIT {

  private static final Set<NodeType> AGENTS = EnumSet.of(NodeType.AGENT, NodeType.PAGENT);
  private static final Set<NodeType> PROXIES = EnumSet.of(NodeType.PROXY);

  private final Hosts hosts;
  private final JdbcClient jdbc;

  HostsIT(Hosts hosts, JdbcClient jdbc) {
    this.hosts = hosts;
    this.jdbc = jdbc;
  }

  /** Six hosts that differ in what selectors look at; the sixth has no agent's process. */
  @BeforeEach
  void six_hosts() {
    jdbc.sql(
            """
            insert into cloud (id, name) values (3, 'edge');
            insert into host (id, business_id, cloud_id, inner_ip, inner_ipv6, os_type, node_type) values
              (1, 2, 0, '10.0.0.1', null, 'LINUX', 'AGENT'),
              (2, 2, 3, '10.0.0.2', null, 'LINUX', 'AGENT'),
              (3, 5, 3, '10.0.0.3', null, 'DARWIN', 'PAGENT'),
              (4, 5, 3, '10.0.0.4', null, '', 'PROXY'),
              (5, 7, 0, null, 'fe80::5', 'WINDOWS', 'AGENT'),
              (6, 7, 0, '10.0.0.6', null, 'LINUX', 'AGENT');
            insert into process (host_id, kind, name) values
              (1, 'AGENT', 'gse_agent'), (2, 'AGENT', 'gse_agent'), (3, 'AGENT', 'gse_agent'),
              (4, 'AGENT', 'gse_agent'), (5, 'AGENT', 'gse_agent'), (1, 'AGENT', 'second'),
              (6, 'PLUGIN', 'basereport')
            """)
        .update();
  }

  static Stream<Arguments> selections() {
    return Stream.of(
        row("ids select themselves", ids(1, 6), AGENTS, 1, 6),
        row("an id given twice selects one host", ids(1, 1), AGENTS, 1),
        row("unknown ids are left out", ids(1, 99, -1, 0), AGENTS, 1),
        row("no ids select nothing", ids(), AGENTS),
        row("proxies are left out of agents' jobs", ids(1, 3, 4), AGENTS, 1, 3),
        row("agents are left out of proxies' jobs", ids(1, 3, 4), PROXIES, 4),
        row("nothing selects nothing", new HostSelector.Nothing(), AGENTS),
        row("all are those with an agent's process", all(), AGENTS, 1, 2, 3, 5),
        row("all proxies", all(), PROXIES, 4),
        row(
            "excluded hosts are never selected",
            matching(List.of(), List.of(2L, 99L)),
            AGENTS,
            1,
            3,
            5),
        row("businesses restrict", matching(List.of(2L, 7L), List.of()), AGENTS, 1, 2, 5),
        row("an unknown business has no hosts", matching(List.of(99L), List.of()), AGENTS),
        row("one address", meets(ip("10.0.0.2")), AGENTS, 2),
        row("several addresses", meets(ip("10.0.0.3", "10.0.0.1", "10.9.9.9")), AGENTS, 1, 3),
        row("no address matches nothing", meets(ip()), AGENTS),
        row("a part of an address is none", meets(ip("10.0.0")), AGENTS),
        row("an IPv6 address is no inner IPv4 address", meets(ip("fe80::5")), AGENTS),
        row("an address is data", meets(ip("' or true --", "%")), AGENTS),
        row("a cloud area", meets(cloud(3)), AGENTS, 2, 3),
        row("the default cloud area", meets(cloud(0)), AGENTS, 1, 5),
        row("no cloud area is no restriction", meets(cloud()), AGENTS, 1, 2, 3, 5),
        row("a business as a condition", meets(business(5)), AGENTS, 3),
        row("no business as a condition matches nothing", meets(business()), AGENTS),
        row("all conditions must hold", meets(cloud(3), business(2)), AGENTS, 2),
        row(
            "the same condition twice is an intersection",
            meets(cloud(0, 3), cloud(3)),
            AGENTS,
            2,
            3),
        row(
            "contradicting conditions match nothing",
            meets(ip("10.0.0.1"), ip("10.0.0.2")),
            AGENTS),
        row(
            "everything at once",
            new Matching(
                List.of(2L, 5L), List.of(cloud(3), ip("10.0.0.2", "10.0.0.3")), List.of(3L)),
            AGENTS,
            2));
  }

  private static Arguments row(
      String says, HostSelector selector, Set<NodeType> nodeTypes, long... expected) {
    return Arguments.of(says, selector, nodeTypes, LongStream.of(expected).boxed().toList());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("selections")
  void a_selector_selects_what_its_author_meant(
      String says, HostSelector selector, Set<NodeType> nodeTypes, List<Long> expected) {
    SelectorSql where = SelectorSql.of(selector, nodeTypes);
    assertThat(
            jdbc.sql("select h.id from host h where " + where.text() + " order by h.id")
                .params(where.parameters())
                .query(Long.class)
                .list())
        .isEqualTo(expected);
    List<Long> businesses =
        expected.stream().map(id -> id < 3 ? 2L : id < 5 ? 5L : 7L).distinct().toList();
    assertThat(hosts.survey(selector, nodeTypes, Scope.everywhere()))
        .isEqualTo(new Survey(expected.size(), businesses, Optional.empty()));
    Survey bound = hosts.bound(selector, nodeTypes, Scope.everywhere());
    assertThat(bound.hosts()).isGreaterThanOrEqualTo(expected.size());
    assertThat(bound.businesses()).containsAll(businesses);
  }

  @Test
  void a_selection_can_be_kept_within_businesses() {
    SelectorSql where = SelectorSql.of(all(), AGENTS).within(List.of(2L));
    assertThat(
            jdbc.sql("select count(*) from host h where " + where.text())
                .params(where.parameters())
                .query(Long.class)
                .single())
        .isEqualTo(2);
    SelectorSql none = SelectorSql.of(all(), AGENTS).within(List.of());
    assertThat(
            jdbc.sql("select count(*) from host h where " + none.text())
                .params(none.parameters())
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void the_first_offending_host_in_id_order_is_told() {
    Fleet.change(jdbc, 3, "os_type = ''");
    Fleet.change(jdbc, 2, "cloud_id = 99");
    offends(new Offence.UnknownCloud(99));
    Fleet.change(jdbc, 1, "os_type = ''");
    offends(new Offence.NoOperatingSystem("10.0.0.1"));
  }

  @Test
  void a_host_that_offends_twice_lacks_its_operating_system_first() {
    Fleet.change(jdbc, 2, "os_type = '', cloud_id = 99");
    offends(new Offence.NoOperatingSystem("10.0.0.2"));
  }

  @Test
  void a_host_without_an_ipv4_address_is_named_by_what_it_has() {
    Fleet.change(jdbc, 5, "os_type = ''");
    offends(new Offence.NoOperatingSystem("fe80::5"));
    Fleet.change(jdbc, 5, "inner_ipv6 = null");
    offends(new Offence.NoOperatingSystem(""));
  }

  @Test
  void only_selected_hosts_offend() {
    Fleet.change(jdbc, 6, "os_type = '', cloud_id = 99");
    assertThat(hosts.survey(all(), AGENTS, Scope.everywhere()).offence()).isEmpty();
    assertThat(hosts.survey(ids(1), AGENTS, Scope.everywhere()).offence()).isEmpty();
    assertThat(hosts.survey(ids(1, 6), AGENTS, Scope.everywhere()).offence())
        .contains(new Offence.NoOperatingSystem("10.0.0.6"));
  }

  @Test
  void a_proxy_may_lack_an_operating_system_but_not_a_cloud_area() {
    assertThat(hosts.survey(all(), PROXIES, Scope.everywhere()).offence()).isEmpty();
    jdbc.sql("delete from cloud").update();
    assertThat(hosts.survey(all(), PROXIES, Scope.everywhere()).offence())
        .contains(new Offence.UnknownCloud(3));
  }

  @Test
  void cloud_area_zero_is_always_known() {
    jdbc.sql("delete from cloud").update();
    assertThat(hosts.survey(meets(cloud(0)), AGENTS, Scope.everywhere()).offence()).isEmpty();
  }

  @Test
  void names_of_plugins_are_those_of_plugin_processes_on_any_host() {
    assertThat(hosts.plugins(List.of("basereport", "gse_agent", "", "'")))
        .containsExactly("basereport");
    assertThat(hosts.plugins(List.of())).isEmpty();
  }

  @Test
  void a_host_is_meant_by_its_id_or_by_its_cloud_area_and_every_address_that_is_given() {
    Fleet.change(jdbc, 2, "inner_ipv6 = 'fe80::2', ap_id = 8");
    assertThat(
            hosts.meant(
                List.of(
                    new Called(1L, null, null, null),
                    new Called(99L, 0L, "10.0.0.1", null),
                    new Called(null, 3L, "10.0.0.2", null),
                    new Called(null, 0L, "10.0.0.2", null),
                    new Called(null, 3L, "10.0.0.2", "FE80:0:0::0002"),
                    new Called(null, 3L, "10.0.0.2", "fe80::3"),
                    new Called(null, 0L, null, "fe80:0::5"),
                    new Called(null, 0L, null, null)),
                Scope.everywhere()))
        .containsExactly(
            new Meant(0, 1, null), new Meant(2, 2, 8L), new Meant(4, 2, 8L), new Meant(6, 5, null));
  }

  @Test
  void addresses_of_either_kind_are_found_by_an_index() {
    Fleet.agents(jdbc, 100, 20_000);
    jdbc.sql("update host set inner_ipv6 = 'fe80::' || to_hex(id)").update();
    jdbc.sql("analyze host").update();
    SelectorSql where =
        SelectorSql.of(meets(new Addressed(List.of("10.0.0.200"), List.of("fe80:0::ff"))), AGENTS);
    assertThat(
            jdbc.sql("explain select h.id from host h where " + where.text())
                .params(where.parameters())
                .query(String.class)
                .list())
        .anyMatch(line -> line.contains("host_by_inner_ip"))
        .anyMatch(line -> line.contains("host_by_ipv6"))
        .noneMatch(line -> line.contains("Seq Scan on host"));
  }

  private void offends(Offence expected) {
    Survey survey = hosts.survey(all(), AGENTS, Scope.everywhere());
    assertThat(survey.offence()).contains(expected);
    assertThat(survey.hosts()).isEqualTo(4);
  }

  @Test
  void a_host_is_reached_by_its_login_address_else_by_an_inner_one() {
    assertThat(address(1)).isEqualTo("10.0.0.1");
    assertThat(address(5)).isEqualTo("fe80::5");
    Fleet.change(jdbc, 5, "inner_ipv6 = null");
    assertThat(address(5)).isEmpty();
    Fleet.change(
        jdbc,
        1,
        "login_ip = 'bastion', port = 2222, account = 'ops', identity = '/k', host_key = 'ssh-ed25519 A', become = 'DOAS', profile = 'gse'");
    assertThat(hosts.find(1))
        .contains(
            new Managed(
                new Access(1, "bastion", 2222, "ops", "/k", "ssh-ed25519 A", Become.DOAS),
                0,
                NodeType.AGENT,
                "LINUX",
                "gse"));
    assertThat(hosts.find(99)).isEmpty();
  }

  @Test
  void a_pagent_is_reached_through_the_proxies_of_its_area_that_run() {
    assertThat(proxies(3)).as("none runs").isEmpty();
    assertThat(proxies(1)).as("an agent of its own").isNull();
    jdbc.sql("update process set status = 'RUNNING' where host_id = 4").update();
    assertThat(proxies(3)).extracting(Access::hostId).containsExactly(4L);
    assertThat(hosts.accesses(List.of(3L)).get(3L).proxies()).as("to be asked for").isEmpty();
    jdbc.sql("update host set cloud_id = 0 where id = 4").update();
    assertThat(proxies(3)).as("one of another area").isEmpty();
    jdbc.sql("update host set cloud_id = 3, login_ip = '192.0.2.3' where id in (3, 4)").update();
    assertThat(proxies(3)).as("somebody says where to log in").isNull();
  }

  @Test
  void hosts_share_the_proxies_of_their_area_evenly() {
    jdbc.sql(
            """
            insert into host (id, business_id, cloud_id, inner_ip, os_type, node_type)
              select n, 5, 3, '10.1.0.' || n, 'LINUX', case when n <= 103 then 'PROXY' else 'PAGENT' end
              from generate_series(101, 403) n;
            insert into process (host_id, kind, name, status)
              select n, 'AGENT', 'gse_agent', 'RUNNING' from generate_series(101, 103) n
            """)
        .update();
    Map<Long, Long> first =
        LongStream.rangeClosed(104, 403)
            .mapToObj(id -> proxies(id).getFirst().hostId())
            .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
    assertThat(first).containsOnlyKeys(101L, 102L, 103L);
    assertThat(first.values()).allMatch(count -> count > 70 && count < 130);
    assertThat(proxies(104)).as("the others wait").hasSize(3);
  }

  private List<Access> proxies(long host) {
    return hosts.find(host).orElseThrow().access().proxies();
  }

  @Test
  void what_was_seen_of_an_agent_becomes_its_status_and_version() {
    jdbc.sql("update process set status = 'TERMINATED', version = '1.0' where host_id = 1")
        .update();
    hosts.saw(1, Sighting.running());
    assertThat(agent(1)).as("both of its records").containsOnly("RUNNING 1.0");
    hosts.saw(1, Sighting.saying("agent 2.0").orElseThrow());
    assertThat(agent(1)).as("both of its records").containsOnly("RUNNING 2.0");
    hosts.saw(6, Sighting.saying("agent 2.0").orElseThrow());
    assertThat(agent(6)).as("one that was on no record").containsExactly("RUNNING 2.0");
    hosts.saw(99, Sighting.running());
    assertThat(agent(99)).as("a host that left the inventory").isEmpty();
    assertThat(agent(2)).as("another host").doesNotContain("RUNNING 2.0");
  }

  private List<String> agent(long host) {
    return jdbc.sql(
            "select status || ' ' || version from process where host_id = :host and kind = 'AGENT'")
        .param("host", host)
        .query(String.class)
        .list();
  }

  private String address(long id) {
    return hosts.find(id).orElseThrow().access().address();
  }

  private static Ids ids(long... ids) {
    return new Ids(LongStream.of(ids).boxed().toList());
  }

  private static Matching all() {
    return matching(List.of(), List.of());
  }

  private static Matching matching(List<Long> businesses, List<Long> excluded) {
    return new Matching(businesses, List.of(), excluded);
  }

  private static Matching meets(Condition... conditions) {
    return new Matching(List.of(), List.of(conditions), List.of());
  }

  private static Addressed ip(String... addresses) {
    return new Addressed(List.of(addresses), List.of());
  }

  private static Belongs cloud(long... ids) {
    return new Belongs(Owner.CLOUD, LongStream.of(ids).boxed().toList());
  }

  private static Belongs business(long... ids) {
    return new Belongs(Owner.BUSINESS, LongStream.of(ids).boxed().toList());
  }
}
