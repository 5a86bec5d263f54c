package dev.muster.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The one table of failures. */
class ReasonTest {

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_says_what_it_means_and_what_can_be_done(Reason reason) {
    assertThat(reason.meaning().en()).matches("\\p{L}.+\\.");
    assertThat(reason.hint().en()).matches("\\p{Lu}.+\\.");
    assertThat(List.of(reason.meaning().zh(), reason.hint().zh()))
        .allSatisfy(zh -> assertThat(zh).containsPattern("\\p{IsHan}").endsWith("。"));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_has_a_limit_and_waits_a_minute_at_most(Reason reason) {
    assertThat(reason.tries()).isBetween(1, 100);
    Duration last = Duration.ZERO;
    for (int attempt = 1; attempt < 100; attempt++) {
      Duration delay = reason.delayAfter(attempt);
      assertThat(delay).isBetween(last, Duration.ofMinutes(1));
      last = delay;
    }
    assertThat(last.isZero())
        .as("only what is never tried again has no wait, or on a host that has just come up")
        .isEqualTo(reason.permanent() || reason == Reason.REBOOT);
  }

  @Test
  void what_another_try_cannot_change_is_permanent() {
    assertThat(Stream.of(Reason.values()).filter(Reason::permanent))
        .contains(
            Reason.AUTH,
            Reason.DEADLINE,
            Reason.HELD,
            Reason.HOST_KEY,
            Reason.PRIVILEGE,
            Reason.EXIT_CODE,
            Reason.VERIFY,
            Reason.TIMEOUT,
            Reason.UNKNOWN,
            Reason.STOPPED,
            Reason.NO_PROFILE,
            Reason.OS_NOT_SUPPORTED)
        .doesNotContain(
            Reason.CONNECT, Reason.REFUSED, Reason.LINK, Reason.REBOOT, Reason.BUSY, Reason.ENGINE);
  }

  @Test
  void what_nobody_tried_or_somebody_wanted_is_no_failure() {
    assertThat(Stream.of(Reason.values()).filter(reason -> !reason.countsAsFailure()))
        .containsExactlyInAnyOrder(
            Reason.NOT_ALLOWED, Reason.OS_NOT_SUPPORTED, Reason.HELD, Reason.STOPPED);
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void a_host_that_is_given_up_ends_as_its_reason_says(Reason reason) {
    Outcome outcome = Outcome.givenUp(reason, "why");
    Class<? extends Outcome> expected =
        switch (reason) {
          case NO_PROXY, CONNECT, REFUSED, LINK -> Outcome.Unreachable.class;
          case NOT_ALLOWED, OS_NOT_SUPPORTED, HELD, STOPPED -> Outcome.Skipped.class;
          default -> Outcome.Failed.class;
        };
    assertThat(outcome).isInstanceOf(expected);
    assertThat(InstanceState.of(outcome) == InstanceState.FAILED)
        .isEqualTo(reason.countsAsFailure());
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void every_reason_is_given_somewhere(Reason reason) throws IOException {
    Pattern given = Pattern.compile("\\bReason\\.%1$s\\b|'%1$s'".formatted(reason.name()));
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      List<Path> givers = new ArrayList<>();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        if (given.matcher(Files.readString(file)).find()) {
          givers.add(file);
        }
      }
      assertThat(givers).as("who gives %s; a dead row leaves the table", reason).isNotEmpty();
    }
  }

  @Test
  void the_README_shows_this_table() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    assertThat(readme)
        .as("the table below the mark <!-- reasons -->")
        .contains("<!-- reasons -->\n" + table() + "\n\n");
  }

  private static String table() {
    return Stream.concat(
            Stream.of(
                "| reason | meaning | tries | a failure? | what to do |", "|---|---|---|---|---|"),
            Stream.of(Reason.values()).map(ReasonTest::row))
        .collect(Collectors.joining("\n"));
  }

  private static String row(Reason reason) {
    return "| %s | %s | %s | %s | %s |"
        .formatted(
            reason.name(),
            both(reason.meaning()),
            reason.permanent()
                ? "1"
                : "%d (%d)".formatted(reason.tries(), reason.delayAfter(1).toSeconds()),
            reason.countsAsFailure() ? "yes" : "no",
            both(reason.hint()));
  }

  private static String both(Reason.Words words) {
    return words.en() + "<br>" + words.zh();
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void waits_double_up_to_a_minute(Reason reason) {
    long first = reason.delayAfter(1).toSeconds();
    assertThat(IntStream.rangeClosed(1, 7).mapToObj(n -> reason.delayAfter(n).toSeconds()))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 7).mapToObj(n -> Math.min(first << (n - 1), 60)).toList());
  }

  @Test
  void an_attempt_that_cannot_be_waits_like_the_first() {
    assertThat(Reason.CONNECT.delayAfter(0)).isEqualTo(Reason.CONNECT.delayAfter(1));
    assertThat(Reason.CONNECT.delayAfter(-5)).isEqualTo(Reason.CONNECT.delayAfter(1));
    assertThat(Reason.CONNECT.delayAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(1));
  }
}
