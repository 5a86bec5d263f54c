package dev.muster.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.NeedsLab;
import dev.muster.local.NeedsTemporal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the README's section "On your own hosts", as they stand there: a shell runs them
 * in a home directory of the test's own. Only the example addresses and the port are other ones.
 */
@NeedsLab
@NeedsTemporal
class OwnHostsIT {

  @TempDir private Path temp;

  @Test
  void theCommandsOfTheReadmeRestartTwoHosts() throws IOException, InterruptedException {
    int port = MusterProcess.freePort();
    Process muster = null;
    try (Lab lab = Lab.start(2)) {
      List<LabHost> hosts = lab.hosts();
      String commands =
          block()
              .replace("192.0.2.11", hosts.getFirst().address())
              .replace("192.0.2.12", hosts.getLast().address())
              .replace(":8080", ":" + port);
      newcomer(lab);
      Since since = Since.now(lab);

      int start = commands.indexOf("mvn spring-boot:run");
      int after = commands.indexOf('\n', start) + 1;
      shell(commands.substring(0, start), port).waitFor();
      muster = shell("exec " + commands.substring(start, after), port);
      Path log = temp.resolve("log");
      Awaitility.await("muster imports; its log: " + log)
          .atMost(Duration.ofMinutes(3))
          .until(() -> Files.readString(log).contains("imported {host=2}"));
      assertThat(shell(commands.substring(after), port).waitFor()).isZero();

      assertThat(Files.readString(log)).contains("\"job_id\":1").contains("\"total_count\":2");
      Awaitility.await("both hosts succeed; log: " + log)
          .atMost(Duration.ofMinutes(1))
          .until(
              () ->
                  new Api("http://127.0.0.1:" + port)
                      .summary(1)
                      .get("status")
                      .asString()
                      .equals("SUCCESS"));
      assertThat(since.starts().values()).containsExactly(1, 1);
    } finally {
      if (muster != null) {
        end(muster);
      }
    }
  }

  private static String block() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    int begin = readme.indexOf("```sh\n", readme.indexOf("<!-- own-hosts -->")) + 6;
    return readme.substring(begin, readme.indexOf("```", begin));
  }

  /**
   * A home with a key, and programs that look into this home and not into that of the machine's
   * user.
   */
  private void newcomer(Lab lab) throws IOException, InterruptedException {
    Path ssh = Files.createDirectories(temp.resolve("home/.ssh"));
    Files.copy(lab.identity(), ssh.resolve("id_ed25519"));
    Files.setPosixFilePermissions(
        ssh.resolve("id_ed25519"), PosixFilePermissions.fromString("rw-------"));
    Process publicKey =
        new ProcessBuilder("ssh-keygen", "-y", "-f", ssh.resolve("id_ed25519").toString())
            .redirectOutput(ssh.resolve("id_ed25519.pub").toFile())
            .start();
    assertThat(publicKey.waitFor()).isZero();
    program(
        "ssh",
        "exec /usr/bin/ssh -o UserKnownHostsFile=$HOME/.ssh/known_hosts -i $HOME/.ssh/id_ed25519 \"$@\"");
    program(
        "mvn",
        "exec %s -q -o -B -Dspotless.check.skip -Dmaven.test.skip \"-Dspring-boot.run.jvmArguments=-Duser.home=$HOME\" \"$@\""
            .formatted(which("mvn")));
    program("temporal", "exec %s \"$@\"".formatted(NeedsTemporal.Executable.path()));
    checkout();
  }

  private void program(String name, String script) throws IOException {
    Path file = Files.createDirectories(temp.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static Path which(String program) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  /** What Maven needs to run it; the checkout of the tests stays as it is. */
  private void checkout() throws IOException {
    Path to = Files.createDirectories(temp.resolve("checkout"));
    Files.copy(Path.of("pom.xml"), to.resolve("pom.xml"));
    try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
      files.forEach(
          file -> {
            try {
              Files.createDirectories(to.resolve(file).getParent());
              Files.copy(file, to.resolve(file));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  private Process shell(String script, int port) throws IOException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-ec", script);
    builder.directory(temp.resolve("checkout").toFile());
    builder.environment().put("HOME", temp.resolve("home").toString());
    builder.environment().put("PATH", temp.resolve("bin") + ":" + System.getenv("PATH"));
    builder.environment().put("MUSTER_HOME", temp.resolve("home/.muster").toString());
    builder.environment().put("SERVER_PORT", String.valueOf(port));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(temp.resolve("log").toFile()));
    return builder.start();
  }

  /** Maven passes the end on to muster, which stops its servers. */
  private static void end(Process muster) {
    List<ProcessHandle> all =
        Stream.concat(Stream.of(muster.toHandle()), muster.descendants()).toList();
    all.reversed().forEach(ProcessHandle::destroy);
    Awaitility.await("muster ends")
        .atMost(Duration.ofMinutes(1))
        .until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
  }
}
