package dev.muster.inventory;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
import dev.muster.host.Sighting;
import dev.muster.job.Scope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the inventory says of hosts. */
@Component
public class Hosts {

  /** More of them are not tried for one host. */
  private static final int PROXIES = 4;

  private final JdbcClient jdbc;

  public Hosts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A host as a stage needs it. */
  public record Managed(
      Access access, long cloud, NodeType nodeType, String osType, @Nullable String profile) {

    private Managed through(List<Access> proxies) {
      return new Managed(access.through(proxies), cloud, nodeType, osType, profile);
    }
  }

  /**
   * What a selector selects, and the first host in id order that forbids the request (rest.md §3.3,
   * 10 and 11).
   */
  public record Survey(long hosts, List<Long> businesses, Optional<Offence> offence) {}

  /** A selected host that must not be operated. */
  public sealed interface Offence {
    record NoOperatingSystem(String address) implements Offence {}

    record UnknownCloud(long id) implements Offence {}
  }

  public Optional<Managed> find(long id) {
    return jdbc.sql("select * from host where id = :id")
        .param("id", id)
        .query(Hosts::managed)
        .optional()
        .map(host -> host.access().proxies() == null ? host : host.through(proxies(id, host)));
  }

  /** Those of its cloud area that run, each host's in an order of its own: they share evenly. */
  private List<Access> proxies(long id, Managed host) {
    return jdbc
        .sql(
            """
            select h.* from host h
            where h.cloud_id = :cloud and h.node_type = 'PROXY'
              and exists (select from process p where p.host_id = h.id and p.kind = 'AGENT' and p.status = 'RUNNING')
            order by md5(h.id || '/' || :id) limit :most
            """)
        .param("cloud", host.cloud())
        .param("id", id)
        .param("most", PROXIES)
        .query(Hosts::managed)
        .list()
        .stream()
        .map(Managed::access)
        .toList();
  }

  /**
   * Counts and checks in one statement, inside the database.
   *
   * @param known hosts of other businesses are not there
   */
  public Survey survey(HostSelector selector, Set<NodeType> nodeTypes, Scope known) {
    return survey(SelectorSql.of(selector, nodeTypes).within(known));
  }

  /**
   * The same in a fraction of the time, for no fewer hosts: also those that a condition leaves out
   * because they have no agent on record. What forbids nothing here forbids nothing there.
   */
  public Survey bound(HostSelector selector, Set<NodeType> nodeTypes, Scope known) {
    return survey(SelectorSql.bounding(selector, nodeTypes).within(known));
  }

  private Survey survey(SelectorSql where) {
    record Part(long business, long hosts, Optional<Offence> offence) {}
    List<Part> parts =
        jdbc.sql(
                """
                select part.business_id, part.hosts, o.cloud_id,
                  o.os_type = '' and o.node_type <> 'PROXY' as no_os,
                  coalesce(nullif(o.inner_ip, ''), o.inner_ipv6, '') as address
                from (
                  select h.business_id, count(*) as hosts, min(h.id) filter (
                    where h.os_type = '' and h.node_type <> 'PROXY' or h.cloud_id <> 0 and c.id is null) as offender
                  from host h left join cloud c on c.id = h.cloud_id
                  where %s group by h.business_id) part
                left join host o on o.id = part.offender
                order by part.offender, part.business_id
                """
                    .formatted(where.text()))
            .params(where.parameters())
            .query(
                (row, n) ->
                    new Part(row.getLong("business_id"), row.getLong("hosts"), offence(row)))
            .list();
    return new Survey(
        parts.stream().mapToLong(Part::hosts).sum(),
        parts.stream().map(Part::business).sorted().toList(),
        parts.stream().flatMap(part -> part.offence().stream()).findFirst());
  }

  /** Which of these are names of plugins that the inventory knows on any host. */
  public Set<String> plugins(Collection<String> names) {
    return Set.copyOf(
        jdbc.sql(
                """
                select n from unnest(cast(:names as text[])) n
                where exists (select 1 from process p where p.kind = 'PLUGIN' and p.name = n)
                """)
            .param("names", names.toArray(String[]::new))
            .query(String.class)
            .set());
  }

  /**
   * A host as somebody calls it: by its id, else by its cloud area and the inner addresses that are
   * given, all of which must be its own.
   */
  public record Called(
      @Nullable Long id, @Nullable Long cloud, @Nullable String v4, @Nullable String v6) {}

  /**
   * A host that is meant.
   *
   * @param calling which of those asked for, from 0
   */
  public record Meant(int calling, long id, @Nullable Long accessPoint) {}

