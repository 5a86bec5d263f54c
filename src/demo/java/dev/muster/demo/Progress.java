package dev.muster.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A bar with counters for each job: drawn anew on a terminal; elsewhere a line whenever the
 * counters have changed, at most one a second for each job.
 */
final class Progress {

  private static final int LONGEST_BAR = 32;

  /** Of a line, without the bar. */
  private static final int COUNTERS = 63;

  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Screen screen;
  private final boolean blocks;
  private final long begin = System.nanoTime();
  private final Map<Long, Long> endedAfter = new HashMap<>();
  private final Map<Long, Said> said = new HashMap<>();

  private record Said(String counters, long at) {}

  Progress(Screen screen) {
    this.screen = screen;
    this.blocks = screen.canShow('█');
  }

  void show(List<JobNow> jobs) {
    for (JobNow job : jobs) {
      if (job.ended()) {
        endedAfter.putIfAbsent(job.id(), seconds());
      }
    }
    if (screen.live()) {
      List<String> lines = new ArrayList<>();
      jobs.forEach(job -> lines.add(counters(job, "  " + bar(job)) + time(job)));
      screen.draw(lines);
    } else {
      jobs.forEach(this::say);
    }
  }

  private void say(JobNow job) {
    Said last = said.get(job.id());
    long now = System.nanoTime();
    String counters = counters(job, "");
    boolean due = last == null || job.ended() || now - last.at() > QUIET_NANOS;
    if (due && (last == null || !last.counters().equals(counters))) {
      said.put(job.id(), new Said(counters, now));
      screen.line(counters + time(job));
    }
  }

  private static String counters(JobNow job, String bar) {
    return "  %-7s %-13s%s  %2d/%-2d  %2d running  %2d failed"
        .formatted(
            "job " + job.id(),
            job.type(),
            bar,
            job.succeeded() + job.failed(),
            job.hosts(),
            job.running(),
            job.failed());
  }

  private String time(JobNow job) {
    return "  %3d s".formatted(endedAfter.getOrDefault(job.id(), seconds()));
  }

  private long seconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
  }

  /** Succeeded, failed, running and waiting hosts, each by its share. */
  private String bar(JobNow job) {
    int length = Math.min(LONGEST_BAR, screen.columns() - COUNTERS);
    int hosts = Math.max(1, job.hosts());
    int succeeded = length * job.succeeded() / hosts;
    int failed = length * (job.succeeded() + job.failed()) / hosts - succeeded;
    int running =
        length * (job.succeeded() + job.failed() + job.running()) / hosts - succeeded - failed;
    int waiting = length - succeeded - failed - running;
    return sign('█', '#').repeat(succeeded)
        + sign('▓', 'x').repeat(failed)
        + sign('▒', '=').repeat(running)
        + sign('░', '.').repeat(waiting);
  }

  private String sign(char block, char plain) {
    return String.valueOf(blocks ? block : plain);
  }
}
