package dev.muster.host;

import java.util.List;

/** Which hosts a job is meant for; evaluated inside the database, never as a list in memory. */
public sealed interface HostSelector {

  /** These hosts; unknown ids and hosts of another node type are left out. */
  record Ids(List<Long> ids) implements HostSelector {
    public Ids {
      ids = ids.stream().distinct().toList();
    }
  }

  /**
   * Every host with an agent process row that meets all conditions.
   *
   * @param businesses only hosts of these; empty is no restriction
   * @param excluded never these, whatever the conditions say
   */
  record Matching(List<Long> businesses, List<Condition> conditions, List<Long> excluded)
      implements HostSelector {
    public Matching {
      businesses = List.copyOf(businesses);
      conditions = List.copyOf(conditions);
      excluded = List.copyOf(excluded);
    }
  }

  /** Nothing, whatever the inventory holds. */
  record Nothing() implements HostSelector {}
}
