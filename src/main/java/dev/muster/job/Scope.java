package dev.muster.job;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

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

  /** What is within this one or the other. */
  default Scope or(Scope other) {
    if (!(this instanceof Within some) || !(other instanceof Within more)) {
      return everywhere();
    }
    Set<Long> both = new TreeSet<>(some.businesses());
    both.addAll(more.businesses());
    return new Within(both);
  }

  /** Those of these businesses that are not within. */
  default List<Long> beyond(Collection<Long> wanted) {
    return switch (this) {
      case Everywhere everywhere -> List.of();
      case Within within ->
          wanted.stream().filter(b -> !within.businesses().contains(b)).sorted().toList();
    };
  }

  /** What of this is in these businesses; none is no restriction. */
  default Scope narrowedTo(Collection<Long> wanted) {
    if (wanted.isEmpty()) {
      return this;
    }
    return switch (this) {
      case Everywhere everywhere -> new Within(Set.copyOf(wanted));
      case Within within ->
          new Within(
              wanted.stream()
                  .filter(within.businesses()::contains)
                  .collect(Collectors.toUnmodifiableSet()));
    };
  }

  /** Whether all of these businesses are within. */
  default boolean covers(Collection<Long> wanted) {
    return beyond(wanted).isEmpty();
  }
}
