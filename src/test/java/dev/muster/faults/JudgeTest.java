package dev.muster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.faults.Violation.Kind;
import dev.muster.lab.Ledger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Hand-written ledgers, and what must be said of them. Instants are seconds. */
class JudgeTest {

  private static final UUID JOB = UUID.fromString("01890000-0000-7000-8000-000000000001");
  private static final JobRecord.Row SUCCESS = new JobRecord.Row("SUCCESS", "", "", "");
  private static final JobRecord.Row FAILED = new JobRecord.Row("FAILED", "EXIT_CODE", "", "");

  private static final String ONCE =
      """
      enter 10 100 J/0/restart_0/1
      start 11 101 J/0/restart_0/1
      leave 12 0 100
      check 13 102 J/0/check_3/1
      """;

  @Test
  void whatWasDoneOnceIsRight() {
    assertThat(kinds(job(SUCCESS), ONCE)).isEmpty();
  }

  @Test
  void aKeyThatBeganTwiceIsADuplicate() {
    assertThat(
            kinds(
                job(SUCCESS),
                ONCE
                    + "enter 20 200 J/0/restart_0/1\nstart 21 201 J/0/restart_0/1\nleave 22 0 200\n"))
        .contains(Kind.DUPLICATE);
    assertThat(kinds(job(SUCCESS), ONCE + "check 14 103 J/0/check_3/1\n"))
        .containsExactly(Kind.DUPLICATE);
  }

  @Test
  void anotherExecutionOfWhatWasDoneIsADuplicate() {
    assertThat(
            kinds(
                job(SUCCESS),
                ONCE
                    + "enter 20 200 J/0/restart_0/2\nstart 21 201 J/0/restart_0/2\nleave 22 0 200\n"))
        .containsExactly(Kind.DUPLICATE);
  }

  @Test
  void anotherExecutionOfWhatFailedOrNeverTookEffectIsRight() {
    assertThat(kinds(job(SUCCESS), "enter 1 9 J/0/restart_0/1\nleave 2 3 9\n" + second(ONCE)))
        .isEmpty();
    assertThat(
            kinds(
                job(SUCCESS),
                "enter 1 9 J/0/restart_0/1\nstart 2 8 J/0/restart_0/1\nleave 3 137 9\n"
                    + second(ONCE)))
        .isEmpty();
    assertThat(kinds(job(SUCCESS), "enter 1 9 J/0/restart_0/1\nhalt 2\nboot 3 7\n" + second(ONCE)))
        .isEmpty();
  }

  private static String second(String ledger) {
    return ledger.replace("restart_0/1", "restart_0/2");
  }

  @Test
  void twoCommandsAtOnceOnAHostAreADuplicate() {
    assertThat(
            kinds(
                job(FAILED),
                "enter 1 9 J/0/restart_0/1\nenter 2 8 J/0/restart_0/2\nleave 3 1 8\nleave 4 1 9\n"))
        .contains(Kind.DUPLICATE);
  }

  @Test
  void anEffectThatCameTwiceIsADuplicate() {
    assertThat(
            kinds(job(SUCCESS), ONCE.replace("leave 12", "start 11 105 J/0/restart_0/1\nleave 12")))
        .containsExactly(Kind.DUPLICATE);
  }

  @Test
  void aSuccessWithoutEffectIsALie() {
    assertThat(kinds(job(SUCCESS), "check 13 102 J/0/check_3/1\n")).containsExactly(Kind.LIE);
    assertThat(
            kinds(
                job(SUCCESS),
                "enter 10 100 J/0/restart_0/1\nstart 11 101 J/0/restart_0/1\nleave 12 0 100\n"))
        .containsExactly(Kind.LIE);
    assertThat(
            kinds(
                job(SUCCESS),
                "enter 10 1 J/0/restart_0/1\nhalt 11\nboot 12 7\ncheck 13 2 J/0/check_3/1\n"))
        .as("a reboot is a restart")
        .isEmpty();
  }

  @Test
  void aHostThatWasStartedWasNotNeverStarted() {
    JobRecord.Row never = new JobRecord.Row("FAILED", "STOPPED", "NEVER_STARTED", "");
    assertThat(kinds(job(never), ONCE)).containsExactly(Kind.LIE);
    assertThat(kinds(job(never), "")).isEmpty();
  }

  @Test
  void aStartTooLongAfterAStopIsLate() {
    JobRecord stopped = stopped(job(SUCCESS), 11_500);
    assertThat(kinds(stopped, ONCE.replace("13 102", "12 102"))).isEmpty();
    assertThat(kinds(stopped, ONCE)).containsExactly(Kind.LATE_START);
    assertThat(Judge.latestStartAfterStopNs(evidence(stopped, ONCE))).hasValue(1_500_000_000L);
  }

  @Test
  void aStopHoldsForItsHostsAndUntilTheyAreRetried() {
    JobRecord job = job(SUCCESS);
    assertThat(kinds(banned(job, Ban.since(Set.of(2L), 1_000_000_000L)), ONCE)).isEmpty();
    Ban retried = Ban.since(job.hosts(), 1_000_000_000L).endedAt(9_000_000_000L);
    assertThat(kinds(banned(job, retried), ONCE)).isEmpty();
    assertThat(kinds(banned(job, retried.endedAt(12_000_000_000L)), ONCE)).isEmpty();
    assertThat(kinds(banned(job, Ban.since(job.hosts(), 1_000_000_000L)), ONCE))
        .containsExactly(Kind.LATE_START);
  }

