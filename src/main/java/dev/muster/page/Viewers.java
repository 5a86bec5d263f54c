package dev.muster.page;

import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceFilter.Wanted;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.StepLogs;
import dev.muster.projection.StepView;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells every viewer what changed, at most four times a second; each on a thread of its own, so
 * that a slow one waits alone.
 */
@Component
class Viewers implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Viewers.class);
  private static final long LOOK_MILLIS = 250;
  private static final int LOOKS_PER_LOG = 4;
  private static final int LOOKS_PER_KEEP_ALIVE = 40;
  private static final int MOST_CHANGES = 500;

  /**
   * After a quarter of an hour a stream ends and the page asks again: so it is seen to that whoever
   * may no longer look does not.
   */
  private static final long LOOKS_PER_STREAM = 3_600;

  private final JobViews views;
  private final StepLogs logs;
  private final PageJson json;
  private final Set<SseEmitter> open = ConcurrentHashMap.newKeySet();
  private volatile boolean running;

  Viewers(JobViews views, StepLogs logs, PageJson json) {
    this.views = views;
    this.logs = logs;
    this.json = json;
  }

  SseEmitter open(Wish wish) {
    SseEmitter emitter = new SseEmitter(0L);
    open.add(emitter);
    emitter.onCompletion(() -> open.remove(emitter));
    emitter.onError(e -> open.remove(emitter));
    Thread.ofVirtual()
        .name("viewer-of-job-" + wish.job())
        .start(() -> new Telling(wish, emitter).run());
    return emitter;
  }

  /** One viewer and what it was told. */
  private final class Telling {

    private final Wish wish;
    private final SseEmitter emitter;
    private String toldSummary = "";
    private String toldLog = "";
    private long toldVersion = -1;

    private Telling(Wish wish, SseEmitter emitter) {
      this.wish = wish;
      this.emitter = emitter;
    }

    private void run() {
      try {
        for (long look = 0; running && open.contains(emitter) && look < LOOKS_PER_STREAM; look++) {
          look(look);
          TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        emitter.complete();
      } catch (IOException | IllegalStateException e) {
        // The viewer has left.
        open.remove(emitter);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void look(long look) throws IOException {
      try {
        Optional<JobView> job = views.job(wish.job());
        if (job.isPresent()) {
          tellSummary(job.get());
          tellHosts(job.get());
          if (look % LOOKS_PER_LOG == 0) {
            tellLog(job.get());
          }
        }
      } catch (DataAccessException e) {
        log.debug("the database does not answer; viewers wait", e);
      }
      if (look % LOOKS_PER_KEEP_ALIVE == 0) {
        emitter.send(SseEmitter.event().name("ping").data("{}"));
      }
    }

    private void tellSummary(JobView job) throws IOException {
      String summary = json.summary(job, views.reasons(job.id()), wish.language());
      if (!summary.equals(toldSummary)) {
        send("summary", job.version(), summary);
        toldSummary = summary;
      }
    }

    private void tellHosts(JobView job) throws IOException {
      if (toldVersion < 0) {
        List<InstanceView> rows =
            views.instances(job.id(), wish.filter(), wish.offset(), wish.rows());
        int total = views.count(job.id(), wish.filter());
        send("hosts", job.version(), json.hosts(job, rows, total, true, wish.language()));
        // Before the hosts are shown there is no window to speak of yet.
        toldVersion = job.version() == 0 ? -1 : job.version();
        return;
      }
      if (toldVersion == job.version()) {
        return;
      }
      List<InstanceView> rows = views.changedAfter(job.id(), toldVersion, MOST_CHANGES);
      if (rows.size() == MOST_CHANGES) {
        // More than one event takes: the window as a whole says it better.
        toldVersion = -1;
        tellHosts(job);
        return;
      }
      if (!rows.isEmpty()) {
        send(
            "hosts",
            job.version(),
            json.hosts(job, rows, job.tally().total(), false, wish.language()));
      }
      toldVersion = job.version();
    }

    private void tellLog(JobView job) throws IOException {
      if (wish.host() == null) {
        return;
      }
      List<StepView> steps =
          logs.of(job.type(), job.id(), wish.host(), wish.language()).orElse(List.of());
      InstanceFilter one = InstanceFilter.ALL.and(new Wanted.OfHosts(Set.of(wish.host())));
      Optional<InstanceView> row = views.instances(job.id(), one, 0, 1).stream().findFirst();
      List<JobViews.Earlier> earlier =
          row.map(r -> views.earlier(job.id(), r.ordinal())).orElse(List.of());
      String told = json.log(job, wish.host(), row, earlier, steps, wish.language());
      if (!told.equals(toldLog)) {
        send("log", job.version(), told);
        toldLog = told;
      }
    }

    private void send(String event, long version, String data) throws IOException {
      emitter.send(SseEmitter.event().name(event).id(String.valueOf(version)).data(data));
    }
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Stopped before the web server, which would wait for them. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
