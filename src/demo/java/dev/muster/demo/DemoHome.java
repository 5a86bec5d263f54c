package dev.muster.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.springframework.core.env.Environment;

/**
 * Where the demo keeps its things.
 *
 * @param muster the home of muster, whose programs the demo shares
 * @param directory everything of the demo; deleting it deletes the demo
 */
record DemoHome(Path muster, Path directory) {

  private static final String SUBDIRECTORY = "demo";

  /** What sends muster's local servers there. */
  static final Map<String, Object> PROPERTIES = Map.of("muster.local.subdirectory", SUBDIRECTORY);

  static DemoHome of(Environment environment) {
    String configured = environment.getProperty("muster.home", "");
    Path muster =
        configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".muster")
            : Path.of(configured).toAbsolutePath().normalize();
    return new DemoHome(muster, muster.resolve(SUBDIRECTORY));
  }

  /** A directory of its own for each host. */
  Path hosts() {
    return directory.resolve("hosts");
  }

  /** The private key that opens every host. */
  Path identity() {
    return directory.resolve("id_ed25519");
  }

  /** Read by muster at start: the profile of the demo's hosts. */
  Path runbooks() {
    return directory.resolve("runbooks");
  }

  /** The jobs of the last demo, one number a line. */
  Path jobs() {
    return directory.resolve("jobs");
  }

  void writeProfile() throws IOException {
    create(runbooks());
    Files.writeString(runbooks().resolve("demo.yaml"), resource("profile.yaml"));
  }

  static void create(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Writes a program in one go, so that one that runs just now is not changed. */
  static void writeProgram(Path file, String text) throws IOException {
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rwx------"));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A file of {@code src/demo/resources/demo}. */
  static String resource(String name) {
    try (InputStream in = DemoHome.class.getResourceAsStream("/demo/" + name)) {
      if (in == null) {
        throw new IllegalStateException("demo/" + name + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("demo/" + name, e);
    }
  }

  /** As people write it. */
  @Override
  public String toString() {
    Path home = Path.of(System.getProperty("user.home"));
    return directory.startsWith(home) ? "~/" + home.relativize(directory) : directory.toString();
  }
}
