package dev.muster.roster;

import dev.muster.job.JobId;
import dev.muster.roster.Jobs.Open;
import dev.muster.roster.Jobs.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How many hosts at once each open job may work on: fair among businesses, and then among the jobs
 * of each business. Fair is max-min: nobody gets more than it can use, what one cannot use goes to
 * the others, and who wants more than that gets as much as any other. Pure.
 */
final class Shares {

  private Shares() {}

  /**
   * The share of each job, at least 1. A job that is held uses nothing now: what it would get is
   * left to the others, and it keeps what it has for when it goes on.
   */
  static Map<JobId, Integer> of(List<Open> open, int slots) {
    Map<JobId, Integer> shares = new HashMap<>();
    open.forEach(job -> shares.put(job.id(), job.part().share()));
    List<List<Open>> businesses =
        List.copyOf(
            open.stream()
                .filter(job -> !job.part().held())
                .collect(
                    Collectors.groupingBy(
                        job -> job.part().business(), TreeMap::new, Collectors.toList()))
                .values());
    List<Integer> wanted =
        businesses.stream()
            .map(jobs -> jobs.stream().mapToInt(job -> job.part().most()).sum())
            .toList();
    List<Integer> given = fair(slots, wanted);
    for (int i = 0; i < businesses.size(); i++) {
      List<Open> jobs = businesses.get(i);
      List<Integer> each = fair(given.get(i), jobs.stream().map(job -> job.part().most()).toList());
      for (int j = 0; j < jobs.size(); j++) {
        shares.put(jobs.get(j).id(), each.get(j));
      }
    }
    return shares;
  }

  /** At least 1 each, even if there are fewer. */
  static List<Integer> fair(int slots, List<Integer> wanted) {
    List<Integer> given = new ArrayList<>(wanted);
    List<Integer> modestFirst =
        IntStream.range(0, wanted.size())
            .boxed()
            .sorted(Comparator.comparing(wanted::get).thenComparing(Comparator.naturalOrder()))
            .toList();
    int left = slots;
    int others = wanted.size();
    for (int who : modestFirst) {
      int share = Math.max(1, Math.min(wanted.get(who), left / others));
      given.set(who, share);
      left -= share;
      others--;
    }
    return given;
  }

  /**
   * Whether a job is to be told of a new share: a tenth more or less, or all that it can use. The
   * reserve of the workers bears the rest.
   */
  static boolean matters(Part part, int share) {
    int difference = Math.abs(share - part.share());
    return difference > 0 && (share == part.most() || 10 * difference >= part.share());
  }
}
