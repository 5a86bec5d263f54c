package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.JobId;
import dev.muster.roster.Jobs.Open;
import dev.muster.roster.Jobs.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharesTest {

  private static Open job(long id, long business, int most) {
    return job(id, new Part(business, most, most, false));
  }

  private static Open job(long id, Part part) {
    return new Open(new JobId(id), new UUID(0, id), "RESTART_AGENT", "admin", 0, 0, 0, part);
  }

  private static void check(int slots, List<Open> open, Integer... shares) {
    Map<JobId, Integer> given = Shares.of(open, slots);
    assertThat(open).extracting(job -> given.get(job.id())).containsExactly(shares);
  }

  @Test
  void a_job_that_is_alone_gets_all_that_it_can_use() {
    check(512, List.of(job(1, 2, 100)), 100);
    check(64, List.of(job(1, 2, 100)), 64);
  }

  @Test
  void jobs_that_fit_get_what_they_can_use() {
    check(512, List.of(job(1, 2, 300), job(2, 2, 200), job(3, 7, 12)), 300, 200, 12);
  }

  @Test
  void a_small_job_gets_all_it_can_use_beside_a_big_one() {
    check(512, List.of(job(1, 2, 512), job(2, 3, 10)), 502, 10);
    check(512, List.of(job(1, 2, 512), job(2, 2, 10)), 502, 10);
  }

  @Test
  void two_jobs_of_one_business_share_its_part() {
    check(512, List.of(job(1, 2, 512), job(2, 2, 512), job(3, 3, 512)), 128, 128, 256);
  }

  @Test
  void what_a_business_cannot_use_goes_to_the_others() {
    check(300, List.of(job(1, 2, 40), job(2, 3, 512), job(3, 4, 512)), 40, 130, 130);
  }

  @Test
  void everybody_gets_one_even_if_there_are_more_jobs_than_slots() {
    check(2, List.of(job(1, 2, 9), job(2, 2, 9), job(3, 3, 9), job(4, 4, 9)), 1, 1, 1, 1);
  }

  @Test
  void a_job_that_is_held_leaves_its_part_to_the_others_and_keeps_its_share() {
    check(512, List.of(job(1, new Part(2, 512, 256, true)), job(2, 3, 512)), 256, 512);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shares_are_within_what_there_is_and_nobody_has_less_than_one_who_could_use_more(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      int slots = 50 + random.nextInt(600);
      List<Integer> wanted = new ArrayList<>();
      int many = 1 + random.nextInt(40);
      for (int n = 0; n < many; n++) {
        wanted.add(1 + random.nextInt(512));
      }
      List<Integer> given = Shares.fair(slots, wanted);
      int sum = given.stream().mapToInt(Integer::intValue).sum();
      assertThat(sum).isEqualTo(Math.min(slots, wanted.stream().mapToInt(Integer::intValue).sum()));
      for (int n = 0; n < many; n++) {
        assertThat(given.get(n)).isBetween(1, wanted.get(n));
        if (given.get(n) < wanted.get(n)) {
          int mine = given.get(n);
          assertThat(given).allSatisfy(other -> assertThat(other).isLessThanOrEqualTo(mine + 1));
        }
      }
    }
  }

  @ParameterizedTest(name = "from {0} to {1} of {2}: {3}")
  @CsvSource({
    "100, 100, 100, false",
    "100, 95, 100, false",
    "100, 90, 100, true",
    "95, 100, 100, true",
    "3, 4, 100, true",
    "256, 250, 512, false"
  })
  void a_small_difference_does_not_matter(int share, int fair, int most, boolean matters) {
    assertThat(Shares.matters(new Part(2, most, share, false), fair)).isEqualTo(matters);
  }
}
