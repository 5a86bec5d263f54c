package dev.muster.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.delivery.Build.Target;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTest {

  private static final List<Build> BUILDS =
      List.of(
          build(1, "2.9.0", "linux", "x86_64"),
          build(2, "2.10.0", "linux", "x86_64"),
          build(3, "2.11.0-rc1", "linux", "aarch64"),
          build(4, "2.10.1", "linux", "aarch64"),
          build(5, "2.10.0", "linux", "any"),
          build(6, "3.0", "darwin", "any"));

  private static Build build(long id, String version, String os, String cpu) {
    return new Build(id, new Target("it", version, os, cpu), "00", 1, "admin", Instant.EPOCH);
  }

  private static Choice choose(@Nullable String version, String os, String machine) {
    return Choice.of(BUILDS, "it", version, os, machine);
  }

  @ParameterizedTest(name = "{0} for {1} {2}: {3}")
  @CsvSource({
    ", linux, x86_64, 2",
    "2.9.0, linux, x86_64, 1",
    ", linux, aarch64, 3",
    "2.10.0, linux, aarch64, 5",
    ", linux, arm64, 3",
    ", linux, amd64, 2",
    ", linux, s390x, 5",
    ", darwin, arm64, 6"
  })
  void the_latest_for_the_system_and_the_cpu_is_chosen(
      @Nullable String version, String os, String machine, long id) {
    assertThat(choose(version, os, machine)).isEqualTo(new Choice.Chosen(BUILDS.get((int) id - 1)));
  }

  @Test
  void a_release_is_later_than_its_candidates() {
    List<Build> builds =
        List.of(build(1, "2.0", "linux", "any"), build(2, "2.0-rc1", "linux", "any"));
    assertThat(Choice.of(builds, "it", null, "linux", "x86_64"))
        .isEqualTo(new Choice.Chosen(builds.getFirst()));
  }

  @Test
  void what_was_looked_for_is_told_and_what_there_is_instead() {
    assertThat(choose("2.9.0", "linux", "arm64"))
        .isEqualTo(
            new Choice.None(
                "there is no package it 2.9.0 for linux aarch64; there is 2.10.0 for linux any,"
                    + " 2.10.0 for linux x86_64, 2.10.1 for linux aarch64, 2.11.0-rc1 for linux aarch64,"
                    + " 2.9.0 for linux x86_64, 3.0 for darwin any"));
    assertThat(Choice.of(List.of(), "it", null, "linux", "x86_64"))
        .isEqualTo(new Choice.None("there is no package it for linux x86_64"));
  }
}
