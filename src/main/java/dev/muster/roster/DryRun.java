package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.inventory.SelectorSql;
import dev.muster.job.HostVerdict;
import dev.muster.job.JobType;
import dev.muster.job.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What a request would do, and what a job's request meant, host by host. Writes nothing. */
@Component
public class DryRun {

  /** Ended jobs of the same type that an expected duration is drawn from. */
  private static final int JOBS_LOOKED_AT = 20;

  private static final String VERDICTS =
      """
      select named.id, case
        when h.id is null or not (cast(:view as bigint[]) is null or h.business_id = any (cast(:view as bigint[])))
          then 'UNKNOWN'
        when not :wanted then 'EXCLUDED'
        when not (cast(:operate as bigint[]) is null or h.business_id = any (cast(:operate as bigint[])))
          then 'NOT_PERMITTED'
        when not h.node_type = any (cast(:types as text[])) then 'WRONG_NODE_TYPE'
        when h.os_type = '' and h.node_type <> 'PROXY' then 'NO_OS'
        when h.cloud_id <> 0 and not exists (select 1 from cloud c where c.id = h.cloud_id) then 'UNKNOWN_CLOUD'
        else 'SELECTED' end as verdict
      from unnest(cast(:ids as bigint[])) named (id) left join host h on h.id = named.id
      order by named.id
      """;

  private final JdbcClient jdbc;