  /**
   * Every host that is meant by one of these, in one statement.
   *
   * @param known hosts of other businesses are not there
   */
  public List<Meant> meant(List<Called> called, Scope known) {
    return jdbc.sql(
            """
            with called as (
              select * from unnest(cast(:ids as bigint[]), cast(:clouds as bigint[]), cast(:v4 as text[]),
                cast(:v6 as text[])) with ordinality as c (id, cloud, v4, v6, n))
            select n, id, ap_id from (
              select c.n, h.id, h.ap_id, h.business_id from called c join host h on h.id = c.id
              union all
              select c.n, h.id, h.ap_id, h.business_id
              from called c join host h on h.cloud_id = c.cloud and h.inner_ip = c.v4
              where c.id is null and (c.v6 is null or h.ipv6 = ipv6(c.v6))
              union all
              select c.n, h.id, h.ap_id, h.business_id
              from called c join host h on h.cloud_id = c.cloud and h.ipv6 = ipv6(c.v6)
              where c.id is null and c.v4 is null) meant
            where cast(:known as bigint[]) is null or business_id = any (cast(:known as bigint[]))
            order by n, id
            """)
        .param("known", SelectorSql.businesses(known))
        .param("ids", called.stream().map(Called::id).toArray(Long[]::new))
        .param("clouds", called.stream().map(Called::cloud).toArray(Long[]::new))
        .param("v4", called.stream().map(Called::v4).toArray(String[]::new))
        .param("v6", called.stream().map(Called::v6).toArray(String[]::new))
        .query(
            (row, n) ->
                new Meant(
                    row.getInt("n") - 1, row.getLong("id"), row.getObject("ap_id", Long.class)))
        .list();
  }

  /** How these hosts are reached; who is not in the inventory is left out. */
  public Map<Long, Access> accesses(Collection<Long> ids) {
    return jdbc
        .sql("select * from host where id = any (cast(:ids as bigint[]))")
        .param("ids", ids.toArray(Long[]::new))
        .query(Hosts::managed)
        .list()
        .stream()
        .map(Managed::access)
        .collect(Collectors.toMap(Access::hostId, access -> access));
  }

  /**
   * The agent of a host was seen like this. It has one; where none is on record, it is from now on.
   */
  public void saw(long host, Sighting sighting) {
    jdbc.sql(
            """
            with managed as (
              update host set node_from = :from where id = :host and node_from <> :from),
            known as (select from process where host_id = :host and kind = 'AGENT' limit 1),
            changed as (
              update process set status = :status, version = coalesce(cast(:version as text), version)
              where host_id = :host and kind = 'AGENT'
                and (status, version) <> (:status, coalesce(cast(:version as text), version)))
            insert into process (host_id, kind, name, status, version)
            select id, 'AGENT', 'gseagent', :status, coalesce(cast(:version as text), '')
            from host where id = :host and not exists (select from known)
            on conflict do nothing
            """)
        .param("host", host)
        // pipelines.md §2.2: whose agent was seen is managed, whose was uninstalled is left to
        // others.
        .param("from", sighting.status() == Sighting.Status.NOT_INSTALLED ? "CMDB" : "NODE_MAN")
        .param("status", sighting.status().name())
        .param("version", sighting.version())
        .update();
  }

  private static Optional<Offence> offence(ResultSet row) throws SQLException {
    long cloud = row.getLong("cloud_id");
    if (row.wasNull()) {
      return Optional.empty();
    }
    return Optional.of(
        row.getBoolean("no_os")
            ? new Offence.NoOperatingSystem(row.getString("address"))
            : new Offence.UnknownCloud(cloud));
  }

  private static Managed managed(ResultSet row, int n) throws SQLException {
    String login = row.getString("login_ip");
    String address = login != null ? login : row.getString("inner_ip");
    if (address == null) {
      address = row.getString("inner_ipv6");
    }
    Access access =
        new Access(
            row.getLong("id"),
            address == null ? "" : address,
            row.getObject("port", Integer.class),
            row.getString("account"),
            row.getString("identity"),
            row.getString("host_key"),
            Become.valueOf(row.getString("become")));
    NodeType nodeType = NodeType.valueOf(row.getString("node_type"));
    return new Managed(
        // Who is given an address to log in at is meant to be reached there.
        nodeType == NodeType.PAGENT && login == null ? access.through(List.of()) : access,
        row.getLong("cloud_id"),
        nodeType,
        row.getString("os_type"),
        row.getString("profile"));
  }
}
