package dev.muster.job;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** In which businesses somebody may do something. */
public sealed interface Scope {

  /** In every business, those to come included. */
  record Everywhere() implements Scope {}

  /** In these only; none is nowhere. */
  record Within(Set<Long> businesses) implements Scope {
    public Within {
      businesses = Set.copyOf(businesses);
    }
  }

  static Scope nowhere() {
    return new Within(Set.of());
  }

  static Scope everywhere() {
    return new Everywhere();
  }

  /** Those of these businesses that are not within. */
  default List<Long> beyond(Collection<Long> wanted) {
    return switch (this) {
      case Everywhere everywhere -> List.of();
      case Within within ->
          wanted.stream().filter(b -> !within.businesses().contains(b)).sorted().toList();
    };
  }

  /** Whether all of these businesses are within. */
  default boolean covers(Collection<Long> wanted) {
    return switch (this) {
      case Everywhere everywhere -> true;
      case Within within -> within.businesses().containsAll(wanted);
    };
  }
}