  public DryRun(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What a request would select now.
   *
   * @param busy hosts that another job is at, by job
   * @param expected how long it would take, drawn from earlier jobs of the type; null if there are
   *     none
   * @param verdicts for the hosts that the request names
   */
  public record Preview(
      long hosts,
      Map<Kind, List<Count>> counts,
      List<Count> busy,
      @Nullable Duration expected,
      Map<HostVerdict, List<Long>> verdicts) {}

  public enum Kind {
    BUSINESS,
    CLOUD,
    SYSTEM,
    NODE_TYPE
  }

  /** How many hosts share a value; the name is empty where the inventory has none. */
  public record Count(String key, String name, long hosts) {}

  /** What is asked about. */
  public record Question(JobType type, HostSelector selector, int window) {}

  /**
   * Previews a request.
   *
   * @param operate where the asker may do this
   * @param view what the asker may know of
   */
  public Preview preview(Question question, Scope operate, Scope view) {
    SelectorSql where = SelectorSql.of(question.selector(), question.type().nodeTypes());
    if (operate instanceof Scope.Within within) {
      where = where.within(List.copyOf(within.businesses()));
    }
    long hosts = 0;
    List<Count> busy = new ArrayList<>();
    Map<Kind, List<Count>> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, new ArrayList<>());
    }
    for (Row row : rows(where)) {
      switch (row.kind()) {
        case "ALL" -> hosts = row.count().hosts();
        case "BUSY" -> busy.add(row.count());
        default -> counts.getOrDefault(Kind.valueOf(row.kind()), busy).add(row.count());
      }
    }
    return new Preview(
        hosts,
        counts,
        busy,
        expected(question.type(), hosts, question.window()).orElse(null),
        verdicts(question.type(), question.selector(), operate, view));
  }

  private record Row(String kind, Count count) {}

  private List<Row> rows(SelectorSql where) {
    return jdbc.sql(
            """
            with selected as materialized (
              select h.id, h.business_id, h.cloud_id, h.os_type, h.node_type from host h where %s)
            select 'ALL' as kind, '' as key, '' as name, count(*) as hosts from selected
            union all
            select 'BUSINESS', s.business_id::text, coalesce(max(b.name), ''), count(*)
            from selected s left join business b on b.id = s.business_id group by s.business_id
            union all
            select 'CLOUD', s.cloud_id::text, coalesce(max(c.name), ''), count(*)
            from selected s left join cloud c on c.id = s.cloud_id group by s.cloud_id
            union all
            select 'SYSTEM', os_type, os_type, count(*) from selected group by os_type
            union all
            select 'NODE_TYPE', node_type, node_type, count(*) from selected group by node_type
            union all
            select 'BUSY', l.job_id::text, j.type, count(*)
            from selected s join lease l on l.host_id = s.id
              join job_instance i on i.job_id = l.job_id and i.ordinal = l.ordinal and i.outcome is null
              join job j on j.id = l.job_id
            group by l.job_id, j.type
            order by hosts desc, key
            """
                .formatted(where.text()))
        .params(where.parameters())
        .query(
            (row, n) ->
                new Row(
                    row.getString("kind"),
                    new Count(row.getString("key"), row.getString("name"), row.getLong("hosts"))))
        .list();
  }

  /** As many rounds of the window as are needed, each as long as a host took in the median. */
  private Optional<Duration> expected(JobType type, long hosts, int window) {
    return jdbc.sql(
            """
            select percentile_cont(0.5) within group (order by extract(epoch from p.ended_at - p.started_at)) as seconds
            from instance_progress p
            where p.state = 'SUCCEEDED' and p.started_at is not null and p.ended_at is not null
              and p.job_id in (
                select id from job where type = :type and ended_at is not null order by id desc limit :jobs)
            """)
        .param("type", type.name())
        .param("jobs", JOBS_LOOKED_AT)
        .query((row, n) -> Optional.ofNullable(row.getObject("seconds", Double.class)))
        .single()
        .map(
            seconds -> Duration.ofMillis(Math.round(seconds * 1000 * Math.ceilDiv(hosts, window))));
  }

  private Map<HostVerdict, List<Long>> verdicts(
      JobType type, HostSelector selector, Scope operate, Scope view) {
    Map<HostVerdict, List<Long>> verdicts = new EnumMap<>(HostVerdict.class);
    List<Long> named = named(selector);
    if (named.isEmpty()) {
      return verdicts;
    }
    jdbc.sql(VERDICTS)
        .param("ids", named.toArray(Long[]::new))
        .param("wanted", selector instanceof HostSelector.Ids)
        .param("types", type.nodeTypes().stream().map(Enum::name).toArray(String[]::new))
        .param("operate", businesses(operate))
        .param("view", businesses(view))
        .query(
            row -> {
              verdicts
                  .computeIfAbsent(
                      HostVerdict.valueOf(row.getString("verdict")), v -> new ArrayList<>())
                  .add(row.getLong("id"));
            });
    return verdicts;
  }

  private static List<Long> named(HostSelector selector) {
    return switch (selector) {
      case HostSelector.Ids ids -> ids.ids();
      case HostSelector.Matching matching -> matching.excluded().stream().distinct().toList();
      case HostSelector.Nothing nothing -> List.of();
    };
  }

  private static Long @Nullable [] businesses(Scope scope) {
    return switch (scope) {
      case Scope.Everywhere everywhere -> null;
      case Scope.Within within -> within.businesses().toArray(Long[]::new);
    };
  }

  /**
   * What the request of a job meant for the hosts that it named: those that take part were
   * selected; for the others the reason is looked for in the inventory as it is now.
   *
   * @return empty if there is no such job
   */
  public Optional<Map<HostVerdict, List<Long>>> verdicts(long job, Scope view) {
    record Asked(JobType type, HostSelector selector, boolean resolved) {}
    Optional<Asked> asked =
        jdbc.sql(
                "select type, selector, resolved_at is not null as resolved from job where id = :job")
            .param("job", job)
            .query(
                (row, n) ->
                    new Asked(
                        JobType.valueOf(row.getString("type")),
                        SelectorJson.read(row.getString("selector")),
                        row.getBoolean("resolved")))
            .optional();
    return asked.map(
        a -> {
          Map<HostVerdict, List<Long>> verdicts =
              verdicts(a.type(), a.selector(), Scope.everywhere(), view);
          if (a.resolved() && a.selector() instanceof HostSelector.Ids ids) {
            onlyWhoTakesPart(job, ids.ids(), verdicts);
          }
          return verdicts;
        });
  }

  private void onlyWhoTakesPart(long job, List<Long> named, Map<HostVerdict, List<Long>> verdicts) {
    List<Long> part =
        jdbc.sql(
                "select host_id from job_instance where job_id = :job and host_id = any (cast(:ids as bigint[]))"
                    + " order by host_id")
            .param("job", job)
            .param("ids", named.toArray(Long[]::new))
            .query((row, n) -> row.getLong("host_id"))
            .list();
    Set<Long> taking = new HashSet<>(part);
    verdicts.values().forEach(ids -> ids.removeIf(taking::contains));
    // What would be selected now and takes no part was not known then.
    List<Long> late = verdicts.getOrDefault(HostVerdict.SELECTED, List.of());
    verdicts.computeIfAbsent(HostVerdict.UNKNOWN, v -> new ArrayList<>()).addAll(late);
    verdicts.put(HostVerdict.SELECTED, part);
    verdicts.values().removeIf(List::isEmpty);
  }
}
