package dev.muster.job;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an operator says to a job that exists. */
public sealed interface Verb {

  /** Starts nothing more for these hosts, and ends them. */
  record Stop(Which which, Mode mode) implements Verb {}

  /** Starts nothing until resumed; a running step ends by itself. */
  record Pause() implements Verb {}

  record Resume() implements Verb {}

  /**
   * Goes on with failed hosts, each at the step that failed.
   *
   * @param runbook the digest of the runbook to go on with; null for the one that the job has
   */
  record Retry(Which which, @Nullable String runbook) implements Verb {}

  /** What becomes of a running command. */
  enum Mode {
    /** It ends by itself. */
    DRAIN,
    /** It is ended. */
    KILL
  }

  /** Which hosts of the job are meant; those that a verb does not fit are passed over. */
  sealed interface Which {

    record All() implements Which {}

    /**
     * @param ids of hosts
     */
    record Hosts(Set<Long> ids) implements Which {
      public Hosts {
        ids = Set.copyOf(ids);
      }
    }

    /** Those that failed alike. */
    record Alike(String fingerprint) implements Which {}
  }

  /** The answer to a verb. */
  sealed interface Answer {

    /**
     * Committed.
     *
     * @param hosts that it is meant for now
     */
    record Acknowledged(int hosts) implements Answer {}

    /** There is no host that it could be meant for. */
    record Nothing() implements Answer {}

    /** It does not fit the job as it stands, for example while that is being stopped. */
    record NotNow(String why) implements Answer {}

    /** There is no such job, or none that the asker may see. */
    record NoSuchJob() implements Answer {}

    /** The asker may see the job, but not control it in every business of it. */
    record NotPermitted() implements Answer {}
  }
}
