package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.projection.FoldedHosts.Range;
import dev.muster.projection.FoldedHosts.Run;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How folded hosts are written; that they are the right ones is for {@link FailuresIT}. */
class FoldedHostsTest {

  private static void check(String expected, Range... ranges) {
    assertThat(new FoldedHosts(List.of(ranges), 0).text(Language.EN)).isEqualTo(expected);
  }

  private static Range run(String before, int width, int first, int last, String after) {
    return new Range(before, new Run(width, first, last), after);
  }

  private static Range one(String name) {
    return new Range(name, null, "");
  }

  @Test
  void no_host_is_nothing() {
    check("");
  }

  @Test
  void one_host_is_its_name() {
    check("10.0.0.7", run("10.0.0.", 0, 7, 7, ""));
    check("web-007.prod", run("web-", 3, 7, 7, ".prod"));
    check("fe80::7", one("fe80::7"));
  }

  @Test
  void names_that_differ_in_a_number_share_a_pair_of_brackets() {
    check("10.0.0.[1-17,20]", run("10.0.0.", 0, 1, 17, ""), run("10.0.0.", 0, 20, 20, ""));
    check("web-[01-40].prod", run("web-", 2, 1, 40, ".prod"));
    check("n[1-2]", run("n", 0, 1, 2, ""));
  }

  @Test
  void zeros_in_front_are_kept() {
    check("web-[08-10,100]", run("web-", 2, 8, 10, ""), run("web-", 0, 100, 100, ""));
    check("n[0,00]", run("n", 0, 0, 0, ""), run("n", 2, 0, 0, ""));
  }

  @Test
  void other_names_stand_beside_them_in_the_order_they_are_shown_in() {
    check(
        "fe80::1,10.0.0.[1-2,9],fe80::2,web-3",
        one("fe80::1"),
        run("10.0.0.", 0, 1, 2, ""),
        one("fe80::2"),
        run("10.0.0.", 0, 9, 9, ""),
        run("web-", 0, 3, 3, ""));
    check("a,a1", one("a"), run("a", 0, 1, 1, ""));
    check("a1b,a1c", run("a", 0, 1, 1, "b"), run("a", 0, 1, 1, "c"));
  }

  @Test
  void what_is_not_shown_is_counted() {
    FoldedHosts hosts = new FoldedHosts(List.of(run("n", 0, 1, 5, "")), 12);
    assertThat(hosts.text(Language.EN)).isEqualTo("n[1-5] … and 12 more");
    assertThat(hosts.text(Language.ZH)).isEqualTo("n[1-5] … 另有 12 台");
  }
}
