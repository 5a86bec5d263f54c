package dev.muster.inventory;

import dev.muster.inventory.ImportLine.Field;
import dev.muster.inventory.ImportLine.Kind;
import dev.muster.inventory.ImportReport.Rejections;
import dev.muster.inventory.Importer.InventoryFullException;
import dev.muster.job.Caller;
import dev.muster.job.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Takes the rows of {@link Staging} into the inventory, inside the database and inside the caller's
 * transaction. What was given overwrites, what was left out stays, and a row that is as it was said
 * to be is not written again.
 */
final class Merge {

  /** Held until the end of the transaction: a second import waits. Leadership has another one. */
  private static final long LOCK = 0x6d75737465722eL;

  /** So many new rows make the planner's statistics wrong. */
  private static final int MANY = 10_000;

  /** Sorts and hashes of a million rows stay in memory. */
  private static final String MEMORY = "set local work_mem = '256MB'";

  private final JdbcClient jdbc;

  /** A process without its host, one of so many. */
  private record Orphan(long line, long host, int total) {}

  Merge(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Only now does another import wait, so that a slow sender delays nobody. */
  void begin() {
    jdbc.sql("select pg_advisory_xact_lock(:lock)").param("lock", LOCK).query().singleRow();
    jdbc.sql(MEMORY).update();
    jdbc.sql("analyze staged").update();
  }

  /**
   * Gives hosts without a number the one they have in the inventory, where the same cloud area,
   * address and port are the same host, or the next free one.
   */
  void numberHosts() {
    jdbc.sql(
            """
            update staged s set id = known.id
            from (select cloud_id, coalesce(login_ip, inner_ip, inner_ipv6) as address,
                    coalesce(port, 22) as port, min(id) as id
                  from host group by 1, 2, 3) known
            where s.what = 'HOST' and s.id is null and known.cloud_id = coalesce(s.cloud_id, 0)
              and known.address = coalesce(s.login_ip, s.inner_ip, s.inner_ipv6)
              and known.port = coalesce(s.port, 22)
            """)
        .update();
    jdbc.sql(
            """
            with used as (
              select greatest(
                (select coalesce(max(id), 0) from host where id < :most),
                (select coalesce(max(id), 0) from staged where what = 'HOST' and id < :most)) as most),
            fresh as (
              select coalesce(cloud_id, 0) as cloud_id, coalesce(port, 22) as port,
                coalesce(login_ip, inner_ip, inner_ipv6) as address,
                used.most + row_number() over (order by min(nr)) as id
              from staged, used where what = 'HOST' and id is null group by 1, 2, 3, used.most)
            update staged s set id = fresh.id from fresh
            where s.what = 'HOST' and s.id is null and fresh.cloud_id = coalesce(s.cloud_id, 0)
              and fresh.address = coalesce(s.login_ip, s.inner_ip, s.inner_ipv6)
              and fresh.port = coalesce(s.port, 22)
            """)
        .param("most", Long.MAX_VALUE - Integer.MAX_VALUE)
        .update();
  }

  /** Lets one row stand for all lines about one thing: of each field the last that was given. */
  void fold(Kind kind) {
    String key = String.join(", ", kind.key());
    String last =
        kind.fields().stream()
            .map(Field::column)
            .map(
                column ->
                    kind.key().contains(column)
                        ? column
                        : "(array_agg(%1$s order by nr desc) filter (where %1$s is not null))[1]"
                            .formatted(column))
            .collect(Collectors.joining(", "));
    jdbc.sql(
            """
            with several as (
              select %1$s from staged where what = '%2$s' group by %1$s having count(*) > 1),
            gone as (
              delete from staged s using several
              where s.what = '%2$s' and (%3$s) = (%4$s) returning s.*)
            insert into staged (nr, line, what, %5$s)
            select max(nr), max(line), '%2$s', %6$s from gone group by %1$s
            """
                .formatted(
                    key,
                    kind.name(),
                    prefixed("s.", kind.key()),
                    prefixed("several.", kind.key()),
                    columns(kind),
                    last))
        .update();
  }

  /** Leaves out the processes of hosts that nobody knows. */
  int dropOrphans(Rejections rejected) {
    List<Orphan> first =
        jdbc.sql(
                """
                with orphan as (
                  delete from staged s
                  where what = 'PROCESS' and not exists (select 1 from host h where h.id = s.host_id)
                  returning line, host_id)
                select line, host_id, count(*) over () as total from orphan order by line limit :shown
                """)
            .param("shown", ImportReport.MOST_SHOWN)
            .query(
                (row, n) ->
                    new Orphan(row.getLong("line"), row.getLong("host_id"), row.getInt("total")))
            .list();
    if (first.isEmpty()) {
      return 0;
    }
    for (Orphan orphan : first) {
      rejected.add(orphan.line(), "there is no host %d; import it first".formatted(orphan.host()));
    }
    int all = first.getFirst().total();
    rejected.untold(all - first.size());
    return all;
  }

  void keep(Kind kind) {
    List<Field> others =
        kind.fields().stream().filter(field -> !kind.key().contains(field.column())).toList();
    int written =
        jdbc.sql(
                """
                merge into %s t
                using (select %s from staged where what = '%s') n on (%s) = (%s)
                when matched and (%s) then update set %s
                when not matched then insert (%s) values (%s)
                """
                    .formatted(
                        kind.table(),
                        kind.fields().stream()
                            .map(
                                f ->
                                    "cast(%1$s as %2$s) as %1$s"
                                        .formatted(f.column(), f.type().sql()))
                            .collect(Collectors.joining(", ")),
                        kind.name(),
                        prefixed("t.", kind.key()),
                        prefixed("n.", kind.key()),
                        others.stream()
                            .map(Field::column)
                            .map("n.%1$s is not null and t.%1$s is distinct from n.%1$s"::formatted)
                            .collect(Collectors.joining(" or ")),
                        others.stream()
                            .map(Field::column)
                            .map("%1$s = coalesce(n.%1$s, t.%1$s)"::formatted)
                            .collect(Collectors.joining(", ")),
                        columns(kind),
                        kind.fields().stream()
                            .map(f -> "coalesce(n.%s, %s)".formatted(f.column(), f.otherwise()))
                            .collect(Collectors.joining(", "))))
            .update();
    if (written >= MANY) {
      jdbc.sql("analyze " + kind.table()).update();
    }
    if (kind == Kind.HOST && written > 0) {
      refuseTooMany();
    }
  }

  private void refuseTooMany() {
    long hosts = jdbc.sql("select count(*) from host").query(Long.class).single();
    if (hosts > Limits.HOSTS_IN_INVENTORY) {
      throw new InventoryFullException(hosts);
    }
  }

  /** The line in the audit: what is imported decides what selections mean. */
  void tell(Caller caller, Format format, ImportReport report) {
    Map<String, Object> what = new LinkedHashMap<>();
    what.put("format", format.name());
    what.put("imported", report.imported());
    what.put("rejected", report.rejectedLines());
    jdbc.sql(
            "insert into audit (caller, app, verb, what) values (:caller, :app, 'IMPORT', cast(:what as jsonb))")
        .param("caller", caller.user())
        .param("app", caller.app())
        .param("what", JsonMapper.shared().writeValueAsString(what))
        .update();
  }

  private static String columns(Kind kind) {
    return kind.fields().stream().map(Field::column).collect(Collectors.joining(", "));
  }

  private static String prefixed(String prefix, List<String> columns) {
    return columns.stream().map(prefix::concat).collect(Collectors.joining(", "));
  }
}
