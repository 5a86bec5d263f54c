package dev.muster.step;

import dev.muster.host.Access;
import dev.muster.roster.Instances;
import io.temporal.spring.boot.ActivityImpl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;

/** Knocks at every host of a wave, a few at once. */
@Component
@ActivityImpl(taskQueues = "muster-ssh")
public class ScoutActivity implements Scouts {

  /** Half a minute for a wave of which nobody answers. */
  private static final int AT_ONCE = 64;

  private final Instances instances;
  private final StageActivity.Workshop workshop;

  public ScoutActivity(Instances instances, StageActivity.Workshop workshop) {
    this.instances = instances;
    this.workshop = workshop;
  }

  @Override
  public Absent absent(ScoutOrder order) {
    Map<Integer, Long> hosts = instances.untouched(order.job(), order.from(), order.to());
    Map<Long, Access> accesses = workshop.hosts().accesses(hosts.values());
    Semaphore atOnce = new Semaphore(AT_ONCE);
    List<Integer> absent = new ArrayList<>();
    try (ExecutorService scouts = Executors.newVirtualThreadPerTaskExecutor()) {
      record Knock(int ordinal, Future<Boolean> answered) {}
      List<Knock> knocks = new ArrayList<>();
      hosts.forEach(
          (ordinal, host) -> {
            Access access = accesses.get(host);
            if (access != null) {
              knocks.add(new Knock(ordinal, scouts.submit(() -> answers(atOnce, access))));
            }
          });
      for (Knock knock : knocks) {
        if (!knock.answered().get()) {
          absent.add(knock.ordinal());
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HandOverException("this worker is closing");
    }
    return new Absent(absent);
  }

  private boolean answers(Semaphore atOnce, Access access) throws InterruptedException {
    atOnce.acquire();
    try {
      return workshop.transport().answers(access);
    } finally {
      atOnce.release();
    }
  }
}
