package dev.muster.inventory;

import dev.muster.host.Condition;
import dev.muster.job.Limits;
import dev.muster.job.Scope;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds hosts for people to look at, a chunk at a time. */
@Component
public class HostSearch {

  private final JdbcClient jdbc;

  public HostSearch(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A chunk in the order of host ids.
   *
   * @param after the id before the first: costs nothing, however deep the chunk lies
   * @param skipped hosts that are passed over after that: their ids are counted
   */
  public record Chunk(long after, long skipped, int size) {}

  /**
   * @param total how many meet the conditions, in this chunk or not
   */
  public record Found(long total, List<HostView> hosts) {}

  /** A host and what it belongs to; names are null where the inventory does not know them. */
  public record HostView(
      long id,
      long business,
      @Nullable String businessName,
      long cloud,
      @Nullable String cloudName,
      @Nullable String innerIp,
      @Nullable String innerIpv6,
      String name,
      String osType,
      String nodeType,
      String nodeFrom,
      String addressing,
      @Nullable String agentId,
      boolean manual,
      @Nullable Long installChannel,
      @Nullable Long accessPoint,
      List<Long> sets,
      List<Long> modules,
      @Nullable String loginIp,
      @Nullable Integer port,
      @Nullable String account,
      String become,
      @Nullable String profile,
      @Nullable String agentStatus,
      @Nullable String agentVersion,
      List<Plugin> plugins) {}

  public record Plugin(String name, String status, String version) {}

  public Found find(List<Condition> conditions, Scope scope, Chunk chunk) {
    SelectorSql where = SelectorSql.meeting(conditions).within(scope);
    long total =
        jdbc.sql("select count(*) from host h where " + where.text())
            .params(where.parameters())
            .query(Long.class)
            .single();
    return new Found(total, chunk(where.text(), where.parameters(), chunk));
  }

  /** Only ids are read of hosts that are passed over; names are looked up for those shown. */
  private List<HostView> chunk(String where, Map<String, Object> parameters, Chunk chunk) {
    return jdbc.sql(
            """
            select h.*, b.name as business_name, c.name as cloud_name, runs.*
            from (
              select h.id from host h where h.id > :after and %s
              order by h.id offset :skipped limit :size) shown
            join host h on h.id = shown.id
            left join business b on b.id = h.business_id
            left join cloud c on c.id = h.cloud_id
            cross join lateral (
              select (array_agg(p.status order by p.name) filter (where p.kind = 'AGENT'))[1] as agent_status,
                (array_agg(p.version order by p.name) filter (where p.kind = 'AGENT'))[1] as agent_version,
                array_agg(array[p.name, p.status, p.version] order by p.name)
                  filter (where p.kind = 'PLUGIN') as plugins
              from process p where p.host_id = h.id) runs
            order by h.id
            """
                .formatted(where))
        .params(parameters)
        .param("after", chunk.after())
        .param("skipped", Math.min(chunk.skipped(), Limits.HOSTS_IN_INVENTORY))
        .param("size", chunk.size())
        .query(HostSearch::view)
        .list();
  }

  private static HostView view(ResultSet row, int n) throws SQLException {
    return new HostView(
        row.getLong("id"),
        row.getLong("business_id"),
        row.getString("business_name"),
        row.getLong("cloud_id"),
        row.getString("cloud_name"),
        row.getString("inner_ip"),
        row.getString("inner_ipv6"),
        row.getString("name"),
        row.getString("os_type"),
        row.getString("node_type"),
        row.getString("node_from"),
        row.getString("addressing"),
        row.getString("agent_id"),
        row.getBoolean("is_manual"),
        row.getObject("install_channel_id", Long.class),
        row.getObject("ap_id", Long.class),
        numbers(row.getArray("set_ids")),
        numbers(row.getArray("module_ids")),
        row.getString("login_ip"),
        row.getObject("port", Integer.class),
        row.getString("account"),
        row.getString("become"),
        row.getString("profile"),
        row.getString("agent_status"),
        row.getString("agent_version"),
        plugins(row.getArray("plugins")));
  }

  private static List<Long> numbers(Array array) throws SQLException {
    return List.of((Long[]) array.getArray());
  }

  private static List<Plugin> plugins(@Nullable Array array) throws SQLException {
    if (array == null) {
      return List.of();
    }
    Object[] rows = (Object[]) array.getArray();
    return Stream.of(rows)
        .map(String[].class::cast)
        .map(row -> new Plugin(row[0], row[1], row[2]))
        .toList();
  }
}
