package dev.muster.faults;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets happen what a plan says, until it is closed; then everything is whole again. Faults of
 * processes come one after the other, those of hosts side by side, one per host.
 */
final class Injector implements AutoCloseable {

  private static final int MOST_CHARS = 1_000;

  private final FaultPlan ofProcesses;
  private final FaultPlan ofHosts;
  private final ProcessFaults processes;
  private final HostFaults hosts;
  private final CountDownLatch over;
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, String> failures = new TreeMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Two plans, so that the order of either does not depend on the pace of the other. */
  Injector(
      FaultPlan ofProcesses,
      FaultPlan ofHosts,
      ProcessFaults processes,
      HostFaults hosts,
      CountDownLatch over) {
    this.ofProcesses = ofProcesses;
    this.ofHosts = ofHosts;
    this.processes = processes;
    this.hosts = hosts;
    this.over = over;
  }

  void start() {
    threads.execute(this::harmProcesses);
    threads.execute(this::harmHosts);
  }

  private void harmProcesses() {
    while (lasts(ofProcesses.untilNextOfProcess())) {
      Fault.OfProcess fault = ofProcesses.nextOfProcess();
      count(fault, () -> processes.happens(fault));
    }
  }

  private void harmHosts() {
    while (lasts(ofHosts.untilNextOfHost())) {
      Fault.OfHost fault = ofHosts.nextOfHost();
      threads.execute(() -> count(fault, () -> hosts.happens(fault)));
    }
  }

  private boolean lasts(Duration pause) {
    try {
      return !over.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Only what really happened counts. */
  private void count(Fault fault, Supplier<Boolean> happened) {
    try {
      if (happened.get()) {
        synchronized (this) {
          counts.merge(fault.kind(), 1, Integer::sum);
        }
      }
    } catch (RuntimeException e) {
      synchronized (this) {
        failures.put(fault.toString(), brief(e));
      }
    }
  }

  /** Without the whole log that some of them carry. */
  private static String brief(RuntimeException e) {
    String text = e.toString();
    return text.length() <= MOST_CHARS ? text : text.substring(0, MOST_CHARS);
  }

  synchronized Map<String, Integer> counts() {
    return new TreeMap<>(counts);
  }

  /** Faults that the suite itself could not bring about or end: the run says nothing then. */
  synchronized Map<String, String> failures() {
    return new TreeMap<>(failures);
  }

  @Override
  public void close() {
    over.countDown();
    threads.close();
    try {
      processes.heal();
    } catch (RuntimeException e) {
      failures.put("heal", brief(e));
    }
  }
}
