package dev.muster.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SightingTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2.1.6-beta.14 | 2.1.6-beta.14",
        "gse_agent v1.7.22 | 1.7.22",
        "node_exporter, version 1.8.2 (branch: HEAD, revision: f1e0e83) | 1.8.2",
        "sleep (GNU coreutils) 9.1 | 9.1",
        "go1.22.3 is not ours; agent 3.0.0+build7 | 3.0.0+build7"
      })
  void the_first_version_that_an_agent_names_is_its_own(String output, String version) {
    assertThat(Sighting.saying(output).orElseThrow().version()).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "active", "version 7", "1.x"})
  void other_output_says_nothing(String output) {
    assertThat(Sighting.saying(output)).isEmpty();
  }

  @Test
  void what_is_too_long_to_be_a_version_is_none() {
    assertThat(Sighting.saying("1." + "2.".repeat(40) + "3")).isEmpty();
  }
}
