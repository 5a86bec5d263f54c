package dev.muster.http;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.inventory.Hosts;
import dev.muster.job.JobOptions;
import dev.muster.job.JobOptions.OnBusy;
import dev.muster.job.JobOptions.RetryFailed;
import dev.muster.job.JobOptions.Waits;
import dev.muster.job.JobType;
import dev.muster.job.Limits;
import dev.muster.job.Permit;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to operate, after rules 1 to 6 of rest.md §3.3, in their order. What would select more
 * hosts than its author meant is refused (design, section 7, 4).
 */
record OperateRequest(
    JobType type, HostSelector selector, JobOptions options, Permit permit, boolean dryRun) {

  /** What stands for the latest version. */
  private static final Set<String> LATEST = Set.of("", "LEGACY", "latest");

  /**
   * Reads a request.
   *
   * @param runnable there is a runbook for these
   * @param permits which hosts the caller may operate by a job of a type
   */
  static OperateRequest read(
      ObjectNode body, Set<JobType> runnable, Hosts inventory, Function<JobType, Permit> permits) {
    Fields fields = new Fields(body);
    Optional<String> version =
        fields
            .object("Agent 设置信息", "agent_setup_info", OperateRequest::agentSetup)
            .flatMap(setup -> setup);
    Optional<JobType> type = fields.choice("任务类型", "job_type", OperateRequest::jobType);
    Optional<List<JsonNode>> businesses = fields.list("业务ID", "bk_biz_id");
    fields.list("Agent版本", "version");
    Optional<List<JsonNode>> conditions = conditions(fields);
    Optional<List<Long>> ids = fields.integers("主机ID", "bk_host_id");
    Optional<List<Long>> excluded = fields.integers("跨页全选排除主机", "exclude_hosts");
    Optional<List<HostItems.Item>> hosts = fields.objects("主机信息", "hosts", HostItems::read);
    fields.bool("是否安装最新版本插件", "is_install_latest_plugins");
    fields.bool("是否为安装额外Agent", "is_install_other_agent");
    fields.text("操作类型,", "op_type");
    fields.text("节点类型", "node_type");
    fields.list("主机ID列表", "bk_host_ids");
    fields.list("业务ID列表", "bk_biz_scope");
    JobOptions options = options(fields, version.orElse(null));
    boolean dryRun = fields.bool("预演", "dry_run").orElse(false);
    boolean check = fields.bool("连接检查", "check").orElse(false);
    fields.refuseFaults();

    refuseType(type.orElseThrow());
    JobType chosen = check ? type.get().checked() : type.get();
    if (excluded.isPresent() && ids.isPresent()) {
      throw ApiException.validation(Message.BOTH_MODES);
    }
    if (excluded.isEmpty() && ids.isEmpty() && hosts.isEmpty()) {
      throw ApiException.validation(Message.NO_MODE);
    }
    if (!check && !runnable.contains(chosen)) {
      throw ApiException.validation(
          Message.NO_RUNBOOK,
          chosen,
          runnable.stream().map(Enum::name).sorted().collect(Collectors.joining(", ")));
    }
    Permit permit = permits.apply(chosen);
    List<Long> named =
        hosts
            .filter(items -> !items.isEmpty())
            .map(i -> new HostItems(i).ids(inventory, permit.known()))
            .orElse(List.of());
    HostSelector selector =
        excluded.isPresent()
            ? matching(
                businesses.orElse(List.of()),
                Conditions.read(conditions.orElse(List.of()), inventory),
                excluded.get())
            : new HostSelector.Ids(ids.filter(list -> !list.isEmpty()).orElse(named));
    HostSelector narrowed = permit.narrow(selector);
    refusePlacesBeyond(narrowed);
    return new OperateRequest(chosen, narrowed, options, permit, dryRun);
  }

  /** The version that is wanted; the name is the profile's. */
  private static Optional<String> agentSetup(Fields fields) {
    fields.text("构件名称", "name");
    return fields.text("构件版本", "version").filter(version -> !LATEST.contains(version));
  }

  private static Optional<List<JsonNode>> conditions(Fields fields) {
    Optional<List<JsonNode>> conditions = fields.list("搜索条件", "conditions");
    conditions.stream()
        .flatMap(List::stream)
        .filter(node -> !node.isObject())
        .findFirst()
        .ifPresent(
            node -> fields.fault("搜索条件", "conditions", Message.NOT_A_PAIR, PythonName.json(node)));
    return conditions;
  }

  /** A place that was passed over would make the selection larger. */
  private static void refusePlacesBeyond(HostSelector selector) {
    if (!(selector instanceof HostSelector.Matching matching) || matching.businesses().isEmpty()) {
      return;
    }
    matching.conditions().stream()
        .filter(Condition.Placed.class::isInstance)
        .flatMap(placed -> ((Condition.Placed) placed).places().stream())
        .filter(place -> !matching.businesses().contains(place.business()))
        .findFirst()
        .ifPresent(
            place -> {
              throw ApiException.validation(Message.PLACE_BEYOND, place.business());
            });
  }

  private static void refuseType(JobType type) {
    if (type.operation().equals("INSTALL")) {
      throw ApiException.validation(Message.NO_INSTALL);
    }
    if (type.operation().equals("REPLACE")) {
      throw ApiException.validation(Message.NO_REPLACE);
    }
  }

  private static Optional<JobType> jobType(String text) {
    return Stream.of(JobType.values())
        .filter(t -> t.name().equals(text) && !t.onlyLooks())
        .findFirst();
  }

  private static JobOptions options(Fields fields, @Nullable String version) {
    long window = fields.number("同时执行的主机数", "window").orElse((long) Limits.WINDOW);
    if (window < 1 || window > Limits.WIDEST_WINDOW) {
      fields.fault("同时执行的主机数", "window", Message.OUT_OF_RANGE, window, 1, Limits.WIDEST_WINDOW);
      window = Limits.WINDOW;
    }
    RetryFailed retry =
        fields.object("失败重试", "retry_failed", OperateRequest::retry).orElse(RetryFailed.NONE);
    OnBusy onBusy = fields.option("主机忙时", "on_busy", OperateRequest::onBusy).orElse(OnBusy.QUEUE);
    Waits waits =
        new Waits(
            wait(fields, "等待离线主机", "wait_offline").orElse(Duration.ZERO),
            wait(fields, "单台主机时限", "host_deadline").orElse(null),
            wait(fields, "任务时限", "deadline").orElse(null));
    return new JobOptions((int) window, retry, onBusy, waits, version);
  }

  private static Optional<OnBusy> onBusy(String word) {
    return Stream.of(OnBusy.values())
        .filter(o -> o.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst();
  }

  private static RetryFailed retry(Fields fields) {
    Optional<Long> rounds = fields.number("轮数", "rounds");
    if (rounds.isEmpty() && !fields.faulty()) {
      fields.fault("轮数", "rounds", Message.REQUIRED);
    }
    if (rounds.isPresent() && (rounds.get() < 0 || rounds.get() > Limits.RETRY_ROUNDS)) {
      fields.fault("轮数", "rounds", Message.OUT_OF_RANGE, rounds.get(), 0, Limits.RETRY_ROUNDS);
    }
    Duration after = wait(fields, "间隔", "after").orElse(Duration.ZERO);
    return fields.faulty()
        ? RetryFailed.NONE
        : new RetryFailed(rounds.orElseThrow().intValue(), after);
  }

  private static Optional<Duration> wait(Fields fields, String label, String name) {
    Optional<String> written = fields.text(label, name);
    if (written.isEmpty()) {
      return Optional.empty();
    }
    Duration wait = duration(written.get());
    if (wait.isNegative()) {
      fields.fault(label, name, Message.NOT_A_WAIT);
      return Optional.empty();
    }
    if (wait.compareTo(Limits.LONGEST_WAIT) > 0) {
      fields.fault(
          label,
          name,
          Message.OUT_OF_RANGE,
          written.get(),
          "0s",
          Limits.LONGEST_WAIT.toHours() + "h");
      return Optional.empty();
    }
    return Optional.of(wait);
  }

  /** Seconds, or a number with s, m or h; negative if it is neither. */
  private static Duration duration(String text) {
    if (!text.matches("[0-9]{1,6}[smh]?")) {
      return Duration.ofSeconds(-1);
    }
    long number = Long.parseLong(text.replaceAll("[smh]", ""));
    return switch (text.charAt(text.length() - 1)) {
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      default -> Duration.ofSeconds(number);
    };
  }

  private static HostSelector matching(
      List<JsonNode> businesses, List<Condition> conditions, List<Long> excluded) {
    List<Long> wanted =
        businesses.stream().map(OperateRequest::business).flatMap(Optional::stream).toList();
    return businesses.isEmpty() || !wanted.isEmpty()
        ? new HostSelector.Matching(wanted, conditions, excluded)
        : new HostSelector.Nothing();
  }

  /** As the existing service compares: 2.0 and 2 are the same, true is 1, and text is no number. */
  private static Optional<Long> business(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY, OBJECT, POJO ->
          throw ApiException.validation(Message.NOT_BUSINESSES, PythonName.json(node));
      case BOOLEAN -> Optional.of(node.asBoolean() ? 1L : 0L);
      case NUMBER -> Optional.ofNullable(Fields.integer(node));
      case STRING, BINARY, NULL, MISSING -> Optional.empty();
    };
  }
}
