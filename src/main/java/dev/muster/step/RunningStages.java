package dev.muster.step;

import dev.muster.roster.Gate;
import dev.muster.roster.Instances;
import dev.muster.roster.Instances.Place;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * The stages that this process works on: keeps their heartbeats, tells them within 250 ms when
 * their gate changes, and makes them hand over when the process closes.
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

    private final Place place;
    private final ActivityExecutionContext context;
    private volatile Gate gate;
    private volatile boolean abandoned;
    private volatile Signals.Hint hint;

    private Running(Place place, ActivityExecutionContext context, Gate gate, Signals.Hint hint) {
      this.place = place;
      this.context = context;
      this.gate = gate;
      this.hint = hint;
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public void gate(Gate newest) {
      gate = newest;
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
    public Signals.Hint hint() {
      return hint;
    }

    @Override
    public void hint(Signals.Hint newest) {
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

  Running open(Place place, ActivityExecutionContext context, Gate gate) {
    Signals.Hint hint = context.getHeartbeatDetails(Signals.Hint.class).orElse(Signals.Hint.NONE);
    Running stage = new Running(place, context, gate, hint);
    running.add(stage);
    return stage;
  }

  private void beat() {
    running.forEach(Running::heartbeat);
  }

  private void pollGates() {
    // A stop that cuts short is final for this claim; everything else may change again.
    List<Running> asked = running.stream().filter(r -> !(r.stopped() && r.cut())).toList();
    try {
      Map<Place, Gate> closed = instances.gates(asked.stream().map(r -> r.place).toList());
      asked.forEach(r -> r.gate(closed.getOrDefault(r.place, new Gate.Open())));
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
