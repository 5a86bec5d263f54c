package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;

@NeedsTemporal
class LocalServersIT {

  /** Programs are unpacked into it once; every test has its own directory inside. */
  @TempDir static Path shared;

  private Path home;

  @BeforeEach
  void name(TestInfo test) {
    home = shared.resolve(test.getTestMethod().orElseThrow().getName());
  }

  @Test
  void an_application_finds_both_servers_and_leaves_none_behind() throws Exception {
    assertThat(run("--muster.temporal.executable=" + NeedsTemporal.Executable.path()))
        .contains(
            "spring.datasource.url=jdbc:postgresql://127.0.0.1:",
            "spring.datasource.username=muster",
            "spring.temporal.connection.target=127.0.0.1:",
            "muster.temporal.ui=http://127.0.0.1:",
            "the database answers");
    assertThat(home.resolve("run/postgres.log")).content().contains("database system is shut down");
    assertThat(home.resolve("run/temporal.log")).content().contains("Stopping server");
    assertThat(home.resolve("run/postgres.properties")).doesNotExist();
    assertThat(home.resolve("run/temporal.properties")).doesNotExist();
  }

  @Test
  void a_configured_server_is_not_started() throws Exception {
    assertThat(run("--spring.temporal.connection.target=elsewhere:7233"))
        .contains("spring.temporal.connection.target=elsewhere:7233", "the database answers");
    assertThat(home.resolve("run/temporal.log")).doesNotExist();
  }

  @Test
  void a_refusal_is_printed_without_a_stack_trace() throws Exception {
    try (Home held = Home.open(home)) {
      assertThat(held.run()).isDirectory();
      assertThat(run("--spring.temporal.connection.target=elsewhere:7233"))
          .contains("another muster (pid")
          .doesNotContain("\tat ", "Exception");
    }
  }

  private String run(String argument) throws Exception {
    return OtherMuster.run(
        Application.class,
        List.of(
            "--muster.home=" + shared,
            "--muster.local.subdirectory=" + home.getFileName(),
            argument));
  }

  /** As little of an application as there can be. */
  static final class Application {

    public static void main(String[] arguments) throws Exception {
      SpringApplication application = new SpringApplication(Application.class);
      application.setWebApplicationType(WebApplicationType.NONE);
      try (ConfigurableApplicationContext context = application.run(arguments)) {
        ConfigurableEnvironment environment = context.getEnvironment();
        Stream.of(
                LocalServers.DATABASE_URL,
                "spring.datasource.username",
                LocalServers.TEMPORAL_TARGET,
                LocalServers.TEMPORAL_UI)
            .forEach(name -> System.out.println(name + "=" + environment.getProperty(name)));
        try (Connection connection =
            DriverManager.getConnection(
                environment.getRequiredProperty(LocalServers.DATABASE_URL),
                environment.getProperty("spring.datasource.username"),
                environment.getProperty("spring.datasource.password"))) {
          System.out.println(connection.isValid(1) ? "the database answers" : "no database");
        }
      }
    }
  }
}
