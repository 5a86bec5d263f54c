package dev.muster.projection;

import dev.muster.job.Scope;
import dev.muster.projection.JobFilter.Wanted;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads lists of jobs from the projection. */
@Component
public class JobLists {

  /** The same words as {@link JobView#status}. */
  private static final String STATUS =
      """
      case when j.state in ('PENDING', 'RUNNING') and j.gate = 'STOPPED' then 'TERMINATED'
        when j.state = 'RUNNING' and j.round = 0
          and coalesce(p.running + p.succeeded + p.failed + p.skipped, 0) = 0 then 'PENDING'
        when j.state = 'SUCCEEDED' then 'SUCCESS'
        when j.state = 'PARTIALLY_FAILED' then 'PART_FAILED'
        else j.state end""";

  private final JdbcClient jdbc;

  public JobLists(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A job in a list.
   *
   * @param businesses names of its businesses; the number of one that has none
   */
  public record Listed(JobView job, List<String> businesses) {}

  /** How many jobs pass the filter. */
  public int count(JobFilter filter) {
    Map<String, Object> parameters = new HashMap<>();
    String where = where(filter, parameters);
    return jdbc.sql(
            "select count(*) from job j left join job_progress p on p.job_id = j.id where " + where)
        .params(parameters)
        .query(Integer.class)
        .single();
  }

  /** A chunk of the jobs that pass the filter. */
  public List<Listed> jobs(JobFilter filter, JobFilter.Order order, long offset, int limit) {
    Map<String, Object> parameters = new HashMap<>();
    String where = where(filter, parameters);
    List<JobView> jobs =
        jdbc.sql(
                "%s where %s order by %s, j.id desc limit :limit offset :offset"
                    .formatted(JobViews.JOB, where, by(order)))
            .params(parameters)
            .param("limit", limit)
            .param("offset", offset)
            .query(JobViews::job)
            .list();
    Map<Long, String> names = businesses(jobs);
    return jobs.stream()
        .map(
            job ->
                new Listed(
                    job,
                    job.asked().businesses().stream()
                        .map(id -> names.getOrDefault(id, String.valueOf(id)))
                        .toList()))
        .toList();
  }

  private static String by(JobFilter.Order order) {
    String count =
        switch (order.by()) {
          case ID -> "j.id";
          case TOTAL ->
              "coalesce(p.pending + p.running + p.succeeded + p.failed + p.skipped, j.selected)";
          case FAILED -> "coalesce(p.failed, 0)";
          case SUCCEEDED -> "coalesce(p.succeeded, 0)";
        };
    return count + (order.ascending() ? " asc" : " desc");
  }

  private Map<Long, String> businesses(List<JobView> jobs) {
    Map<Long, String> names = new HashMap<>();
    jdbc.sql("select id, name from business where id = any (cast(:ids as bigint[]))")
        .param(
            "ids",
            jobs.stream()
                .flatMap(job -> job.asked().businesses().stream())
                .distinct()
                .toArray(Long[]::new))
        .query(
            row -> {
              names.put(row.getLong("id"), row.getString("name"));
            });
    return names;
  }

  private static String where(JobFilter filter, Map<String, Object> parameters) {
    StringBuilder where = new StringBuilder(visible(filter, parameters));
    List<Wanted> all = filter.all();
    for (int i = 0; i < all.size(); i++) {
      where.append(" and ").append(condition(filter, all.get(i), "wanted" + i, parameters));
    }
    return where.toString();
  }

  private static String visible(JobFilter filter, Map<String, Object> parameters) {
    return switch (filter.view()) {
      case Scope.Everywhere everywhere -> "true";
      case Scope.Within within -> {
        parameters.put("viewer", PlainText.of(filter.viewer()));
        parameters.put("view", within.businesses().toArray(Long[]::new));
        // A job without any host lies nowhere: only who asked for it sees it.
        yield """
            (j.caller = :viewer
              or cardinality(j.businesses) > 0 and j.businesses <@ cast(:view as bigint[]))""";
      }
    };
  }

  private static String condition(
      JobFilter filter, Wanted wanted, String name, Map<String, Object> parameters) {
    return switch (wanted) {
      case Wanted.Ids(var ids) -> {
        parameters.put(name, ids.toArray(Long[]::new));
        yield "j.id = any (cast(:%s as bigint[]))".formatted(name);
      }
      case Wanted.InStatus(var statuses) -> {
        parameters.put(name, texts(statuses));
        yield "(%s) = any (cast(:%s as text[]))".formatted(STATUS, name);
      }
      case Wanted.CreatedBy(var users) -> {
        parameters.put(name, texts(users));
        yield "j.caller = any (cast(:%s as text[]))".formatted(name);
      }
      case Wanted.OfType(var types) -> {
        parameters.put(name, types.stream().map(Enum::name).toArray(String[]::new));
        yield "j.type = any (cast(:%s as text[]))".formatted(name);
      }
      case Wanted.Touching(var businesses) -> {
        parameters.put(name, filter.inView(businesses).toArray(Long[]::new));
        yield "j.businesses && cast(:%s as bigint[])".formatted(name);
      }
      case Wanted.WithHost(var at) -> {
        parameters.put(name, texts(at.whole()));
        parameters.put(name + "parts", texts(at.parts()));
        yield """
            exists (select 1 from job_instance i where i.job_id = j.id and i.host_id in (
              select id from host where inner_ip in (select unnest(cast(:%1$s as text[])))
              union all select id from host where inner_ipv6 in (select unnest(cast(:%1$s as text[])))
              union all select h.id from unnest(cast(:%1$sparts as text[])) part, host h
                where position(part in h.inner_ip) > 0 or position(part in h.inner_ipv6) > 0))"""
            .formatted(name);
      }
      case Wanted.Since(var earliest) -> {
        parameters.put(name, Timestamp.from(earliest));
        yield "j.created_at >= :" + name;
      }
      case Wanted.Until(var latest) -> {
        parameters.put(name, Timestamp.from(latest));
        yield "j.created_at <= :" + name;
      }
    };
  }

  private static String[] texts(Collection<String> texts) {
    return texts.stream().map(PlainText::of).toArray(String[]::new);
  }
}
