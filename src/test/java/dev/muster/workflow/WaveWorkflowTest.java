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
import java.util.concurrent.CopyOnWriteArrayList;
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
      // Then at each halving; how many of these there are depends on how the ends arrive.
      assertThat(result.state()).matches("-6(, -[1-4])*");
      assertThat(result.succeeded()).isEqualTo(4);
    }
    assertThat(fleet.settled()).containsExactly("0-99");
  }

  private static StageReport doneAfter(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return DONE;
  }

  @Test
  void hosts_that_wait_hold_no_slot_and_ask_for_some_when_they_come_back() {
    FakeFleet fleet = new FakeFleet(3, 10, 500, (ordinal, time) -> time == 1 ? later(60) : DONE);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      JobResult result = engine.carry(10);
      assertThat(result.succeeded()).isEqualTo(3);
      assertThat(result.state()).matches("-7(, -[1-3])*, \\+3.*");
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
      job.update("told", Void.class, NotingJob.WIDEN_BY_THREE);
      widened.countDown();
      assertThat(job.getResult(JobResult.class).succeeded()).isEqualTo(20);
    }
    assertThat(fleet.mostAtWork()).isEqualTo(5);
  }

  @Test
  void hosts_that_do_not_answer_have_their_turn_after_those_that_do() {
    CountDownLatch scouted = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(20, 10, 500, (ordinal, time) -> doneAfter(scouted))
            .lacking(List.of(1, 2, 3, 8), scouted::countDown);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      assertThat(engine.carry(2).succeeded()).isEqualTo(20);
    }
    assertThat(fleet.order().subList(0, 2)).as("before anybody knows").containsOnly(0, 1);
    assertThat(fleet.order().subList(18, 20)).containsExactlyInAnyOrder(3, 8);
  }

  @Test
  void a_wave_that_has_a_slot_for_every_host_sends_no_scouts() {
    CountDownLatch scouted = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(4, 10, 500, (ordinal, time) -> DONE).lacking(List.of(1), scouted::countDown);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      engine.carry(4);
    }
    assertThat(scouted.getCount()).isEqualTo(1);
  }

  @Test
  void a_wave_that_is_halted_begins_no_host_and_tells_how_many_were_left() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet = new FakeFleet(20, 10, 500, (ordinal, time) -> doneAfter(go));
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(3);
      await().until(() -> fleet.order().size() == 3);
      job.update("told", Void.class, NotingJob.HALT);
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
      job.update("told", Void.class, NotingJob.HALT);
      JobResult result = job.getResult(JobResult.class);
      assertThat(List.of(result.succeeded(), result.failed())).isEqualTo(List.of(0, 2));
    }
  }

  @Test
  void a_wave_that_is_narrowed_begins_no_host_until_it_has_given_back() {
    CountDownLatch narrowed = new CountDownLatch(1);
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    List<Integer> crowds = new CopyOnWriteArrayList<>();
    FakeFleet fleet =
        new FakeFleet(
            30,
            10,
            500,
            (ordinal, time) -> {
              if (ordinal < 10) {
                narrowed.await();
              } else {
                crowds.add(itself.get().atWork());
              }
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(10);
      await().until(() -> fleet.order().size() == 10);
      job.update("told", Void.class, NotingJob.NARROW_BY_SEVEN);
      narrowed.countDown();
      assertThat(job.getResult(JobResult.class).succeeded()).isEqualTo(30);
    }
    assertThat(crowds).hasSize(20).allSatisfy(crowd -> assertThat(crowd).isLessThanOrEqualTo(3));
  }

  @Test
  void a_wave_that_is_held_begins_no_host_until_it_is_to_go_on() {
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet = new FakeFleet(20, 10, 500, (ordinal, time) -> doneAfter(go));
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(3);
      await().until(() -> fleet.order().size() == 3);
      job.update("told", Void.class, NotingJob.HOLD);
      go.countDown();
      await().until(() -> fleet.count("SUCCEEDED") == 3);
      await().during(MOMENT).until(() -> fleet.order().size() == 3);
      job.update("told", Void.class, NotingJob.GO_ON);
      assertThat(job.getResult(JobResult.class).succeeded()).isEqualTo(20);
    }
    assertThat(fleet.briefs()).isEqualTo(2);
  }

  @Test
  void nobody_waits_any_longer_once_the_wave_is_to_go_on() {
    FakeFleet fleet =
        new FakeFleet(5, 10, 500, (ordinal, time) -> time == 1 ? later(86_400) : DONE);
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(10);
      await().until(() -> fleet.order().size() == 5);
      job.update("told", Void.class, NotingJob.GO_ON);
      assertThat(job.getResult(JobResult.class).succeeded()).isEqualTo(5);
      assertThat(fleet.took()).isLessThan(Duration.ofHours(1));
    }
  }

  @Test
  void a_host_that_was_opened_again_while_its_report_was_on_its_way_is_not_forgotten() {
    CountDownLatch retried = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            3,
            10,
            500,
            (ordinal, time) -> {
              if (ordinal == 0 && time == 1) {
                retried.await();
              }
              return DONE;
            });
    try (Engine engine = Engine.with(fleet, NotingJob.class)) {
      WorkflowStub job = engine.start(10);
      await().until(() -> fleet.count("SUCCEEDED") == 2);
      // Its outcome is as good as committed and opened again: the brief shows it unfinished.
      job.update("told", Void.class, NotingJob.GO_ON);
      await().until(() -> fleet.briefs() == 2);
      retried.countDown();
      job.getResult(JobResult.class);
    }
    assertThat(fleet.times()).containsEntry(0, 2).containsEntry(1, 1).containsEntry(2, 1);
  }

  /**
   * Has one wave with as many slots as the job has for a number, and gives it what it asks for; the
   * result is what the wave has told, and how many hosts it has done and left.
   */
  public static class NotingJob implements JobWorkflow {

    static final long HALT = 1;
    static final long HOLD = 2;
    static final long WIDEN_BY_THREE = 3;
    static final long GO_ON = 4;
    static final long NARROW_BY_SEVEN = 7;

    private final List<String> told = new ArrayList<>();
    private int asked;
    private final WaveWorkflow wave =
        Workflow.newChildWorkflowStub(
            WaveWorkflow.class, ChildWorkflowOptions.newBuilder().setWorkflowId("a wave").build());

    @Override
    public JobResult run(JobInput input) {
      Promise<WaveResult> result =
          Async.function(
              wave::run, new WaveInput(input.job(), 1, 0, 99, (int) input.job(), 90, 0, false));
      while (!result.isCompleted()) {
        Workflow.await(() -> asked > 0 || result.isCompleted());
        if (asked > 0 && !result.isCompleted()) {
          int more = asked;
          asked = 0;
          wave.widen(more);
        }
      }
      WaveResult counts = result.get();
      return new JobResult(String.join(", ", told), counts.done(), counts.left(), 0);
    }

    @Override
    public void told(long version) {
      if (version == HALT) {
        wave.halt();
      } else if (version == HOLD) {
        wave.hold();
      } else if (version == GO_ON) {
        wave.goOn();
      } else if (version == NARROW_BY_SEVEN) {
        wave.narrow(7);
      } else {
        wave.widen((int) version);
      }
    }

    @Override
    public void validateTold(long version) {}

    @Override
    public void look() {}

    @Override
    public void balance(int number, int back, int more) {
      if (back > 0) {
        told.add("-" + back);
      }
      if (more > 0) {
        told.add("+" + more);
        asked += back == 0 ? more : 0;
      }
    }
  }
}
