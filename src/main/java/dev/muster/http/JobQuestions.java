package dev.muster.http;

import dev.muster.job.InstanceState;
import dev.muster.job.JobType;
import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobFilter;
import dev.muster.projection.JobFilter.Wanted;
import dev.muster.projection.Wording;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked about jobs, read from a request's fields (rest.md §4.1, §4.2). */
final class JobQuestions {

  private static final int PAGE_SIZE = 10;
  private static final int MOST_ROWS = 100_000;
  private static final int ALL = -1;

  /** A page has one of each; beyond this nobody typed them. */
  private static final int MOST_CONDITIONS = 100;

  /** Each is looked for in every address; whole ones are looked up. */
  private static final int MOST_PARTS = 100;

  private JobQuestions() {}

  /** A page of the instances of a job. */
  record OfHosts(InstanceFilter filter, long offset, int limit) {

    static OfHosts read(Fields fields) {
      List<JsonNode> conditions = fields.list("搜索条件", "conditions").orElse(List.of());
      long page = fields.number("当前页数", "page").orElse(1L);
      long size = fields.number("分页大小", "pagesize").orElse((long) PAGE_SIZE);
      Optional<Long> start = fields.number("开始位置参数优先page使用", "start");
      if (page < 1) {
        fields.fault("当前页数", "page", Message.AT_LEAST_ONE);
      }
      if (size != ALL && (size < 1 || size > MOST_ROWS)) {
        fields.fault("分页大小", "pagesize", Message.PAGE_SIZE_OR_ALL, MOST_ROWS);
      }
      if (start.isPresent() && start.get() < 1) {
        fields.fault("开始位置参数优先page使用", "start", Message.AT_LEAST_ONE);
      }
      fields.refuseFaults();
      InstanceFilter filter = filter(conditions);
      return size == ALL
          ? new OfHosts(filter, 0, MOST_ROWS)
          : new OfHosts(
              filter, start.map(s -> s - 1).orElse(JobQuestions.offset(page, size)), (int) size);
    }

    private static InstanceFilter filter(List<JsonNode> conditions) {
      if (conditions.size() > MOST_CONDITIONS) {
        throw ApiException.validation(Message.TOO_MANY_CONDITIONS, MOST_CONDITIONS);
      }
      InstanceFilter filter = InstanceFilter.ALL;
      for (JsonNode condition : conditions) {
        if (!condition.has("key") || !condition.has("value")) {
          throw ApiException.validation(Message.NOT_A_CONDITION, PythonName.json(condition));
        }
        String key = condition.get("key").asString("");
        JsonNode value = condition.get("value");
        switch (key) {
          case "status" -> {
            Set<InstanceState> states = Wording.states(texts(key, value));
            // Nothing chosen is everything shown; a word that means nothing shows nothing.
            filter = value.isEmpty() && value.isArray() ? filter : filter.and(inState(states));
          }
          case "ip" -> {
            List<String> addresses = texts(key, value);
            filter = addresses.isEmpty() ? filter : filter.and(at(key, addresses));
          }
          case "instance_id" ->
              filter = filter.and(new InstanceFilter.Wanted.OfHosts(hosts(key, value)));
          case "exclude_instance_ids" ->
              filter = filter.and(new InstanceFilter.Wanted.NotOfHosts(hosts(key, value)));
          default -> {
            // As in the existing service, an unknown key is no restriction of what is shown.
          }
        }
      }
      return filter;
    }

    private static InstanceFilter.Wanted inState(Set<InstanceState> states) {
      return new InstanceFilter.Wanted.InState(states);
    }

    private static Set<Long> hosts(String key, JsonNode value) {
      return texts(key, value).stream()
          .flatMap(text -> InstanceView.hostOf(text).stream())
          .collect(Collectors.toSet());
    }

