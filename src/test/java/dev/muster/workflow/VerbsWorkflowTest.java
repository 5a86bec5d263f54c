package dev.muster.workflow;

import static dev.muster.workflow.FakeFleet.DONE;
import static dev.muster.workflow.FakeFleet.FAILED;
import static dev.muster.workflow.FakeFleet.WELL;
import static dev.muster.workflow.FakeFleet.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.roster.Roster.Order;
import dev.muster.workflow.JobWorkflow.JobResult;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said to a job while it is carried through. */
@Timeout(120)
class VerbsWorkflowTest {

  private static final Duration MOMENT = Duration.ofMillis(300);

  // ---- pause and resume ----

  @Test
  void a_paused_job_begins_no_further_host_and_goes_on_when_it_is_resumed() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet = new FakeFleet(50, 5, 20, (ordinal, time) -> doneAfter(go));
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 5);
      tell(job, fleet, Order.HOLD, 1);
      await().until(() -> fleet.plans() == 2);
      await().during(MOMENT).until(() -> fleet.order().size() == 5);
      go.countDown();
      await().until(() -> fleet.count("SUCCEEDED") == 5);
      await().during(MOMENT).until(() -> fleet.order().size() == 5);
      assertThat(fleet.turnedAway()).isLessThanOrEqualTo(5);
      tell(job, fleet, Order.GO_ON, 2);
      assertThat(result(job)).isEqualTo(new JobResult("SUCCEEDED", 50, 0, 0));
    }
    assertThat(fleet.order()).hasSize(50);
    assertThat(fleet.mostAtWork()).isLessThanOrEqualTo(5);
  }

  @Test
  void a_job_that_is_entered_while_it_is_paused_starts_nothing() {
    FakeFleet fleet = new FakeFleet(10, 5, 500, WELL);
    fleet.order(Order.HOLD);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.plans() == 1);
      await().during(MOMENT).until(() -> fleet.order().isEmpty());
      tell(job, fleet, Order.GO_ON, 1);
      assertThat(result(job).succeeded()).isEqualTo(10);
    }
  }

  @Test
  void a_host_that_found_its_job_paused_is_worked_on_at_once_when_it_is_resumed() {
    AtomicBoolean paused = new AtomicBoolean(true);
    FakeFleet fleet =
        new FakeFleet(8, 4, 500, (ordinal, time) -> paused.get() ? later(86_400) : DONE);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 8);
      tell(job, fleet, Order.HOLD, 1);
      paused.set(false);
      tell(job, fleet, Order.GO_ON, 2);
      assertThat(result(job).succeeded()).isEqualTo(8);
      assertThat(fleet.took()).isLessThan(Duration.ofHours(1));
    }
  }

  @Test
  void a_paused_job_can_be_stopped() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet = new FakeFleet(50, 5, 20, (ordinal, time) -> doneAfter(go));
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 5);
      tell(job, fleet, Order.HOLD, 1);
      tell(job, fleet, Order.HALT, 2);
      go.countDown();
      assertThat(result(job)).isEqualTo(new JobResult("PARTIALLY_FAILED", 5, 45, 0));
    }
    assertThat(fleet.order()).hasSize(5);
  }

  @Test
  void no_round_of_retries_begins_while_the_job_is_paused() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            2,
            2,
            500,
            (ordinal, time) -> {
              go.await();
              return time == 1 ? FAILED : DONE;
            });
    fleet.retries(1, Duration.ofMinutes(1));
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 2);
      tell(job, fleet, Order.HOLD, 1);
      go.countDown();
      await().until(() -> fleet.count("FAILED") == 2);
      await().during(MOMENT).until(() -> fleet.order().size() == 2);
      tell(job, fleet, Order.GO_ON, 2);
      assertThat(result(job).succeeded()).isEqualTo(2);
      assertThat(fleet.took()).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
    }
  }

  // ---- retry ----

  @Test
  void a_host_of_an_open_wave_that_is_retried_is_worked_on_beside_the_others() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            10,
            10,
            500,
            (ordinal, time) -> {
              if (ordinal == 9) {
                go.await();
              }
              return ordinal == 3 && time == 1 ? FAILED : DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.count("SUCCEEDED") == 8 && fleet.count("FAILED") == 1);
      fleet.retry(3);
      tell(job, fleet, Order.GO_ON, 1);
      await().until(() -> fleet.count("SUCCEEDED") == 9);
      go.countDown();
      assertThat(result(job)).isEqualTo(new JobResult("SUCCEEDED", 10, 0, 0));
    }
    assertThat(fleet.times()).containsEntry(3, 2);
    assertThat(fleet.waves()).isEqualTo(1);
  }

  @Test
  void a_host_of_a_wave_that_has_ended_is_worked_on_beside_the_open_ones() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            40,
            10,
            10,
            (ordinal, time) -> {
              if (ordinal == 25) {
                go.await();
              }
              return ordinal == 3 && time == 1 ? FAILED : DONE;
            });
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.count("SUCCEEDED") == 38 && fleet.settled().size() == 3);
      fleet.retry(3);
      tell(job, fleet, Order.GO_ON, 1);
      await().until(() -> fleet.count("SUCCEEDED") == 39);
      go.countDown();
      assertThat(result(job)).isEqualTo(new JobResult("SUCCEEDED", 40, 0, 0));
    }
    assertThat(fleet.times()).containsEntry(3, 2);
    assertThat(fleet.waves()).isEqualTo(5);
    assertThat(fleet.mostAtWork()).isLessThanOrEqualTo(10);
  }

  @Test
  void a_job_that_has_ended_is_entered_again_for_the_hosts_that_are_retried() {
    FakeFleet fleet = new FakeFleet(5, 5, 500, (ordinal, time) -> time == 1 ? FAILED : DONE);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("FAILED", 0, 5, 0));
      fleet.retry(2);
      assertThat(engine.carry(1)).isEqualTo(new JobResult("PARTIALLY_FAILED", 1, 4, 0));
    }
    assertThat(fleet.order()).hasSize(6);
  }

  /**
   * Whoever is told is not ended before it has looked; who has ended says so, and is entered again.
   */
  @RepeatedTest(6)
  void a_retry_that_meets_the_end_of_its_job_is_never_lost() {
    FakeFleet fleet =
        new FakeFleet(6, 6, 2, (ordinal, time) -> ordinal == 5 && time < 9 ? FAILED : DONE);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      for (long version = 1; version <= 8; version++) {
        await().pollInterval(Duration.ofMillis(2)).until(() -> fleet.count("FAILED") == 1);
        pause(Duration.ofMillis(version * 17 % 60));
        fleet.retry(5);
        job = tellOrStart(engine, job, version);
      }
      await().until(() -> fleet.count("SUCCEEDED") == 6);
      assertThat(result(job)).isEqualTo(new JobResult("SUCCEEDED", 6, 0, 0));
    }
    assertThat(fleet.times()).containsEntry(5, 9);
  }

  /** As muster does: one that has ended is started again. */
  private static WorkflowStub tellOrStart(Engine engine, WorkflowStub job, long version) {
    try {
      job.update("told", Void.class, version);
      return job;
    } catch (WorkflowException e) {
      return engine.start(1);
    }
  }

  @Test
  void a_retry_by_hand_while_a_round_is_waited_for_does_not_wait() {
    FakeFleet fleet = new FakeFleet(2, 2, 500, (ordinal, time) -> time == 1 ? FAILED : DONE);
    fleet.retries(1, Duration.ofDays(7));
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.count("FAILED") == 2);
      fleet.retry(0);
      fleet.retry(1);
      tell(job, fleet, Order.GO_ON, 1);
      assertThat(result(job).succeeded()).isEqualTo(2);
      assertThat(fleet.took()).isLessThan(Duration.ofHours(1));
    }
  }

  // ---- window ----

  @Test
  void a_window_that_is_narrowed_or_widened_is_heeded() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    CountDownLatch narrowed = new CountDownLatch(1);
    AtomicBoolean wide = new AtomicBoolean();
    AtomicInteger mostWhileNarrow = new AtomicInteger();
    FakeFleet fleet =
        new FakeFleet(
            60,
            20,
            500,
            (ordinal, time) -> {
              if (ordinal < 20) {
                narrowed.await();
              } else if (!wide.get()) {
                mostWhileNarrow.accumulateAndGet(itself.get().atWork(), Math::max);
                itself.get().awaitCrowd(4, Duration.ofMillis(50));
              } else {
                itself.get().awaitCrowd(20, MOMENT);
              }
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.order().size() == 20);
      fleet.window(4);
      job.signal("look");
      await().until(() -> fleet.plans() == 2);
      pause(MOMENT);
      narrowed.countDown();
      await().until(() -> fleet.count("SUCCEEDED") >= 30);
      wide.set(true);
      fleet.window(20);
      job.signal("look");
      assertThat(result(job).succeeded()).isEqualTo(60);
    }
    assertThat(mostWhileNarrow.get()).isBetween(1, 4);
    assertThat(fleet.mostAtWork()).isEqualTo(20);
  }

  @Test
  void a_job_that_is_made_to_look_often_while_it_waits_continues_as_new() {
    FakeFleet fleet = new FakeFleet(2, 2, 500, (ordinal, time) -> time == 1 ? FAILED : DONE);
    fleet.retries(1, Duration.ofDays(7));
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> fleet.count("FAILED") == 2);
      for (int looks = 2; looks < 300 && engine.runs("job/1") == 1; looks++) {
        int before = fleet.plans();
        job.signal("look");
        await().pollInterval(Duration.ofMillis(5)).until(() -> fleet.plans() > before);
      }
      assertThat(engine.runs("job/1")).isEqualTo(2);
      fleet.retry(0);
      fleet.retry(1);
      tell(job, fleet, Order.GO_ON, 1);
      assertThat(result(job).succeeded()).isEqualTo(2);
    }
  }

  // ---- hosts that wait ----

  @Test
  void hosts_that_come_back_together_are_worked_on_together() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    AtomicInteger most = new AtomicInteger();
    FakeFleet fleet =
        new FakeFleet(
            30,
            10,
            500,
            (ordinal, time) -> {
              if (time == 1) {
                return later(30);
              }
              itself.get().awaitCrowd(10, MOMENT);
              most.accumulateAndGet(itself.get().atWork(), Math::max);
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 30, 0, 0));
    }
    assertThat(most.get()).isGreaterThan(5);
    assertThat(fleet.mostAtWork()).isEqualTo(10);
  }

  @Test
  void hosts_that_wait_for_long_do_not_keep_the_others_from_their_turn() {
    FakeFleet fleet =
        new FakeFleet(
            300, 5, 2, (ordinal, time) -> ordinal % 2 == 0 && time == 1 ? later(86_400) : DONE);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().atMost(Duration.ofSeconds(60)).until(() -> fleet.count("SUCCEEDED") >= 150);
      assertThat(result(job).succeeded()).isEqualTo(300);
      assertThat(engine.runs("job/1")).isGreaterThan(1);
    }
    assertThat(fleet.mostAtWork()).isLessThanOrEqualTo(5);
  }

  private static JobResult result(WorkflowStub job) {
    try {
      return job.getResult(40, TimeUnit.SECONDS, JobResult.class);
    } catch (TimeoutException e) {
      throw new AssertionError("the job hangs", e);
    }
  }

  private static void tell(WorkflowStub job, FakeFleet fleet, Order order, long version) {
    fleet.order(order);
    job.update("told", Void.class, version);
  }

  private static dev.muster.step.Stages.StageReport doneAfter(CountDownLatch latch)
      throws InterruptedException {
    latch.await();
    return DONE;
  }

  private static void pause(Duration moment) {
    await().pollDelay(moment).until(() -> true);
  }
}
