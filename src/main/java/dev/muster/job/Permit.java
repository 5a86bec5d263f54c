package dev.muster.job;

import dev.muster.host.HostSelector;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which hosts a caller may operate, and which they may know of.
 *
 * @param scope of the businesses of the hosts that may be operated
 * @param known of the businesses whose hosts the caller may know of; to a caller, any other host
 *     does not exist
 * @param reserved businesses that are closed to this caller whatever the scope says
 */
public record Permit(Scope scope, Scope known, Set<Long> reserved) {

  public static final Permit EVERYTHING =
      new Permit(Scope.everywhere(), Scope.everywhere(), Set.of());

  public Permit {
    known = known.or(scope);
    reserved = Set.copyOf(reserved);
  }

  /**
   * A cross-page selection means what its author may operate. Hosts that are named one by one stay:
   * whoever names a host that is not theirs is to hear of it.
   */
  public HostSelector narrow(HostSelector selector) {
    if (!(selector instanceof HostSelector.Matching matching)
        || !(scope instanceof Scope.Within within)) {
      return selector;
    }
    Set<Long> both = new TreeSet<>(within.businesses());
    if (!matching.businesses().isEmpty()) {
      both.retainAll(matching.businesses());
    }
    return both.isEmpty()
        ? new HostSelector.Nothing()
        : new HostSelector.Matching(List.copyOf(both), matching.conditions(), matching.excluded());
  }
}
