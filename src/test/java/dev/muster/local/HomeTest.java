package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class HomeTest {

  @TempDir Path temp;

  @Test
  void is_created_for_its_owner_only() throws IOException {
    Path root = temp.resolve("a/b");
    try (Home home = Home.open(root)) {
      assertPermissions(root, "rwx------");
      assertPermissions(home.run(), "rwx------");
      assertPermissions(home.postgres(), "rwx------");
      assertPermissions(home.temporal(), "rwx------");
      assertPermissions(root.resolve("lock"), "rw-------");
    }
  }

  @Test
  void a_second_muster_is_refused_in_one_line_with_the_pid_of_the_first() {
    try (Home first = Home.open(temp)) {
      assertThat(first.run()).isDirectory();
      assertThatThrownBy(() -> Home.open(temp))
          .isInstanceOf(LocalServerRefusal.class)
          .hasMessage(
              "another muster (pid %d) uses %s: stop it, or set MUSTER_HOME to another directory",
              ProcessHandle.current().pid(), temp);
    }
  }

  @Test
  void a_muster_in_another_process_is_refused_too() throws Exception {
    try (Home first = Home.open(temp)) {
      assertThat(first.run()).isDirectory();
      assertThat(OtherMuster.refusal(temp))
          .contains("another muster (pid " + ProcessHandle.current().pid() + ") uses " + temp);
    }
  }

  @Test
  void is_free_again_after_it_was_closed() {
    Home.open(temp).close();
    Home.open(temp).close();
  }

  @Test
  void a_refused_second_muster_does_not_free_the_home_of_the_first() throws Exception {
    try (Home first = Home.open(temp)) {
      assertThat(first.run()).isDirectory();
      assertThatThrownBy(() -> Home.open(temp)).isInstanceOf(LocalServerRefusal.class);
      assertThat(OtherMuster.refusal(temp)).contains("another muster");
    }
  }

  @Test
  void keeps_data_in_the_configured_subdirectory_and_programs_beside_it() {
    MockEnvironment environment =
        new MockEnvironment()
            .withProperty("muster.home", temp.toString())
            .withProperty("muster.local.subdirectory", "demo");
    try (Home home = Home.open(environment)) {
      assertThat(home.postgres()).isEqualTo(temp.resolve("demo/pg"));
      assertThat(home.postgresPrograms()).isEqualTo(temp.resolve("pg"));
    }
  }

  @Test
  void a_directory_that_cannot_be_used_is_refused() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    assertThatThrownBy(() -> Home.open(file))
        .isInstanceOf(LocalServerRefusal.class)
        .hasMessageContaining("set MUSTER_HOME to a directory of its own");
  }

  private static void assertPermissions(Path path, String expected) throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo(expected);
  }
}
