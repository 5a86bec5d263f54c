package dev.muster.step;

import dev.muster.roster.Instances;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The stages that this process works on: keeps their heartbeats, tells them within 250 ms when
 * their gate is closed, and makes them hand over when the process closes.
 */
@Component
public class RunningStages implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(RunningStages.class);
  private static final long GATE_POLL_MILLIS = 250;

  private final Instances instances;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;
  private volatile boolean started;

  public RunningStages(Instances instances) {
    this.instances = instances;
  }

  /** One running stage; to be closed when it ends. */
  final class Running implements Signals, AutoCloseable {

    private final long job;
    private final ActivityExecutionContext context;
    private volatile boolean stopped;
    private volatile boolean abandoned;
    private volatile Hint hint;

    private Running(long job, ActivityExecutionContext context, boolean stopped, Hint hint) {
      this.job = job;
      this.context = context;
      this.stopped = stopped;
      this.hint = hint;
    }

    @Override
    public boolean stopped() {
      return stopped;
    }

    @Override
    public void stop() {
      stopped = true;
    }

    @Override
    public void check() {
      if (closing) {
        throw new HandOverException("this worker is closing");
      }
      if (abandoned) {
        throw new HandOverException("this attempt is no longer wanted");
      }
    }

    @Override
    public Hint hint() {
      return hint;
    }

    @Override
    public void hint(Hint newest) {
      hint = newest;
    }

    private void heartbeat() {
      try {
        context.heartbeat(hint);
      } catch (ActivityCompletionException e) {
        abandoned = true;
      }
    }

    @Override
    public void close() {
      running.remove(this);
    }
  }

  Running open(long job, ActivityExecutionContext context, boolean stopped) {
    Hint hint = context.getHeartbeatDetails(Hint.class).orElse(Hint.NONE);
    Running stage = new Running(job, context, stopped, hint);
    running.add(stage);
    return stage;
  }

  private void beat() {
    running.forEach(Running::heartbeat);
  }

  private void pollGates() {
    Set<Long> jobs =
        running.stream().filter(r -> !r.stopped).map(r -> r.job).collect(Collectors.toSet());
    try {
      Set<Long> stopped = Set.copyOf(instances.stopped(jobs));
      running.stream().filter(r -> stopped.contains(r.job)).forEach(Running::stop);
    } catch (DataAccessException e) {
      // No start is permitted without the database either; running commands go on.
      log.debug("gates cannot be read", e);
    }
  }

  @Override
  public void start() {
    started = true;
    Thread.ofPlatform()
        .daemon()
        .name("stage-heartbeats")
        .start(() -> repeat(Stages.HEARTBEAT_SECONDS * 1_000L, this::beat));
    Thread.ofPlatform()
        .daemon()
        .name("stage-gates")
        .start(() -> repeat(GATE_POLL_MILLIS, this::pollGates));
  }

  /** Until the process ends: a stage that is handing over is still to be heard of. */
  private static void repeat(long millis, Runnable look) {
    while (true) {
      try {
        look.run();
        TimeUnit.MILLISECONDS.sleep(millis);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.error("the watch over running stages stumbled", e);
      }
    }
  }

  /** Makes every stage throw at its next look, so that another worker goes on with its host. */
  @Override
  public void stop() {
    closing = true;
    started = false;
  }

  @Override
  public boolean isRunning() {
    return started;
  }

  /** Stopped before the workers, which wait for the stages to hand over. */
  @Override
  public int getPhase() {
    return 2_000;
  }
}