    private static List<String> texts(String key, JsonNode value) {
      List<JsonNode> values = value.isArray() ? List.copyOf(value.values()) : List.of(value);
      for (JsonNode one : values) {
        if (text(one).isEmpty()) {
          throw ApiException.validation(Message.NOT_A_VALUE, key, PythonName.json(one));
        }
      }
      return values.stream().flatMap(v -> text(v).stream()).toList();
    }
  }

  /** A page of the jobs that a caller may see. */
  record OfJobs(JobFilter filter, JobFilter.Order order, long page, int size) {

    private static final DateTimeFormatter TIME =
        new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss]")
            .appendOptional(
                new DateTimeFormatterBuilder()
                    .appendFraction(ChronoField.NANO_OF_SECOND, 1, 6, true)
                    .toFormatter(Locale.ROOT))
            .optionalStart()
            .appendOffset("+HH:MM", "Z")
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    static OfJobs read(ObjectNode body, Rights rights) {
      Fields fields = new Fields(body);
      List<Wanted> all = new ArrayList<>();
      fields
          .list("任务ID", "job_id")
          .filter(ids -> !ids.isEmpty())
          .ifPresent(ids -> all.add(new Wanted.Ids(numbers(ids))));
      fields.list("任务状态", "status").ifPresent(words -> all.add(new Wanted.InStatus(texts(words))));
      fields
          .list("执行者", "created_by")
          .ifPresent(users -> all.add(new Wanted.CreatedBy(texts(users))));
      fields
          .list("业务ID", "bk_biz_id")
          .filter(ids -> !ids.isEmpty())
          .ifPresent(ids -> all.add(new Wanted.Touching(numbers(ids))));
      Optional<List<JsonNode>> addresses = fields.list("IP列表", "inner_ip_list");
      types(fields, "任务类型", "step_type", type -> type.subject(), s -> s.toUpperCase(Locale.ROOT))
          .ifPresent(all::add);
      types(fields, "操作类型", "op_type", type -> type.verb(), Function.identity())
          .ifPresent(all::add);
      // There are no policies, hence no job of one.
      fields
          .list("策略名称", "policy_name")
          .filter(names -> !names.isEmpty())
          .ifPresent(names -> all.add(new Wanted.Ids(Set.of())));
      fields.bool("隐藏自动触发任务", "hide_auto_trigger_job");
      time(fields, "起始时间", "start_time").ifPresent(t -> all.add(new Wanted.Since(t)));
      time(fields, "终止时间", "end_time").ifPresent(t -> all.add(new Wanted.Until(t)));
      JobFilter.Order order = order(fields);
      long page = fields.number("当前页数", "page").orElse(1L);
      long size = fields.number("分页大小", "pagesize").orElse((long) PAGE_SIZE);
      if (page < 1) {
        fields.fault("当前页数", "page", Message.AT_LEAST_ONE);
      }
      if (size < 1 || size > MOST_ROWS) {
        fields.fault("分页大小", "pagesize", Message.PAGE_SIZE, MOST_ROWS);
      }
      fields.refuseFaults();
      addresses
          .filter(list -> !list.isEmpty())
          .ifPresent(list -> all.add(new Wanted.WithHost(at("inner_ip_list", texts(list)))));
      return new OfJobs(
          new JobFilter(rights.scope(Role.VIEW), rights.caller().user(), all),
          order,
          page,
          (int) size);
    }

    long offset() {
      return JobQuestions.offset(page, size);
    }

    /** The existing service has a first page only, where there is nothing. */
    void refusePagesBehind(int total) {
      long pages = Math.max(1, (total + size - 1L) / size);
      if (page > pages) {
        throw ApiException.validation(Message.NO_SUCH_PAGE, pages);
      }
    }

    private static Set<String> texts(List<JsonNode> nodes) {
      return nodes.stream()
          .flatMap(node -> text(node).stream())
          .filter(text -> !text.isEmpty())
          .collect(Collectors.toSet());
    }

