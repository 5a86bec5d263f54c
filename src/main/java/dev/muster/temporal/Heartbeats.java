package dev.muster.temporal;

import dev.muster.workflow.ActivityPolicy;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tells the engine that this process is still at the rows of a job, so that another takes them over
 * within seconds of its death. Stages do so themselves, as they have something to say with it.
 */
@Component
class Heartbeats extends WorkerInterceptorBase {

  private static final int BEATS_PER_TIMEOUT = 5;

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("row-heartbeats").factory());

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new Beating(next);
  }

  private final class Beating extends ActivityInboundCallsInterceptorBase {

    private @Nullable Future<?> beat;

    private Beating(ActivityInboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public void init(ActivityExecutionContext context) {
      ActivityInfo info = context.getInfo();
      if (info.getActivityTaskQueue().equals(ActivityPolicy.CONTROL)) {
        long every = info.getHeartbeatTimeout().toMillis() / BEATS_PER_TIMEOUT;
        beat = clock.scheduleAtFixedRate(() -> beat(context), every, every, TimeUnit.MILLISECONDS);
      }
      super.init(context);
    }

    @Override
    public ActivityOutput execute(ActivityInput input) {
      try {
        return super.execute(input);
      } finally {
        if (beat != null) {
          beat.cancel(false);
        }
      }
    }
  }

  private static void beat(ActivityExecutionContext context) {
    try {
      context.heartbeat(null);
    } catch (ActivityCompletionException e) {
      // Another attempt has it: what this one still does changes nothing.
      return;
    }
  }
}
