package dev.muster.projection;

import dev.muster.job.InstanceState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which instances of a job are wanted: those for which all of this holds; nothing is no limit. */
public record InstanceFilter(List<Wanted> all) {

  public static final InstanceFilter ALL = new InstanceFilter(List.of());

  public InstanceFilter {
    all = List.copyOf(all);
  }

  /** Of an empty set there is no instance. */
  public sealed interface Wanted {

    record InState(Set<InstanceState> states) implements Wanted {
      public InState {
        states = Set.copyOf(states);
      }
    }

    /** Did not succeed for one of these reasons. */
    record Because(Set<String> reasons) implements Wanted {
      public Because {
        reasons = Set.copyOf(reasons);
      }
    }

    record OfHosts(Set<Long> hosts) implements Wanted {
      public OfHosts {
        hosts = Set.copyOf(hosts);
      }
    }

    record NotOfHosts(Set<Long> hosts) implements Wanted {
      public NotOfHosts {
        hosts = Set.copyOf(hosts);
      }
    }

    /**
     * At one of these addresses.
     *
     * @param whole is the host's address, now or when the job was resolved
     * @param parts is part of it
     */
    record At(Set<String> whole, Set<String> parts) implements Wanted {

      private static final Pattern V4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
      private static final Pattern V6 =
          Pattern.compile("(?=.*::.|([^:]*:){7})[0-9a-fA-F:]*:[0-9a-fA-F.]+");

      public At {
        whole = Set.copyOf(whole);
        parts = Set.copyOf(parts);
      }

      /** A complete address is meant as a whole, anything else as a part. */
      public static At of(Iterable<String> addresses) {
        List<String> whole = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        for (String address : addresses) {
          boolean complete = V4.matcher(address).matches() || V6.matcher(address).matches();
          (complete ? whole : parts).add(PlainText.of(address));
        }
        return new At(Set.copyOf(whole), Set.copyOf(parts));
      }
    }
  }

  /** Whether instances in this state can pass. */
  public boolean passes(InstanceState state) {
    return all.stream()
        .noneMatch(wanted -> wanted instanceof Wanted.InState in && !in.states().contains(state));
  }

  /** Only those for which this holds too. */
  public InstanceFilter and(Wanted wanted) {
    List<Wanted> more = new ArrayList<>(all);
    more.add(wanted);
    return new InstanceFilter(more);
  }
}