    /** What is no number equals none. */
    private static Set<Long> numbers(List<JsonNode> nodes) {
      Set<Long> numbers = new HashSet<>();
      nodes.stream().map(Fields::integer).filter(Objects::nonNull).forEach(numbers::add);
      return numbers;
    }

    private static Optional<Wanted> types(
        Fields fields,
        String label,
        String field,
        Function<JobType, String> name,
        Function<String, String> spelt) {
      return fields
          .list(label, field)
          .filter(list -> !list.isEmpty())
          .map(
              list -> {
                Set<String> names = texts(list).stream().map(spelt).collect(Collectors.toSet());
                return new Wanted.OfType(
                    Stream.of(JobType.values())
                        .filter(type -> names.contains(name.apply(type)))
                        .collect(Collectors.toSet()));
              });
    }

    private static Optional<Instant> time(Fields fields, String label, String field) {
      return fields
          .text(label, field)
          .flatMap(
              text -> {
                Instant instant = instant(text);
                if (instant == null) {
                  fields.fault(label, field, Message.NOT_A_TIME);
                }
                return Optional.ofNullable(instant);
              });
    }

    private static @Nullable Instant instant(String text) {
      try {
        TemporalAccessor time = TIME.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
        return time instanceof OffsetDateTime at
            ? at.toInstant()
            : LocalDateTime.from(time).atZone(ZoneId.systemDefault()).toInstant();
      } catch (DateTimeParseException e) {
        return null;
      }
    }

    private static JobFilter.Order order(Fields fields) {
      return fields
          .object("排序", "sort", OfJobs::chosen)
          .flatMap(Function.identity())
          .orElse(JobFilter.Order.LATEST_FIRST);
    }

    private static Optional<JobFilter.Order> chosen(Fields sort) {
      Optional<JobFilter.Count> head = sort.choice("排序字段", "head", OfJobs::count);
      Optional<Boolean> ascending = sort.choice("排序类型", "sort_type", OfJobs::ascending);
      return head.flatMap(by -> ascending.map(up -> new JobFilter.Order(by, up)));
    }

    private static Optional<JobFilter.Count> count(String head) {
      return switch (head) {
        case "total_count" -> Optional.of(JobFilter.Count.TOTAL);
        case "failed_count" -> Optional.of(JobFilter.Count.FAILED);
        case "success_count" -> Optional.of(JobFilter.Count.SUCCEEDED);
        default -> Optional.empty();
      };
    }

    private static Optional<Boolean> ascending(String type) {
      return switch (type) {
        case "ASC" -> Optional.of(true);
        case "DEC" -> Optional.of(false);
        default -> Optional.empty();
      };
    }
  }

  /** The text of a field that must be there. */
  static String requiredText(ObjectNode body, Fields fields, String label, String field) {
    require(body, fields, label, field);
    return fields.text(label, field).orElse("");
  }

  /** The whole number of a field that must be there. */
  static long requiredNumber(ObjectNode body, Fields fields, String label, String field) {
    require(body, fields, label, field);
    return fields.number(label, field).orElse(0L);
  }

  private static void require(ObjectNode body, Fields fields, String label, String field) {
    if (!body.has(field)) {
      fields.fault(label, field, Message.REQUIRED);
    }
  }

  /** A page so far behind that its first row has no number has no rows. */
  private static long offset(long page, long size) {
    return page - 1 > Long.MAX_VALUE / size ? Long.MAX_VALUE : (page - 1) * size;
  }

  private static InstanceFilter.Wanted.At at(String field, Iterable<String> addresses) {
    InstanceFilter.Wanted.At at = InstanceFilter.Wanted.At.of(addresses);
    if (at.parts().size() > MOST_PARTS) {
      throw ApiException.validation(Message.TOO_MANY_PARTS, field, MOST_PARTS);
    }
    return at;
  }

  /** Numbers count as text; nothing else does. */
  private static Optional<String> text(JsonNode node) {
    return node.isString() || node.isNumber()
        ? Optional.of(node.asString().strip())
        : Optional.empty();
  }
}
