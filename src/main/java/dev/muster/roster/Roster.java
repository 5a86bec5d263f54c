package dev.muster.roster;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/**
 * What workflows ask of the roster. Every method is run at least once: doing it again changes
 * nothing, but that a wave number may be skipped.
 */
@ActivityInterface
public interface Roster {

  /**
   * Fixes who takes part, once and for ever: the selector, inside the businesses fixed when the job
   * was accepted, becomes instances with ordinals 0 to N-1 in host id order. Hosts whose system has
   * no runner are skipped at once.
   */
  @ActivityMethod(name = "Resolve")
  Resolved resolve(long job);

  /**
   * What is ordered, and what is left to do beside the waves that are open. Once the job is
   * stopped, hosts never touched get their outcome here.
   *
   * @param open waves whose ranges are left out
   */
  @ActivityMethod(name = "Plan")
  Plan plan(long job, List<WaveRange> open);

  /** The unfinished hosts of a part of the job. */
  @ActivityMethod(name = "Brief")
  Brief brief(long job, int from, int to);

  /**
   * Opens the next round for the failed hosts, if one is due; each goes on at the step that failed.
   */
  @ActivityMethod(name = "NextRound")
  Round nextRound(long job);

  /** Ends the job if no host is unfinished; one that was retried meanwhile is. */
  @ActivityMethod(name = "Finalize")
  Ended finish(long job);

  /**
   * @param type the job type
   * @param action what is done, for labels
   */
  record Resolved(int hosts, String type, String action, String caller) {}

  /**
   * What a job is to do.
   *
   * @param waves to be opened in this order, at most {@link Plan#MOST_WAVES}; none means that
   *     nothing is left beside the open ones
   * @param window hosts at once: what was asked for, or less if that is the job's share now
   */
  record Plan(List<WaveRange> waves, Order order, int window) {
    public static final int MOST_WAVES = 50;

    public Plan {
      waves = List.copyOf(waves);
    }

    /** More waves may be left than these. */
    public boolean full() {
      return waves.size() == MOST_WAVES;
    }
  }

  enum Order {
    GO_ON,
    /** No host is begun: the job is paused, or an emergency stop holds all of it. */
    HOLD,
    /** No host is begun any more. */
    HALT
  }

  /**
   * The unfinished hosts between two ordinals, both included.
   *
   * @param hosts how many there are, at most 500
   */
  record WaveRange(int number, int from, int to, int hosts) {}

  record Brief(String action, List<Participant> hosts) {
    public Brief {
      hosts = List.copyOf(hosts);
    }
  }

  /**
   * @param label the host's address, for people who read the engine's own page; nothing is decided
   *     by it
   */
  record Participant(int ordinal, String label) {}

  /**
   * A round of retries.
   *
   * @param number of it, 0 for none
   * @param waitSeconds until it may be opened; 0 if it was opened now, or is paused
   * @param paused it may not be opened until the job is resumed
   */
  record Round(int number, long waitSeconds, int failed, boolean paused) {}

  record Ended(String state, int succeeded, int failed, int skipped, int unfinished) {}
}
