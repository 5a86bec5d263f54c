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
   * What is left to do, as waves; while the gate is stopped, hosts never touched get their outcome
   * here.
   */
  @ActivityMethod(name = "Plan")
  Plan plan(long job);

  /** The unfinished hosts of a part of the job. */
  @ActivityMethod(name = "Brief")
  Brief brief(long job, int from, int to);

  /**
   * Opens the next round for the failed hosts, if one is due; each goes on at the step that failed.
   */
  @ActivityMethod(name = "NextRound")
  Round nextRound(long job);

  /** Ends the job if no host is unfinished. */
  @ActivityMethod(name = "Finalize")
  Ended finish(long job);

  /**
   * @param type the job type
   * @param action what is done, for labels
   */
  record Resolved(int hosts, int window, String type, String action, String caller) {}

  /** Waves in order, at most {@link Plan#MOST_WAVES}; none means nothing is left. */
  record Plan(List<WaveRange> waves, boolean stopped) {
    public static final int MOST_WAVES = 50;

    public Plan {
      waves = List.copyOf(waves);
    }
  }

  /** At most 500 unfinished hosts lie between these ordinals, both included. */
  record WaveRange(int number, int from, int to) {}

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
   * @param waitSeconds until it may be opened; 0 if it was opened now
   */
  record Round(int number, long waitSeconds, int failed) {}

  record Ended(String state, int succeeded, int failed, int skipped, int unfinished) {}
}
