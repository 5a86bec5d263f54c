package dev.muster.step;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;
import java.util.List;

/** Looks ahead of the hosts' turns at who is not there. */
@ActivityInterface
public interface Scouts {

  /**
   * Who does not answer. A hint, by which those who answer have their turn first: a host that
   * cannot be reached from here directly counts as one that answers, and whoever is named here is
   * tried all the same.
   */
  @ActivityMethod(name = "Scout")
  Absent absent(ScoutOrder order);

  /** The hosts between two ordinals, both included. */
  record ScoutOrder(long job, int from, int to) {}

  /**
   * @param ordinals of hosts that were never touched and do not answer, at most 500
   */
  record Absent(List<Integer> ordinals) {
    public Absent {
      ordinals = List.copyOf(ordinals);
    }
  }
}
