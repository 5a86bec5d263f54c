package dev.muster.projection;

import dev.muster.job.Reason;
import dev.muster.projection.FoldedHosts.Range;
import dev.muster.projection.FoldedHosts.Run;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The failed hosts of a job, those that failed alike together. Whatever a job's size, the database
 * counts, sorts and folds; only what is shown leaves it.
 */
@Component
public class Failures {

  /** Groups in one answer: nobody reads more; the rest is counted. */
  static final int MOST_GROUPS = 100;

  /** Ranges of hosts shown for each group: a few lines on a page. */
  static final int MOST_RANGES = 20;

  /** Digits of a number that folds: so many always are an int. */
  private static final int MOST_DIGITS = 9;

  /**
   * A host is called by its label. The number that folds is the last one of an address, and of a
   * name the last one before its first dot, or else the last one; the stem ends with it. Numbers
   * that begin with 0 are filled up, and so are those as long beside them (08, 09, 10). What is
   * computed for each host is materialized, for the planner would compute it again wherever it is
   * named; what is looked up is hashed, for it would compare all with all.
   */
  private static final String GROUPS =
      """
      with failed as materialized (
        select fingerprint collate "C" as fingerprint, ordinal, step, ended_at, label collate "C" as label
        from job_instance where job_id = :job and fingerprint is not null),
      groups as materialized (
        select *, count(*) over () as kinds, sum(hosts) over () as failed from (
          select fingerprint, count(*) as hosts, min(ordinal) as sample, min(ended_at) as first_seen,
            max(ended_at) as last_seen, min(step) as first_step, max(step) as last_step
          from failed group by fingerprint) g
        order by hosts desc, fingerprint limit :groups),
      earlier as (
        select fingerprint collate "C" as fingerprint, min(ended_at) as first_seen from earlier_outcome
        where job_id = :job and fingerprint is not null group by 1),
      stems as materialized (
        select fingerprint, label, case when translate(label, ':[], ', '') = label then coalesce(
          substring(label from '^(?:[0-9.]*|[^.]*)[0-9]'), substring(label from '^.*[0-9]'), '') else '' end as stem
        from failed where coalesce(fingerprint in (select fingerprint from groups), false)),
      numbered as materialized (
        select fingerprint, label, length(stem) as till,
          right(stem, least(:digits, length(stem) - length(rtrim(stem, '0123456789')))) as number
        from stems),
      padded as (
        select fingerprint, before, after, case when bool_or(number like '0_%') then length(number) else 0 end as width,
          range_agg(case when number <> '' then int4range(cast(number as int), cast(number as int), '[]') end) as numbers
        from (
          select fingerprint, case when till = 0 then label else left(label, till - length(number)) end as before,
            case when till = 0 then '' else substr(label, till + 1) end as after, number
          from numbered) n
        group by fingerprint, before, after, length(number)),
      ranges as (
        select fingerprint, before, after, width, lower(r) as first, upper(r) - 1 as last,
          coalesce(upper(r) - lower(r), 1) as size
        from (select fingerprint, before, after, width, range_agg(numbers) as numbers
          from padded group by fingerprint, before, after, width) p left join lateral unnest(numbers) r on true),
      placed as (
        select *, sum(size) over (partition by fingerprint) as together,
          row_number() over (partition by fingerprint
            order by case when before ~ '^([0-9]{1,3}\\.){3}$' then cast(string_to_array(rtrim(before, '.'), '.') as int[]) end,
              length(before), before, length(after), after, first, width) as place
        from ranges)
      select g.*, least(g.first_seen, e.first_seen) as seen_first, s.reason, s.detail,
        p.before, p.after, p.width, p.first, p.last, p.size, p.together
      from groups g
        join job_instance s on s.job_id = :job and s.ordinal = g.sample
        join placed p on p.fingerprint = g.fingerprint and p.place <= :ranges
        left join earlier e on e.fingerprint = g.fingerprint
      order by g.hosts desc, g.fingerprint, p.place
      """;

  private final JdbcClient jdbc;

  public Failures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param kinds of failures there are
   * @param hosts that failed
   * @param groups the most frequent first, at most {@link #MOST_GROUPS}
   */
  public record Seen(int kinds, int hosts, List<Group> groups) {
    public Seen {
      groups = List.copyOf(groups);
    }
  }

  /**
   * Hosts that failed alike.
   *
   * @param step at which, null if that is not the same for all
   * @param sample what was said of one of them
   */
  public record Group(
      String fingerprint,
      Reason reason,
      @Nullable Integer step,
      Times times,
      @Nullable String sample,
      int count,
      FoldedHosts hosts) {}

  /** When the first host failed so, counting what was retried since, and when the last. */
  public record Times(Instant first, Instant last) {}

  public Seen of(long job) {
    List<Row> rows =
        jdbc.sql(GROUPS)
            .param("job", job)
            .param("groups", MOST_GROUPS)
            .param("ranges", MOST_RANGES)
            .param("digits", MOST_DIGITS)
            .query(Failures::row)
            .list();
    Map<String, List<Row>> byFingerprint =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.group().fingerprint(), LinkedHashMap::new, Collectors.toList()));
    return rows.isEmpty()
        ? new Seen(0, 0, List.of())
        : new Seen(
            rows.getFirst().kinds(),
            rows.getFirst().failed(),
            byFingerprint.values().stream().map(Failures::group).toList());
  }

  /** A group with one of its ranges; the hosts of the group are not known by then. */
  private record Row(int kinds, int failed, Group group, Range range, long size, long together) {}

  private static Group group(List<Row> rows) {
    Group group = rows.getFirst().group();
    long shown = rows.stream().mapToLong(Row::size).sum();
    FoldedHosts hosts =
        new FoldedHosts(rows.stream().map(Row::range).toList(), rows.getFirst().together() - shown);
    return new Group(
        group.fingerprint(),
        group.reason(),
        group.step(),
        group.times(),
        group.sample(),
        group.count(),
        hosts);
  }

  private static Row row(ResultSet row, int n) throws SQLException {
    Reason reason = Reason.valueOf(row.getString("reason"));
    boolean oneStep = row.getInt("first_step") == row.getInt("last_step") && !reason.atAnyStep();
    Run run =
        row.getObject("first") == null
            ? null
            : new Run(row.getInt("width"), row.getInt("first"), row.getInt("last"));
    return new Row(
        row.getInt("kinds"),
        row.getInt("failed"),
        new Group(
            row.getString("fingerprint"),
            reason,
            oneStep ? row.getInt("first_step") : null,
            new Times(
                row.getTimestamp("seen_first").toInstant(),
                row.getTimestamp("last_seen").toInstant()),
            row.getString("detail"),
            row.getInt("hosts"),
            new FoldedHosts(List.of(), 0)),
        new Range(row.getString("before"), run, row.getString("after")),
        row.getLong("size"),
        row.getLong("together"));
  }
}