  @Test
  void aStartUnderAHoldIsLate() {
    Evidence all = evidence(job(SUCCESS), ONCE);
    Ban hold = new Ban(Set.of(1L), 8_000_000_000L, 20_000_000_000L);
    assertThat(
            Judge.violations(
                new Evidence(all.jobs(), all.executions(), all.bootsNs(), List.of(hold))))
        .extracting(Violation::kind)
        .containsExactly(Kind.LATE_START);
  }

  @Test
  void aJobThatIsNotThereOrIsTwoIsLost() {
    assertThat(
            kinds(
                new JobRecord(
                    Set.of(1L), null, Set.of(1L), 1, 0, List.of(), List.of(), "FAILED", Map.of()),
                ""))
        .containsExactly(Kind.LOST);
    assertThat(
            kinds(
                new JobRecord(
                    Set.of(1L, 2L),
                    JOB,
                    Set.of(1L),
                    1,
                    0,
                    List.of(),
                    List.of(),
                    "SUCCESS",
                    Map.of(1L, SUCCESS)),
                ONCE))
        .containsExactly(Kind.LOST);
    assertThat(
            kinds(
                new JobRecord(
                    Set.of(1L),
                    JOB,
                    Set.of(1L, 2L),
                    1,
                    0,
                    List.of(),
                    List.of(),
                    "SUCCESS",
                    Map.of(1L, SUCCESS)),
                ONCE))
        .containsExactly(Kind.LOST);
  }

  @Test
  void whatDoesNotEndIsStuck() {
    assertThat(kinds(with(job(SUCCESS), "RUNNING"), ONCE)).containsExactly(Kind.STUCK);
    assertThat(kinds(job(new JobRecord.Row("RUNNING", "", "", "")), ""))
        .containsExactly(Kind.STUCK);
    assertThat(kinds(job(FAILED), "enter 10 100 J/0/restart_0/1\n")).containsExactly(Kind.STUCK);
    JobRecord.Row unreachable = new JobRecord.Row("FAILED", "STOPPED", "UNREACHABLE", "");
    assertThat(kinds(job(unreachable), "enter 10 100 J/0/restart_0/1\n")).isEmpty();
  }

  @Test
  void moreHostsAtOnceThanTheWindowAreACrowd() {
    JobRecord two =
        new JobRecord(
            Set.of(1L),
            JOB,
            Set.of(1L, 2L),
            1,
            0,
            List.of(),
            List.of(),
            "SUCCESS",
            Map.of(1L, SUCCESS, 2L, SUCCESS));
    String other = ONCE.replace("J/0", "J/1");
    assertThat(kinds(two, ONCE, other)).containsExactly(Kind.CROWD);
    assertThat(
            kinds(
                two,
                ONCE,
                other
                    .replace("er 10", "er 12")
                    .replace("leave 12", "leave 14")
                    .replace("start 11", "start 13")
                    .replace("check 13", "check 15")))
        .as("one that ends when the other begins")
        .isEmpty();
  }

  @Test
  void wrongCountersAreAMiscount() {
    JobRecord job = job(SUCCESS);
    assertThat(
            kinds(
                new JobRecord(
                    job.ids(),
                    JOB,
                    job.hosts(),
                    1,
                    0,
                    List.of(),
                    List.of("1 of 2"),
                    "SUCCESS",
                    job.rows()),
                ONCE))
        .containsExactly(Kind.MISCOUNT);
  }

  private static JobRecord job(JobRecord.Row row) {
    return new JobRecord(
        Set.of(1L),
        JOB,
        Set.of(1L),
        1,
        0,
        List.of(),
        List.of(),
        row.status().equals("SUCCESS") ? "SUCCESS" : "FAILED",
        Map.of(1L, row));
  }

  private static JobRecord with(JobRecord job, String status) {
    return new JobRecord(
        job.ids(),
        job.uid(),
        job.hosts(),
        job.window(),
        0,
        job.bans(),
        List.of(),
        status,
        job.rows());
  }

  private static JobRecord stopped(JobRecord job, long millis) {
    return banned(job, Ban.since(job.hosts(), millis * 1_000_000));
  }

  private static JobRecord banned(JobRecord job, Ban ban) {
    return new JobRecord(
        job.ids(),
        job.uid(),
        job.hosts(),
        job.window(),
        0,
        List.of(ban),
        List.of(),
        job.status(),
        job.rows());
  }

  private static List<Kind> kinds(JobRecord job, String... ledgers) {
    return Judge.violations(evidence(job, ledgers)).stream().map(Violation::kind).toList();
  }

  private static Evidence evidence(JobRecord job, String... ledgers) {
    List<Execution> executions = new ArrayList<>();
    Map<Long, List<Long>> boots = new HashMap<>();
    for (int i = 0; i < ledgers.length; i++) {
      String text =
          ledgers[i].replace(" J/", " " + JOB + "/").replaceAll("(?m)^(\\w+ \\d+)", "$1000000000");
      Ledger ledger = Ledger.parse(text);
      executions.addAll(Execution.of(i + 1L, ledger));
      boots.put(i + 1L, ledger.boots().stream().map(Ledger.Boot::ns).toList());
    }
    return new Evidence(List.of(job), executions, boots, List.of());
  }
}
