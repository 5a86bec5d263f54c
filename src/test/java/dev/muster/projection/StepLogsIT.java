package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.job.InstanceState;
import dev.muster.job.JobType;
import dev.muster.projection.Fact.Logged;
import dev.muster.projection.Fact.StepMoved;
import dev.muster.roster.Given;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Logs in the format of the existing service (details-view.md §6). */
@ExtendWith(TestDatabase.class)
class StepLogsIT {

  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  private final StepLogs logs;
  private final ProgressRows rows;
  private final Given given;
  private final List<Fact> facts = new ArrayList<>();
  private long job;

  StepLogsIT(StepLogs logs, ProgressRows rows, Given given) {
    this.logs = logs;
    this.rows = rows;
    this.given = given;
  }

  @BeforeEach
  void a_job_of_two_hosts() {
    job = given.resolved(2);
    rows.show(job);
  }

  @Test
  void a_host_that_was_not_begun_has_all_its_steps_waiting() {
    assertThat(steps(Language.ZH))
        .containsExactly(
            new StepView("重启", "PENDING", "", null, null),
            new StepView("等待", "PENDING", "", null, null),
            new StepView("查询Agent状态", "PENDING", "", null, null),
            new StepView("检查Agent功能", "PENDING", "", null, null));
    assertThat(steps(Language.EN))
        .extracting(StepView::name)
        .containsExactly("Restart", "Wait", "Query Agent Status", "Check Agent ability");
  }

  @Test
  void a_host_that_succeeded_has_no_step_that_still_runs_although_its_facts_lag() {
    move(1, 0, 1, InstanceState.SUCCEEDED, NOON);
    move(2, 1, 1, InstanceState.RUNNING, NOON);
    write();
    assertThat(steps(Language.ZH))
        .extracting(StepView::status)
        .containsExactly("SUCCESS", "RUNNING", "PENDING", "PENDING");
    given.end(job, 0, 0, "SUCCEEDED", null);
    assertThat(steps(Language.ZH)).extracting(StepView::status).containsOnly("SUCCESS");
  }

  @Test
  void a_host_that_failed_has_failed_at_the_step_that_ran_last() {
    move(1, 0, 1, InstanceState.RUNNING, NOON);
    write();
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    assertThat(steps(Language.ZH))
        .extracting(StepView::status)
        .containsExactly("FAILED", "PENDING", "PENDING", "PENDING");
  }

  @Test
  void a_host_that_takes_no_part_has_no_log() {
    assertThat(logs.of(JobType.RESTART_AGENT, job, 99, Language.ZH)).isEmpty();
    assertThat(logs.of(JobType.RESTART_AGENT, 99, 1, Language.ZH)).isEmpty();
  }

  @Test
  void events_are_dated_lines_in_the_language_that_is_asked_for() {
    event(1, 0, 1, "begin");
    event(2, 0, 1, "note waits for the lock");
    event(3, 0, 1, "done");
    event(4, 1, 1, "failed rc 7");
    event(5, 2, 1, "stopped nothing was started here");
    write();
    String at = "[" + time(NOON) + " ";
    assertThat(steps(Language.ZH))
        .extracting(StepView::log)
        .containsExactly(
            at + "INFO] 开始 重启.\n" + at + "INFO] waits for the lock\n" + at + "INFO] 重启 成功\n",
            at + "ERROR] 等待 失败: rc 7\n",
            at + "WARNING] 查询Agent状态 已终止: nothing was started here\n",
            "");
    assertThat(steps(Language.EN))
        .extracting(StepView::log)
        .containsExactly(
            at
                + "INFO] Start Restart.\n"
                + at
                + "INFO] waits for the lock\n"
                + at
                + "INFO] Restart succeeded\n",
            at + "ERROR] Wait failed: rc 7\n",
            at + "WARNING] Query Agent Status stopped: nothing was started here\n",
            "");
  }

  @Test
  void output_stands_between_the_events_as_it_came_and_is_never_read_as_an_event() {
    event(1, 0, 1, "begin");
    output(2, 0, 1, "line 1\nline");
    output(3, 0, 1, " 2 $& \\ <b>重启</b>");
    event(4, 0, 1, "done");
    output(5, 1, 1, "failed to look like an event");
    write();
    String at = "[" + time(NOON) + " ";
    assertThat(steps(Language.ZH))
        .extracting(StepView::log)
        .startsWith(
            at + "INFO] 开始 重启.\nline 1\nline 2 $& \\ <b>重启</b>\n" + at + "INFO] 重启 成功\n",
            "failed to look like an event");
  }

  @Test
  void output_is_put_in_order_by_its_numbers_whenever_it_was_told() {
    output(9, 0, 1, "c");
    write();
    output(7, 0, 1, "a");
    output(8, 0, 1, "b");
    write();
    assertThat(steps(Language.ZH).getFirst().log()).isEqualTo("abc");
  }

  @Test
  void a_retried_step_shows_its_last_state_and_the_log_of_both() {
    move(1, 0, 1, InstanceState.FAILED, NOON);
    output(2, 0, 1, "first\n");
    move(3, 0, 2, InstanceState.RUNNING, NOON.plusSeconds(60));
    output(4, 0, 2, "second\n");
    write();
    assertThat(steps(Language.ZH).getFirst())
        .isEqualTo(new StepView("重启", "RUNNING", "first\nsecond\n", NOON.plusSeconds(60), null));
  }

  @Test
  void a_step_before_the_one_that_was_reached_was_done_although_its_fact_was_lost() {
    move(1, 2, 1, InstanceState.FAILED, NOON);
    write();
    assertThat(steps(Language.ZH))
        .extracting(StepView::status)
        .containsExactly("SUCCESS", "SUCCESS", "FAILED", "PENDING");
  }

  @Test
  void every_host_has_a_log_of_its_own() {
    rows.write(List.of(new Logged(new Fact.Key(job, 1), 1, NOON, 0, 1, true, "of the other")));
    assertThat(steps(Language.ZH).getFirst().log()).isEmpty();
    assertThat(logs.of(JobType.RESTART_AGENT, job, 2, Language.ZH).orElseThrow().getFirst().log())
        .isEqualTo("of the other");
  }

  private List<StepView> steps(Language language) {
    return logs.of(JobType.RESTART_AGENT, job, 1, language).orElseThrow();
  }

  private void event(long seq, int step, int execution, String text) {
    facts.add(new Logged(new Fact.Key(job, 0), seq, NOON, step, execution, false, text));
  }

  private void output(long seq, int step, int execution, String text) {
    facts.add(new Logged(new Fact.Key(job, 0), seq, NOON, step, execution, true, text));
  }

  private void move(long seq, int step, int execution, InstanceState state, Instant at) {
    facts.add(new StepMoved(new Fact.Key(job, 0), seq, at, step, execution, state));
  }

  private void write() {
    rows.write(List.copyOf(facts));
    facts.clear();
  }

  private static String time(Instant instant) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss")
        .withZone(ZoneId.systemDefault())
        .format(instant);
  }
}
