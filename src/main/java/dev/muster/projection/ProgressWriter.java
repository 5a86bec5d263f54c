package dev.muster.projection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Writes facts in batches, one writer per process: every 250 ms or 500 facts. The queue is bounded;
 * when the database is away, whoever reports waits a little and then drops the fact, for nothing is
 * decided by it.
 */
@Component
public class ProgressWriter implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ProgressWriter.class);
  private static final int QUEUE = 20_000;
  private static final int BATCH = 500;
  private static final long EVERY_MILLIS = 250;
  private static final long OFFER_MILLIS = 2_000;

  private final ProgressRows rows;
  private final BlockingQueue<Fact> queue = new LinkedBlockingQueue<>(QUEUE);
  private volatile boolean running;
  private volatile Thread thread = new Thread(() -> {});

  public ProgressWriter(ProgressRows rows) {
    this.rows = rows;
  }

  /** Takes a fact; it is shown within half a second. Thread-safe. */
  public void report(Fact fact) {
    try {
      if (!queue.offer(fact, OFFER_MILLIS, TimeUnit.MILLISECONDS)) {
        log.warn(
            "progress of job {} is not shown: the database does not keep up", fact.key().job());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("progress-writer").start(this::write);
  }

  private void write() {
    List<Fact> batch = new ArrayList<>(BATCH);
    while (running || !queue.isEmpty()) {
      try {
        Fact first = queue.poll(EVERY_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        long flushAt = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
        while (batch.size() < BATCH) {
          Fact next = queue.poll(flushAt - System.nanoTime(), TimeUnit.NANOSECONDS);
          if (next == null) {
            break;
          }
          batch.add(next);
        }
        flush(batch);
      } catch (InterruptedException e) {
        running = false;
      } catch (RuntimeException e) {
        // Nothing is decided by these facts; the next ones must still be shown.
        log.error("{} facts of progress are not shown", batch.size(), e);
      } finally {
        batch.clear();
      }
    }
  }

  private void flush(List<Fact> batch) {
    for (int attempt = 1; ; attempt++) {
      try {
        rows.write(batch);
        return;
      } catch (TransientDataAccessException
          | DataAccessResourceFailureException
          | TransactionException e) {
        if (attempt == 20 || !running) {
          log.warn("{} facts of progress are not shown: {}", batch.size(), e.getMessage());
          return;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.SECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    running = false;
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Started before the workers and stopped after them. */
  @Override
  public int getPhase() {
    return 0;
  }
}
