package dev.muster.http;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.job.JobOptions;
import dev.muster.job.JobType;
import dev.muster.job.Limits;
import dev.muster.job.RetryFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to operate, after rules 1 to 6 of rest.md §3.3, in their order. What would select more
 * hosts than its author meant is refused (design, section 7, 4).
 */
record OperateRequest(JobType type, HostSelector selector, JobOptions options) {

  private static final Set<String> CONDITIONS = Set.of("inner_ip", "bk_cloud_id", "bk_biz_id");

  static OperateRequest read(ObjectNode body, Set<JobType> runnable) {
    Fields fields = new Fields(body);
    fields.object("Agent 设置信息", "agent_setup_info");
    Optional<JobType> type = fields.choice("任务类型", "job_type", OperateRequest::jobType);
    Optional<List<JsonNode>> businesses = fields.list("业务ID", "bk_biz_id");
    fields.list("Agent版本", "version");
    Optional<List<JsonNode>> conditions = fields.list("搜索条件", "conditions");
    Optional<List<Long>> ids = fields.integers("主机ID", "bk_host_id");
    Optional<List<Long>> excluded = fields.integers("跨页全选排除主机", "exclude_hosts");
    Optional<List<JsonNode>> hosts = fields.list("主机信息", "hosts");
    fields.bool("是否安装最新版本插件", "is_install_latest_plugins");
    fields.bool("是否为安装额外Agent", "is_install_other_agent");
    fields.text("操作类型,", "op_type");
    fields.text("节点类型", "node_type");
    fields.list("主机ID列表", "bk_host_ids");
    fields.list("业务ID列表", "bk_biz_scope");
    JobOptions options = options(fields);
    fields.refuseFaults();

    JobType chosen = type.orElseThrow();
    if (chosen.operation().equals("INSTALL")) {
      throw ApiException.validation("该接口不可用于安装");
    }
    if (chosen.operation().equals("REPLACE")) {
      throw ApiException.validation("该接口不可用于替换代理");
    }
    if (excluded.isPresent() && ids.isPresent()) {
      throw ApiException.validation("跨页全选模式下不允许传bk_host_id参数");
    }
    if (excluded.isEmpty() && ids.isEmpty() && hosts.isEmpty()) {
      throw ApiException.validation("必须选择一种模式(【是否跨页全选】)");
    }
    if (hosts.isPresent()) {
      throw ApiException.validation("hosts: 暂不支持, 请使用 bk_host_id 或 exclude_hosts");
    }
    if (!runnable.contains(chosen)) {
      throw ApiException.validation(
          "job_type: %s has no runbook here; there are %s"
              .formatted(
                  chosen,
                  runnable.stream().map(Enum::name).sorted().collect(Collectors.joining(", "))));
    }
    HostSelector selector =
        excluded.isPresent()
            ? matching(businesses.orElse(List.of()), conditions.orElse(List.of()), excluded.get())
            : new HostSelector.Ids(ids.orElseThrow());
    return new OperateRequest(chosen, selector, options);
  }

  private static Optional<JobType> jobType(String text) {
    return Stream.of(JobType.values())
        .filter(t -> t.name().equals(text) && !t.onlyLooks())
        .findFirst();
  }

  private static JobOptions options(Fields fields) {
    int window =
        fields
            .number("window", "window")
            .map(n -> (int) Math.clamp(n, 0L, Integer.MAX_VALUE))
            .orElse(Limits.WINDOW);
    RetryFailed retry =
        fields
            .object("retry_failed", "retry_failed")
            .map(o -> retry(fields, o))
            .orElse(RetryFailed.NONE);
    try {
      return new JobOptions(window, retry);
    } catch (IllegalArgumentException e) {
      fields.fault("window", "window", String.valueOf(e.getMessage()));
      return JobOptions.DEFAULT;
    }
  }

  private static RetryFailed retry(Fields fields, ObjectNode retry) {
    try {
      Long rounds = Fields.integer(retry.path("rounds"));
      Duration after = duration(retry.path("after"));
      if (rounds == null || after == null || rounds != rounds.intValue()) {
        throw new IllegalArgumentException("write {\"rounds\": 2, \"after\": \"30s\"}");
      }
      return new RetryFailed(rounds.intValue(), after);
    } catch (IllegalArgumentException e) {
      fields.fault("retry_failed", "retry_failed", String.valueOf(e.getMessage()));
      return RetryFailed.NONE;
    }
  }

  /** Seconds, or a number with s, m or h; absent is no wait. */
  private static @Nullable Duration duration(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return Duration.ZERO;
    }
    String text = node.asString("");
    if (!text.matches("[0-9]{1,6}[smh]?")) {
      return null;
    }
    char unit = text.charAt(text.length() - 1);
    long number = Long.parseLong(text.replaceAll("[smh]", ""));
    return switch (unit) {
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private static HostSelector matching(
      List<JsonNode> businesses, List<JsonNode> conditions, List<Long> excluded) {
    // A business that is not a number equals none; only an empty list is no restriction.
    List<Long> scope =
        businesses.stream()
            .filter(JsonNode::isNumber)
            .map(Fields::integer)
            .filter(Objects::nonNull)
            .toList();
    List<Condition> all = new ArrayList<>();
    for (JsonNode condition : conditions) {
      all.add(condition(condition));
    }
    if (!businesses.isEmpty() && scope.isEmpty()) {
      return new HostSelector.Nothing();
    }
    return new HostSelector.Matching(scope, all, excluded);
  }

  private static Condition condition(JsonNode node) {
    if (!node.isObject() || !node.has("key") || !node.has("value")) {
      throw ApiException.validation(
          "搜索条件(conditions): %s is not {\"key\": …, \"value\": …}".formatted(node));
    }
    String key = node.get("key").asString("");
    JsonNode value = node.get("value");
    List<JsonNode> values = value.isArray() ? List.copyOf(value.values()) : List.of(value);
    return switch (key) {
      case "inner_ip" ->
          new Condition.Addressed(values.stream().map(v -> text(key, v)).toList(), List.of());
      case "bk_cloud_id" ->
          new Condition.Belongs(
              Condition.Owner.CLOUD, values.stream().map(v -> number(key, v)).toList());
      case "bk_biz_id" ->
          new Condition.Belongs(
              Condition.Owner.BUSINESS, values.stream().map(v -> number(key, v)).toList());
      default ->
          throw ApiException.validation(
              "搜索条件(conditions): unknown key %s; there are %s"
                  .formatted(key, CONDITIONS.stream().sorted().toList()));
    };
  }

  private static String text(String key, JsonNode value) {
    if (!value.isString()) {
      throw ApiException.validation(
          "搜索条件(conditions): %s takes text, not %s".formatted(key, value));
    }
    return value.asString();
  }

  private static Long number(String key, JsonNode value) {
    Long number = Fields.integer(value);
    if (number == null) {
      throw ApiException.validation(
          "搜索条件(conditions): %s takes whole numbers, not %s".formatted(key, value));
    }
    return number;
  }
}
