package dev.muster.workflow;

import static dev.muster.workflow.FakeFleet.DONE;
import static dev.muster.workflow.FakeFleet.FAILED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.roster.Roster.Order;
import dev.muster.workflow.JobWorkflow.JobResult;
import io.temporal.client.WorkflowStub;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waves that end while they are spoken to, and a job that outgrows one run. */
@Timeout(120)
class WavesTest {

  @Test
  void a_job_of_many_waves_continues_as_new_and_forgets_nothing() {
    FakeFleet fleet = new FakeFleet(330, 20, 1, (ordinal, time) -> time == 1 ? FAILED : DONE);
    fleet.retries(1, Duration.ofHours(1));
    try (Engine engine = Engine.with(fleet)) {
      assertThat(engine.carry(1)).isEqualTo(new JobResult("SUCCEEDED", 330, 0, 0));
      assertThat(engine.runs("job/1")).isGreaterThan(1);
    }
    assertThat(fleet.times().values()).containsOnly(2);
    assertThat(fleet.mostAtWork()).isLessThanOrEqualTo(20);
  }

  @RepeatedTest(2)
  void a_stop_while_waves_end_is_heeded() {
    AtomicReference<FakeFleet> itself = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(40);
    CountDownLatch go = new CountDownLatch(1);
    FakeFleet fleet =
        new FakeFleet(
            60,
            40,
            2,
            (ordinal, time) -> {
              begun.countDown();
              go.await();
              itself.get().awaitCrowd(1_000, Duration.ofMillis(ordinal * 37 % 300));
              return DONE;
            });
    itself.set(fleet);
    try (Engine engine = Engine.with(fleet)) {
      WorkflowStub job = engine.start(1);
      await().until(() -> begun.getCount() == 0);
      fleet.order(Order.HALT);
      go.countDown();
      job.update("told", Void.class, 1L);
      JobResult result = result(job);
      assertThat(result.failed() + result.succeeded()).isEqualTo(60);
    }
  }

  private static JobResult result(WorkflowStub job) {
    try {
      return job.getResult(20, TimeUnit.SECONDS, JobResult.class);
    } catch (TimeoutException e) {
      throw new AssertionError("the job hangs", e);
    }
  }
}
