package dev.muster.projection;

import dev.muster.job.JobType;
import dev.muster.job.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which jobs are wanted: those that the viewer may see and for which all of this holds.
 *
 * @param view where the viewer may see jobs: a job must lie within it as a whole
 * @param viewer sees what they asked for themselves, wherever it is
 */
public record JobFilter(Scope view, String viewer, List<Wanted> all) {

  public JobFilter {
    all = List.copyOf(all);
  }

  /** Of an empty set there is no job. */
  public sealed interface Wanted {

    record Ids(Set<Long> ids) implements Wanted {}

    /** The words of the existing service. */
    record InStatus(Set<String> statuses) implements Wanted {}

    record CreatedBy(Set<String> users) implements Wanted {}

    record OfType(Set<JobType> types) implements Wanted {}

    /** Has a host in one of these businesses, of which only those in view count. */
    record Touching(Set<Long> businesses) implements Wanted {}

    /** Has a host that is now at one of these addresses. */
    record WithHost(InstanceFilter.Wanted.At at) implements Wanted {}

    /** Was asked for at this instant or later. */
    record Since(Instant earliest) implements Wanted {}

    /** Was asked for at this instant or earlier. */
    record Until(Instant latest) implements Wanted {}
  }

  /** What is counted to put jobs in order; the latest come first among equals. */
  public enum Count {
    ID,
    TOTAL,
    FAILED,
    SUCCEEDED
  }

  public record Order(Count by, boolean ascending) {
    public static final Order LATEST_FIRST = new Order(Count.ID, false);
  }

  /** Those of these businesses that are in view. */
  Set<Long> inView(Set<Long> businesses) {
    return switch (view) {
      case Scope.Everywhere everywhere -> businesses;
      case Scope.Within within ->
          businesses.stream()
              .filter(within.businesses()::contains)
              .collect(Collectors.toUnmodifiableSet());
    };
  }
}
