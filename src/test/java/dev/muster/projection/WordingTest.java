package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.InstanceState;
import dev.muster.job.JobState;
import dev.muster.job.JobType;
import dev.muster.job.Tally;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.RunbookSettings;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The words of the existing service (details-view.md §1, §4; rest.md §4.3). */
class WordingTest {

  private final Wording wording = new Wording(new Catalog(new RunbookSettings(null, "gse")));

  @ParameterizedTest(name = "{0} at step {1}: {3}")
  @CsvSource(
      nullValues = "-",
      value = {
        "PENDING, -1, -, 等待执行, Waiting for execution",
        "PENDING, 2, paused, 等待执行 (paused), Waiting for execution (paused)",
        "RUNNING, 0, -, 正在 重启, On Restart",
        "RUNNING, 2, -, 正在 查询Agent状态, On Query Agent Status",
        "RUNNING, 0, held by job 3, 正在 重启 (held by job 3), On Restart (held by job 3)",
        "SUCCEEDED, 3, -, 执行成功, Succeed",
        "FAILED, 0, rc 7, 重启 失败, Restart failed",
        "FAILED, 3, -, 检查Agent功能 失败, Check Agent ability failed",
        "FAILED, -1, -, 执行失败, Failed",
        "SKIPPED, -1, -, 已忽略, Ignored"
      })
  void a_row_says_where_it_stands(
      InstanceState state, int step, @Nullable String note, String chinese, String english) {
    InstanceView row = row(state, step, note);
    assertThat(wording.display(JobType.RESTART_AGENT, row, Language.ZH)).isEqualTo(chinese);
    assertThat(wording.display(JobType.RESTART_AGENT, row, Language.EN)).isEqualTo(english);
  }

  @ParameterizedTest(name = "{0} at {1}: {2}, {3}")
  @CsvSource({
    "RUNNING, -1, 检查Agent功能, -1",
    "RUNNING, 0, 重启, 0",
    "RUNNING, 1, 等待, 1",
    "FAILED, 3, 检查Agent功能, 3",
    "FAILED, 4, 检查Agent功能, 3",
    "FAILED, -1, 检查Agent功能, -1",
    "PENDING, 1, 检查Agent功能, -1",
    "SKIPPED, -1, 检查Agent功能, -1",
    "SUCCEEDED, 0, 检查Agent功能, 3"
  })
  void a_row_shows_the_step_it_is_at_else_the_last_one(
      InstanceState state, int step, String name, int node) {
    InstanceView row = row(state, step, null);
    assertThat(wording.stepOf(JobType.RESTART_AGENT, row, Language.ZH)).isEqualTo(name);
    assertThat(wording.nodeOf(JobType.RESTART_AGENT, row)).isEqualTo(node);
  }

  @Test
  void a_job_type_without_a_runbook_has_no_steps() {
    assertThat(wording.steps(JobType.PACKING_PLUGIN, Language.ZH)).isEmpty();
    assertThat(
            wording.stepOf(
                JobType.PACKING_PLUGIN, row(InstanceState.PENDING, 0, null), Language.ZH))
        .isEmpty();
    InstanceView row = row(InstanceState.RUNNING, 0, null);
    assertThat(wording.display(JobType.PACKING_PLUGIN, row, Language.ZH)).isEqualTo("节点异常");
    assertThat(wording.nodeOf(JobType.PACKING_PLUGIN, row)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(JobType.class)
  void every_job_type_has_a_name_in_both_languages(JobType type) {
    assertThat(wording.operation(type, Language.ZH)).isNotBlank().isNotEqualTo(type.verb());
    assertThat(wording.operation(type, Language.EN)).isNotBlank();
    assertThat(wording.jobType(type, Language.ZH)).isEqualTo(type.display());
    assertThat(wording.jobType(type, Language.EN))
        .isEqualTo(wording.operation(type, Language.EN) + " " + wording.subject(type));
  }

  @ParameterizedTest(name = "{0}: {1}, {2}")
  @CsvSource({
    "RESTART_AGENT, 重启, Agent",
    "UNINSTALL_PROXY, 卸载, Proxy",
    "MAIN_STOP_AND_DELETE_PLUGIN, 卸载并删除, Plugin",
    "PUSH_CONFIG_PLUGIN, 下发配置, Plugin",
    "MANUAL_INSTALL_AGENT, 手动安装, Agent",
    "ACTIVATE_AGENT, 切换配置, Agent"
  })
  void an_operation_and_its_subject_are_named(JobType type, String operation, String subject) {
    assertThat(wording.operation(type, Language.ZH)).isEqualTo(operation);
    assertThat(wording.subject(type)).isEqualTo(subject);
  }

  @Test
  void words_for_states_are_understood_and_others_passed_over() {
    assertThat(Wording.states(List.of("SUCCESS", "IGNORED", "success", "TERMINATED", "")))
        .isEqualTo(Set.of(InstanceState.SUCCEEDED, InstanceState.SKIPPED));
    assertThat(Wording.states(List.of())).isEmpty();
  }

  @ParameterizedTest(name = "{0}, stopped {1}: {2}")
  @CsvSource({
    "PENDING, false, PENDING",
    "PENDING, true, TERMINATED",
    "RUNNING, false, RUNNING",
    "RUNNING, true, TERMINATED",
    "SUCCEEDED, false, SUCCESS",
    "SUCCEEDED, true, SUCCESS",
    "FAILED, true, FAILED",
    "PARTIALLY_FAILED, true, PART_FAILED"
  })
  void a_stopped_job_is_terminated_only_until_it_has_ended(
      JobState state, boolean stopped, String word) {
    JobView view =
        new JobView(
            1,
            JobType.RESTART_AGENT,
            new JobView.Asked("admin", "app", 100, List.of(), "runbook"),
            state,
            stopped ? JobView.Gate.STOPPED : JobView.Gate.OPEN,
            new JobView.Times(Instant.EPOCH, null, null, null, null),
            new Tally(0, 1, 0, 0, 0),
            1,
            null,
            new JobView.Rounds(0, 0, null));
    assertThat(view.status()).isEqualTo(word);
  }

  private static InstanceView row(InstanceState state, int step, @Nullable String note) {
    return new InstanceView(
        0,
        new InstanceView.HostView(
            1, "10.0.0.1", null, "", new InstanceView.Place(0, null, 2, null), false, null),
        state,
        step,
        new InstanceView.Verdict(null, note, null, 0, 1),
        1,
        null,
        null);
  }
}
