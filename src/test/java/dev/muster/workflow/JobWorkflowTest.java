package dev.muster.workflow;

import static dev.muster.workflow.FakeFleet.DONE;
import static dev.muster.workflow.FakeFleet.FAILED;
import static dev.muster.workflow.FakeFleet.WELL;
import static dev.muster.workflow.FakeFleet.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.roster.Roster.Order;
import dev.muster.workflow.JobWorkflow.JobResult;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class JobWorkflowTest {

  private static final Duration MOMENT = Duration.ofMillis(150);

  @Test
  void twelve_hundred_hosts_are_worked_on_once_each_and_never_more_than_the_window_at_once() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    FakeFleet fleet =
        new FakeFleet(
            1_200,
            100,
            500,
            (ordinal, time) -> {
              itself.get().awaitCrowd(100, MOMENT);
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 1_200, 0, 0));
    }
    assertThat(fleet.mostAtWork()).isEqualTo(100);
    assertThat(fleet.times()).hasSize(1_200).containsValue(1);
    assertThat(fleet.times().values()).containsOnly(1);
    assertThat(fleet.waves()).isEqualTo(3);
    assertThat(fleet.settled())
        .containsExactlyInAnyOrder("0-499", "500-999", "1000-1199", "0-" + Integer.MAX_VALUE);
  }

  @Test
  void a_window_wider_than_a_wave_is_used_by_two_waves_at_once_and_not_exceeded() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    FakeFleet fleet =
        new FakeFleet(
            60,
            30,
            20,
            (ordinal, time) -> {
              itself.get().awaitCrowd(30, MOMENT);
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 60, 0, 0));
    }
    assertThat(fleet.mostAtWork()).isEqualTo(30);
  }

  @Test
  void one_slow_host_does_not_hold_up_the_waves_behind_it() {
    CountDownLatch others = new CountDownLatch(59);
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    FakeFleet fleet =
        new FakeFleet(
            60,
            10,
            20,
            (ordinal, time) -> {
              if (ordinal == 0) {
                return others.await(8, TimeUnit.SECONDS) ? DONE : FAILED;
              }
              // One after the other, so that the last host of the first wave finds all slots taken.
              if (ordinal < 20) {
                itself.get().awaitBegun(Math.min(20, 9 + ordinal), Duration.ofSeconds(3));
              }
              others.countDown();
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 60, 0, 0));
    }
  }

  @Test
  void a_job_without_hosts_ends_at_once() {
    FakeFleet fleet = new FakeFleet(0, 100, 500, WELL);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 0, 0, 0));
    }
    assertThat(fleet.waves()).isZero();
  }

  @Test
  void a_window_of_one_is_one_host_after_the_other() {
    FakeFleet fleet = new FakeFleet(7, 1, 3, WELL);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1).succeeded()).isEqualTo(7);
    }
    assertThat(fleet.order()).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(fleet.mostAtWork()).isEqualTo(1);
  }

  @Test
  void a_host_that_cannot_be_worked_on_now_frees_its_slot_and_comes_back() {
    FakeFleet fleet =
        new FakeFleet(4, 1, 500, (ordinal, time) -> ordinal == 0 && time < 3 ? later(600) : DONE);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 4, 0, 0));
      assertThat(fleet.took()).isBetween(Duration.ofMinutes(20), Duration.ofMinutes(25));
    }
    assertThat(fleet.order()).containsExactly(0, 1, 2, 3, 0, 0);
    assertThat(fleet.mostAtWork()).isEqualTo(1);
  }

  @Test
  void a_stage_that_fails_is_run_again_by_the_engine_and_its_host_holds_its_slot() {
    FakeFleet fleet =
        new FakeFleet(
            2,
            1,
            500,
            (ordinal, time) -> {
              if (ordinal == 0 && time < 4) {
                throw ApplicationFailure.newFailureWithCauseAndDelay(
                    "the host does not answer", "CONNECT", null, Duration.ofSeconds(8));
              }
              return DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1).succeeded()).isEqualTo(2);
    }
    assertThat(fleet.order()).containsExactly(0, 0, 0, 0, 1);
  }

  @Test
  void a_host_whose_stage_was_given_up_is_looked_at_again_by_the_next_plan() {
    FakeFleet fleet =
        new FakeFleet(
            3,
            2,
            500,
            (ordinal, time) -> {
              if (ordinal == 1 && time == 1) {
                throw ApplicationFailure.newNonRetryableFailure("given up", "GIVEN_UP");
              }
              return DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 3, 0, 0));
    }
    assertThat(fleet.times()).containsEntry(0, 1).containsEntry(1, 2).containsEntry(2, 1);
    assertThat(fleet.waves()).isEqualTo(2);
  }

  @Test
  void after_a_stop_no_further_host_is_begun_and_those_at_work_end() {
    CountDownLatch begun = new CountDownLatch(5);
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            50,
            5,
            20,
            (ordinal, time) -> {
              begun.countDown();
              go.await();
              return DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> begun.getCount() == 0);
      fleet.order(Order.HALT);
      job.update("told", Void.class, 1L);
      go.countDown();
      assertThat(job.getResult(JobResult.class))
          .isEqualTo(new JobResult("PARTIALLY_FAILED", 5, 45, 0));
    }
    assertThat(fleet.order()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    assertThat(fleet.count("STOPPED")).isEqualTo(45);
  }

  @Test
  void a_stop_that_was_heeded_is_rejected_when_it_is_told_again() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            2,
            1,
            500,
            (ordinal, time) -> {
              go.await();
              return DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 1);
      fleet.order(Order.HALT);
      job.update("told", Void.class, 1L);
      assertThatThrownBy(() -> job.update("told", Void.class, 1L))
          .isInstanceOf(WorkflowUpdateException.class)
          .hasStackTraceContaining("version 1 was told before");
      job.update("told", Void.class, 2L);
      go.countDown();
      assertThat(job.getResult(JobResult.class))
          .isEqualTo(new JobResult("PARTIALLY_FAILED", 1, 1, 0));
    }
  }

  @Test
  void a_stopped_job_still_learns_what_became_of_the_hosts_that_wait() {
    FakeFleet fleet =
        new FakeFleet(3, 3, 500, (ordinal, time) -> time == 1 ? later(3_600) : FAILED);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 3);
      fleet.order(Order.HALT);
      job.update("told", Void.class, 1L);
      assertThat(job.getResult(JobResult.class)).isEqualTo(new JobResult("FAILED", 0, 3, 0));
    }
    assertThat(fleet.times().values()).containsOnly(2);
  }

  @Test
  void failed_hosts_are_retried_in_rounds_that_wait_durably() {
    FakeFleet fleet =
        new FakeFleet(
            10, 10, 500, (ordinal, time) -> ordinal < 3 && time <= ordinal ? FAILED : DONE);
    fleet.retries(2, Duration.ofHours(6));
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 10, 0, 0));
      assertThat(fleet.took()).isBetween(Duration.ofHours(12), Duration.ofHours(13));
    }
    assertThat(fleet.times()).containsEntry(0, 1).containsEntry(1, 2).containsEntry(2, 3);
    assertThat(fleet.order()).hasSize(13);
  }

  @Test
  void hosts_that_fail_in_every_round_have_failed() {
    FakeFleet fleet = new FakeFleet(4, 4, 500, (ordinal, time) -> ordinal == 0 ? FAILED : DONE);
    fleet.retries(3, Duration.ofSeconds(30));
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("PARTIALLY_FAILED", 3, 1, 0));
    }
    assertThat(fleet.times()).containsEntry(0, 4).containsEntry(1, 1);
  }

  @Test
  void a_stop_ends_the_wait_for_a_round() {
    FakeFleet fleet = new FakeFleet(2, 2, 500, (ordinal, time) -> FAILED);
    fleet.retries(5, Duration.ofDays(7));
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.count("FAILED") == 2);
      fleet.order(Order.HALT);
      job.update("told", Void.class, 1L);
      assertThat(job.getResult(JobResult.class)).isEqualTo(new JobResult("FAILED", 0, 2, 0));
      assertThat(fleet.took()).isLessThan(Duration.ofHours(1));
    }
  }

  @Test
  void a_job_that_is_entered_again_goes_on_with_what_is_left() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            30,
            5,
            10,
            (ordinal, time) -> {
              if (ordinal >= 12 && time == 1) {
                go.await();
              }
              return DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub first = engine.start(1);
      await().until(() -> fleet.count("SUCCEEDED") == 12);
      first.terminate("the process died");
      go.countDown();
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 30, 0, 0));
    }
    assertThat(IntStream.range(0, 12).map(fleet.times()::get)).containsOnly(1);
    assertThat(fleet.waves()).isGreaterThan(3);
  }

  @Test
  void a_wave_with_much_to_tell_continues_as_new_when_no_host_is_at_work() {
    FakeFleet fleet = new FakeFleet(100, 50, 500, (ordinal, time) -> time <= 7 ? later(60) : DONE);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 100, 0, 0));
      assertThat(engine.runs("job/1/wave/1")).isGreaterThan(1);
    }
    assertThat(fleet.times().values()).containsOnly(8);
    assertThat(fleet.mostAtWork()).isLessThanOrEqualTo(50);
    assertThat(fleet.briefs()).isGreaterThan(1);
    assertThat(fleet.waves()).isEqualTo(1);
  }

  @Test
  void a_job_that_has_ended_can_be_entered_again_and_ends_the_same() {
    FakeFleet fleet = new FakeFleet(3, 3, 500, WELL);
    try (Engine engine = Engine.with(fleet)) {
      JobResult first = engine.carry(1);
      assertThat(engine.carry(1)).isEqualTo(first);
    }
    assertThat(fleet.order()).hasSize(3);
  }
}
