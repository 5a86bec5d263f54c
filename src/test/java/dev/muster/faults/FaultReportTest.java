package dev.muster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FaultReportTest {

  private static final String EMPTY =
      "# Faults\n\n%s\n|---|\n\nBetween.\n\n%s\n|---|---|\n\nAfter.\n"
          .formatted(FaultReport.RUNS, FaultReport.FAULTS);

  @Test
  void runsAddUp() {
    String once = run("7", "30", "12 ms").merged(EMPTY);
    String twice = run("8", "40", "none").merged(once);
    assertThat(twice)
        .contains("| 2026-11-23 | abc | 7 | ssh | 1 | 2 | 3 | 30 | 5 | 0 | 0 | 0 | 0 | 12 ms |\n")
        .contains("| all |  |  |  | 2 | 4 | 6 | 70 | 10 | 0 | 0 | 0 | 0 | 12 ms |\n")
        .contains("| kill muster | 2 |\n")
        .contains("Between.")
        .endsWith("After.\n");
    assertThat(twice.lines().filter(line -> line.startsWith("| all"))).hasSize(1);
  }

  private static FaultReport run(String seed, String executions, String latest) {
    return new FaultReport(
        List.of(
            "2026-11-23",
            "abc",
            seed,
            "ssh",
            "1",
            "2",
            "3",
            executions,
            "5",
            "0",
            "0",
            "0",
            "0",
            latest),
        Map.of("kill muster", 1));
  }
}
