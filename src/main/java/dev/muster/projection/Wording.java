package dev.muster.projection;

import dev.muster.job.InstanceState;
import dev.muster.job.JobType;
import dev.muster.job.Reason;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.Runbook;
import dev.muster.runbook.Step;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** States and steps in the words that people read (details-view.md §1, §4). */
@Component
public class Wording {

  private static final Map<String, List<String>> OPERATIONS =
      Map.ofEntries(
          Map.entry("INSTALL", List.of("安装", "Install")),
          Map.entry("RESTART", List.of("重启", "Restart")),
          Map.entry("REPLACE", List.of("替换", "Replace")),
          Map.entry("UPGRADE", List.of("升级", "Upgrade")),
          Map.entry("REINSTALL", List.of("重装", "Reinstall")),
          Map.entry("UPDATE", List.of("更新", "Update")),
          Map.entry("REMOVE", List.of("移除", "Remove")),
          Map.entry("UNINSTALL", List.of("卸载", "Uninstall")),
          Map.entry("IMPORT", List.of("导入", "Import")),
          Map.entry("START", List.of("启动", "Start")),
          Map.entry("STOP", List.of("停止", "Stop")),
          Map.entry("RELOAD", List.of("重载", "Reload")),
          Map.entry("CHECK", List.of("检查", "Check")),
          Map.entry("ACTIVATE", List.of("切换配置", "Activate")),
          Map.entry("DELEGATE", List.of("托管", "Delegate")),
          Map.entry("UNDELEGATE", List.of("取消托管", "Undelegate")),
          Map.entry("MANUAL_INSTALL", List.of("手动安装", "Manual install")),
          Map.entry("PACKING", List.of("打包", "Packing")),
          Map.entry("DEBUG", List.of("调试", "Debug")),
          Map.entry("PUSH", List.of("下发", "Push")),
          Map.entry("IGNORED", List.of("忽略", "Ignored")),
          Map.entry("POLICY_CONTROL", List.of("策略管控", "Policy control")),
          Map.entry("STOP_AND_DELETE", List.of("卸载并删除", "Stop and delete")),
          Map.entry("REMOVE_CONFIG", List.of("移除配置", "Remove config")),
          Map.entry("PUSH_CONFIG", List.of("下发配置", "Push config")));

  private final Catalog catalog;

  public Wording(Catalog catalog) {
    this.catalog = catalog;
  }

  /** The word of the existing service for where a host stands. */
  public static String status(InstanceState state) {
    return switch (state) {
      case PENDING -> "PENDING";
      case RUNNING -> "RUNNING";
      case SUCCEEDED -> "SUCCESS";
      case FAILED -> "FAILED";
      case SKIPPED -> "IGNORED";
    };
  }

  /** The states that these words mean; words that mean nothing are passed over. */
  public static Set<InstanceState> states(Collection<String> words) {
    return Arrays.stream(InstanceState.values())
        .filter(state -> words.contains(status(state)))
        .collect(Collectors.toSet());
  }

  public List<String> steps(JobType type, Language language) {
    return catalog.runbook(type).map(Runbook::steps).orElse(List.of()).stream()
        .map(step -> name(step, language))
        .toList();
  }

  /** A step by its index; empty if the runbook has none there. */
  public String step(JobType type, int index, Language language) {
    List<String> steps = steps(type, language);
    return index >= 0 && index < steps.size() ? steps.get(index) : "";
  }

  private static String name(Step step, Language language) {
    return language == Language.ZH ? step.title().zh() : step.title().en();
  }

  public String operation(JobType type, Language language) {
    List<String> words = OPERATIONS.getOrDefault(type.verb(), List.of(type.verb(), type.verb()));
    return language == Language.ZH ? words.getFirst() : words.getLast();
  }

  public String subject(JobType type) {
    return switch (type.subject()) {
      case "AGENT" -> "Agent";
      case "PROXY" -> "Proxy";
      default -> "Plugin";
    };
  }

  public String jobType(JobType type, Language language) {
    return language == Language.ZH
        ? type.display()
        : operation(type, language) + " " + subject(type);
  }

  /** The step that a row shows: the one it is at, else the last one. */
  public String stepOf(JobType type, InstanceView row, Language language) {
    List<String> steps = steps(type, language);
    if (steps.isEmpty()) {
      return "";
    }
    int at = nodeOf(type, row);
    return at < 0 ? steps.getLast() : steps.get(at);
  }

  /** The index of the step that a row is at: -1 before the first, the last one in the end. */
  public int nodeOf(JobType type, InstanceView row) {
    int steps = catalog.runbook(type).map(runbook -> runbook.steps().size()).orElse(0);
    return switch (row.state()) {
      case PENDING, SKIPPED -> -1;
      case SUCCEEDED -> steps - 1;
      case RUNNING, FAILED -> row.step() < steps ? row.step() : steps - 1;
    };
  }

  /** What a reason means. */
  public static String meaning(Reason reason, Language language) {
    return in(language, reason.meaning());
  }

  /** What the operator can do about it. */
  public static String hint(Reason reason, Language language) {
    return in(language, reason.hint());
  }

  private static String in(Language language, Reason.Words words) {
    return language == Language.ZH ? words.zh() : words.en();
  }

  /** The sentence of a row's state. */
  public String display(JobType type, InstanceView row, Language language) {
    String step = stepOf(type, row, language);
    boolean zh = language == Language.ZH;
    boolean waits = row.verdict().note() != null && !row.state().ended();
    String note = waits ? " (" + row.verdict().note() + ")" : "";
    if (step.isEmpty() && row.state() != InstanceState.SKIPPED) {
      return zh ? "节点异常" : "Node exception";
    }
    return switch (row.state()) {
      case PENDING -> (zh ? "等待执行" : "Waiting for execution") + note;
      case RUNNING -> (zh ? "正在 " + step : "On " + step) + note;
      case SUCCEEDED -> zh ? "执行成功" : "Succeed";
      case SKIPPED -> zh ? "已忽略" : "Ignored";
      case FAILED -> {
        if (row.step() < 0) {
          yield zh ? "执行失败" : "Failed";
        }
        yield zh ? step + " 失败" : step + " failed";
      }
    };
  }
}
