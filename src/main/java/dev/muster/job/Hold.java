package dev.muster.job;

import dev.muster.job.Verb.Mode;
import java.time.Instant;

/**
 * An emergency stop. From its commit on nothing is started in its area, for no job, until it is
 * lifted; the hosts wait for that, and none of them fails by it.
 *
 * @param mode whether running commands end by themselves or are ended
 * @param why in the words of who asked for it; empty if they gave none
 */
public record Hold(long id, Area area, Mode mode, String why, Caller by, Instant since) {

  /** Which hosts are held. */
  public sealed interface Area {

    record Everything() implements Area {}

    /** The hosts that are operated as of this business. */
    record Business(long id) implements Area {}

    /** The hosts that are in this cloud area now, of whatever business. */
    record Cloud(long id) implements Area {}
  }

  /** The answer to who asks for a hold. */
  public sealed interface Answer {

    /**
     * Committed, now or by an earlier request for the same area.
     *
     * @param id of the hold
     */
    record Held(long id) implements Answer {}

    /** The inventory has no such business or cloud area; nothing was written. */
    record NoSuchArea() implements Answer {}
  }
}
