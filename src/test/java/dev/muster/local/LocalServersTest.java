package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.mock.env.MockEnvironment;

class LocalServersTest {

  @TempDir Path temp;

  @Test
  void nothing_is_started_when_both_servers_are_configured() {
    MockEnvironment environment =
        environment(
            Map.of(
                "spring.datasource.url", "jdbc:postgresql://db/muster",
                "spring.temporal.connection.target", "temporal:7233"));
    check(environment);
    assertThat(environment.getPropertySources().contains("musterLocalServers")).isFalse();
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void nothing_is_started_when_they_are_switched_off() {
    check(environment(Map.of("muster.local.enabled", "false")));
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void an_executable_that_cannot_be_run_is_refused_before_anything_is_started() {
    MockEnvironment environment = environment(Map.of("muster.temporal.executable", "/nowhere/t"));
    assertThatThrownBy(() -> check(environment))
        .isInstanceOf(LocalServerRefusal.class)
        .hasMessage("muster.temporal.executable is /nowhere/t, which is not an executable file");
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void a_refusal_is_shown_as_one_line() {
    FailureAnalysis analysis = new LocalServerRefusalAnalyzer().analyze(LocalTemporal.missing());
    assertThat(analysis.getDescription())
        .isEqualTo(
            "there is no Temporal: run deploy/temporal/install, or put `temporal` on PATH, or"
                + " configure spring.temporal.connection.target");
    assertThat(analysis.getAction()).isNull();
  }

  private MockEnvironment environment(Map<String, String> properties) {
    MockEnvironment environment = new MockEnvironment();
    environment.setProperty("muster.home", temp.toString());
    properties.forEach(environment::setProperty);
    return environment;
  }

  private static void check(MockEnvironment environment) {
    new LocalServers(Supplier::get).postProcessEnvironment(environment, new SpringApplication());
  }
}
