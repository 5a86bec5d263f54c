package dev.muster.roster;

import dev.muster.host.HostSelector;
import dev.muster.inventory.SelectorSql;
import dev.muster.job.JobRequest;
import dev.muster.job.JobType;
import dev.muster.job.Permit;
import dev.muster.job.Preview;
import dev.muster.job.Preview.Count;
import dev.muster.job.Preview.Held;
import dev.muster.job.Preview.Kind;
import dev.muster.job.Preview.Verdict;
import dev.muster.job.Scope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
        when h.id is null or not (cast(:known as bigint[]) is null or h.business_id = any (cast(:known as bigint[])))
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
  private final Acceptance acceptance;

  public DryRun(JdbcClient jdbc, Acceptance acceptance) {
    this.jdbc = jdbc;
    this.acceptance = acceptance;
  }

  /** What a request would select now, and whether it would be refused. */
  public Preview preview(JobRequest request) {
    Permit permit = request.permit();
    SelectorSql where =
        SelectorSql.of(request.selector(), request.type().nodeTypes()).within(permit.scope());
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
        held(where),
        expected(request.type(), hosts, request.options().window()).orElse(null),
        verdicts(request.type(), request.selector(), permit.scope(), permit.known()),
        acceptance.refusal(request));
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

  /** Nothing is counted while nothing is held. */
  private List<Held> held(SelectorSql where) {
    return jdbc.sql(
            """
            with selected as (select h.business_id, h.cloud_id from host h where %s),
            held as (
              select held.*, (select count(*) from selected s where held.area = 'EVERYTHING'
                or held.area = 'BUSINESS' and held.target = s.business_id
                or held.area = 'CLOUD' and held.target = s.cloud_id) as hosts
              from hold held where held.lifted_at is null)
            select * from held where hosts > 0 order by id
            """
                .formatted(where.text()))
        .params(where.parameters())
        .query((row, n) -> new Held(Holds.hold(row, n), row.getLong("hosts")))
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

  private Map<Verdict, List<Long>> verdicts(
      JobType type, HostSelector selector, Scope operate, Scope known) {
    Map<Verdict, List<Long>> verdicts = new EnumMap<>(Verdict.class);
    List<Long> named = named(selector);
    if (named.isEmpty()) {
      return verdicts;
    }
    jdbc.sql(VERDICTS)
        .param("ids", named.toArray(Long[]::new))
        .param("wanted", selector instanceof HostSelector.Ids)
        .param("types", type.nodeTypes().stream().map(Enum::name).toArray(String[]::new))
        .param("operate", SelectorSql.businesses(operate))
        .param("known", SelectorSql.businesses(known))
        .query(
            row -> {
              verdicts
                  .computeIfAbsent(
                      Verdict.valueOf(row.getString("verdict")), v -> new ArrayList<>())
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

  /**
   * What the request of a job meant for the hosts that it named: those that take part were
   * selected; for the others the reason is looked for in the inventory as it is now.
   *
   * @param known hosts of other businesses are not there
   * @return empty if there is no such job in these businesses
   */
  public Optional<Map<Verdict, List<Long>>> verdicts(long job, Scope known) {
    record Asked(JobType type, HostSelector selector, boolean resolved) {}
    Optional<Asked> asked =
        jdbc.sql(
                """
            select type, selector, resolved_at is not null as resolved from job
            where id = :job and (cast(:known as bigint[]) is null or businesses <@ cast(:known as bigint[]))
            """)
            .param("job", job)
            .param("known", SelectorSql.businesses(known))
            .query(
                (row, n) ->
                    new Asked(
                        JobType.valueOf(row.getString("type")),
                        SelectorJson.read(row.getString("selector")),
                        row.getBoolean("resolved")))
            .optional();
    return asked.map(
        a -> {
          Map<Verdict, List<Long>> verdicts =
              verdicts(a.type(), a.selector(), Scope.everywhere(), known);
          if (a.resolved() && a.selector() instanceof HostSelector.Ids ids) {
            onlyWhoTakesPart(job, ids.ids(), verdicts);
          }
          return verdicts;
        });
  }

  private void onlyWhoTakesPart(long job, List<Long> named, Map<Verdict, List<Long>> verdicts) {
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
    List<Long> late = verdicts.getOrDefault(Verdict.SELECTED, List.of());
    verdicts.computeIfAbsent(Verdict.UNKNOWN, v -> new ArrayList<>()).addAll(late);
    verdicts.put(Verdict.SELECTED, part);
    verdicts.values().removeIf(List::isEmpty);
  }
}
