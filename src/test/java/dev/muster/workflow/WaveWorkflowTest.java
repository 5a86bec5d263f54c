package dev.muster.workflow;

import static dev.muster.workflow.FakeFleet.DONE;
import static dev.muster.workflow.FakeFleet.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.step.Stages.StageReport;
import dev.muster.workflow.JobWorkflow.JobResult;
import dev.muster.workflow.WaveWorkflow.WaveInput;
import dev.muster.workflow.WaveWorkflow.WaveResult;
import io.temporal.client.WorkflowStub;
import io.temporal.workflow.Async;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One wave, below a job that only notes what the wave tells it. */
@Timeout(60)
class WaveWorkflowTest {

  private static final Duration MOMENT = Duration.ofMillis(150);

  @Test
  void a_wave_that_has_begun_its_last_host_gives_back_what_it_does_not_need() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet = new FakeFleet(4, 10, 500, (ordinal, time) -> doneAfter(go));
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(10);
      await().until(() -> fleet.order().size() == 4);
      go.countDown();
      JobResult result = job.getResult(JobResult.class);
      // Then less at each halving; how many of these there are depends on how the ends arrive.
      assertThat(result.state()).matches("1 keeps 4(, 1 keeps [12])*");
      assertThat(result.succeeded()).isEqualTo(4);
    }
    assertThat(fleet.settled()).containsExactly("0-99");
  }

  private static StageReport doneAfter(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return DONE;
  }

  @Test
  void a_wave_keeps_a_slot_for_the_hosts_that_wait() {
    FakeFleet fleet = new FakeFleet(3, 10, 500, (ordinal, time) -> time == 1 ? later(60) : DONE);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      JobResult result = engine.carry(10);
      assertThat(result.succeeded()).isEqualTo(3);
      assertThat(result.state()).matches("1 keeps [1-3](, 1 keeps 1)*");
    }
  }

  @Test
  void a_wave_without_unfinished_hosts_gives_everything_back_and_ends() {
    FakeFleet fleet = new FakeFleet(0, 10, 500, (ordinal, time) -> DONE);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      assertThat(engine.carry(10).succeeded()).isZero();
    }
  }

  @Test
  void a_wave_that_is_widened_works_on_more_hosts_at_once() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    CountDownLatch widened = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            20,
            10,
            500,
            (ordinal, time) -> {
              widened.await();
              itself.get().awaitCrowd(5, MOMENT);
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(2);
      await().until(() -> fleet.order().size() == 2);
      job.update("stop", Void.class, NotingJob.WIDEN_BY_THREE);
      widened.countDown();
      assertThat(job.getResult(JobResult.class).succeeded()).isEqualTo(20);
    }
    assertThat(fleet.mostAtWork()).isEqualTo(5);
  }

  @Test
  void a_wave_that_is_halted_begins_no_host_and_tells_how_many_were_left() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet = new FakeFleet(20, 10, 500, (ordinal, time) -> doneAfter(go));
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(3);
      await().until(() -> fleet.order().size() == 3);
      job.update("stop", Void.class, NotingJob.HALT);
      go.countDown();
      assertThat(job.getResult(JobResult.class)).isEqualTo(new JobResult("", 3, 17, 0));
    }
    assertThat(fleet.order()).hasSize(3);
    assertThat(fleet.settled()).containsExactly("0-99");
  }

  @Test
  void a_wave_that_is_halted_does_not_wait_for_hosts_that_wait() {
    FakeFleet fleet =
        new FakeFleet(2, 10, 500, (ordinal, time) -> time == 1 ? later(86_400) : DONE);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(10);
      await().until(() -> fleet.order().size() == 2);
      job.update("stop", Void.class, NotingJob.HALT);
      JobResult result = job.getResult(JobResult.class);
      assertThat(List.of(result.succeeded(), result.failed())).isEqualTo(List.of(0, 2));
    }
  }

  @Test
  void a_widening_that_crosses_the_giving_back_is_void() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    FakeFleet fleet =
        new FakeFleet(
            8,
            10,
            500,
            (ordinal, time) -> {
              itself.get().awaitCrowd(3, time == 1 ? MOMENT : Duration.ofMillis(500));
              return time == 1 ? later(60) : DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet, WideningJob.class)) {
      assertThat(engine.carry(3).succeeded()).isEqualTo(8);
    }
    assertThat(fleet.mostAtWork()).isLessThanOrEqualTo(3);
  }

  /** Widens its wave while the wave tells that it needs no more. */
  public static class WideningJob implements JobWorkflow {

    private final WaveWorkflow wave =
        Workflow.newChildWorkflowStub(
            WaveWorkflow.class, ChildWorkflowOptions.newBuilder().setWorkflowId("a wave").build());
    private boolean told;

    @Override
    public JobResult run(JobInput input) {
      Promise<WaveResult> result =
          Async.function(wave::run, new WaveInput(input.job(), 1, 0, 99, (int) input.job()));
      Workflow.await(() -> told || result.isCompleted());
      if (!result.isCompleted()) {
        wave.widen(10);
      }
      return new JobResult("", result.get().done(), 0, 0);
    }

    @Override
    public void stop(long version) {}

    @Override
    public void validateStop(long version) {}

    @Override
    public void exhausted(int number, int slots) {
      told = true;
    }
  }

  /**
   * Has one wave with as many slots as the job has for a number; the result is what the wave has
   * told, and how many hosts it has done and left.
   */
  public static class NotingJob implements JobWorkflow {

    static final long HALT = 1;
    static final long WIDEN_BY_THREE = 3;

    private final List<String> told = new ArrayList<>();
    private final WaveWorkflow wave =
        Workflow.newChildWorkflowStub(
            WaveWorkflow.class, ChildWorkflowOptions.newBuilder().setWorkflowId("a wave").build());

    @Override
    public JobResult run(JobInput input) {
      Promise<WaveResult> result =
          Async.function(wave::run, new WaveInput(input.job(), 1, 0, 99, (int) input.job()));
      WaveResult counts = result.get();
      return new JobResult(String.join(", ", told), counts.done(), counts.left(), 0);
    }

    @Override
    public void stop(long version) {
      if (version == HALT) {
        wave.halt();
      } else {
        wave.widen((int) version);
      }
    }

    @Override
    public void validateStop(long version) {}

    @Override
    public void exhausted(int number, int slots) {
      told.add(number + " keeps " + slots);
    }
  }
}
