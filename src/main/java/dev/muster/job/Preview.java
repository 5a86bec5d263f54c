package dev.muster.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request would select now.
 *
 * @param busy hosts that another job is at, by job
 * @param held hosts where nothing is started now, by hold
 * @param expected how long it would take, drawn from earlier jobs of the type; null if there are
 *     none
 * @param verdicts for the hosts that the request names; a verdict without hosts is absent
 * @param refusal why the request itself would be refused
 */
public record Preview(
    long hosts,
    Map<Kind, List<Count>> counts,
    List<Count> busy,
    List<Held> held,
    @Nullable Duration expected,
    Map<Verdict, List<Long>> verdicts,
    Optional<Submission.Refused> refusal) {

  /** By what the selected hosts are counted. */
  public enum Kind {
    BUSINESS,
    CLOUD,
    SYSTEM,
    NODE_TYPE
  }

  /** How many hosts share a value; the name is empty where the inventory has none. */
  public record Count(String key, String name, long hosts) {}

  /** How many of the hosts a hold is in the way of. */
  public record Held(Hold hold, long hosts) {}

  /** What a request means for a host that it names. */
  public enum Verdict {
    /** It takes part. */
    SELECTED,
    /** There is no such host, or the asker may not know of it: these two are never told apart. */
    UNKNOWN,
    /** It may be seen but not operated by whoever asks. */
    NOT_PERMITTED,
    /** It plays another part than the job type is for. */
    WRONG_NODE_TYPE,
    /** The request itself leaves it out. */
    EXCLUDED,
    /** It has no operating system: a request that selects it is refused. */
    NO_OS,
    /** Its cloud area is not in the inventory: a request that selects it is refused. */
    UNKNOWN_CLOUD
  }
}
