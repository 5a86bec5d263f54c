package dev.muster.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * The directory in which muster keeps what its local servers need, held by one muster at a time.
 *
 * <p>An open home is locked: whoever has one may start, adopt and stop the servers recorded in it.
 * Close it after the servers. The kernel releases the lock when the process ends in any other way.
 */
public final class Home implements AutoCloseable {

  /** {@code muster.home} or, as an environment variable, {@code MUSTER_HOME}. */
  static final String PROPERTY = "muster.home";

  /** Keeps data and processes in a directory inside the home; programs stay shared. */
  static final String SUBDIRECTORY = "muster.local.subdirectory";

  /**
   * Homes open in this process. POSIX drops all of a process's locks on a file as soon as it closes
   * any descriptor of it, so a second attempt must not even open the lock file.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final Path shared;
  private final FileChannel lock;

  private Home(Path root, Path shared, FileChannel lock) {
    this.root = root;
    this.shared = shared;
    this.lock = lock;
  }

  /**
   * Opens the configured home, and creates it if need be.
   *
   * @throws LocalServerRefusal if another muster holds it, or it cannot be written
   */
  public static Home open(Environment environment) {
    Path shared = configured(environment);
    String subdirectory = environment.getProperty(SUBDIRECTORY, "");
    return open(shared.resolve(subdirectory), shared);
  }

  /**
   * Opens a home of the caller's choice.
   *
   * @throws LocalServerRefusal as {@link #open(Environment)}
   */
  public static Home open(Path root) {
    return open(root, root);
  }

  /** {@code shared} holds what several homes can use at once: the unpacked programs. */
  static Home open(Path root, Path shared) {
    try {
      Path realShared = directory(shared).toRealPath();
      Path realRoot = directory(root).toRealPath();
      return new Home(realRoot, realShared, lock(realRoot));
    } catch (IOException e) {
      throw new LocalServerRefusal(
          "muster cannot use " + root + " (" + e + "): set MUSTER_HOME to a directory of its own",
          e);
    }
  }

  /** Where the configured home is, whether or not it exists. */
  static Path configured(Environment environment) {
    String home = environment.getProperty(PROPERTY, "");
    return home.isBlank()
        ? Path.of(System.getProperty("user.home"), ".muster")
        : Path.of(home).toAbsolutePath();
  }

  private static FileChannel lock(Path root) throws IOException {
    if (!HELD.add(root)) {
      throw held(root, Long.toString(ProcessHandle.current().pid()));
    }
    Path file = root.resolve("lock");
    @Nullable FileChannel channel = null;
    @Nullable FileLock lock = null;
    try {
      channel =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      lock = channel.tryLock();
      if (lock == null) {
        throw held(root, Files.readString(file).strip());
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
      return channel;
    } finally {
      if (lock == null) {
        HELD.remove(root);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  private static LocalServerRefusal held(Path root, String pid) {
    return new LocalServerRefusal(
        "another muster (pid %s) uses %s: stop it, or set MUSTER_HOME to another directory"
            .formatted(pid, root));
  }

  /** What runs, as which process, and what it printed. */
  Path run() {
    return subdirectory(root, "run");
  }

  /** The data of PostgreSQL and its password. */
  Path postgres() {
    return subdirectory(root, "pg");
  }

  /** PostgreSQL's programs, a directory for each version. */
  Path postgresPrograms() {
    return subdirectory(shared, "pg");
  }

  /** The database file of Temporal. */
  Path temporal() {
    return subdirectory(root, "temporal");
  }

  /** What another user has to pass through to reach PostgreSQL's programs and data. */
  List<Path> waysToPostgres() {
    return List.of(shared, postgresPrograms(), root, postgres());
  }

  private static Path subdirectory(Path parent, String name) {
    try {
      return directory(parent.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path directory(Path path) throws IOException {
    return Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** Where {@code deploy/temporal/install} puts the executable of Temporal. */
  static Optional<Path> program(Path home, String name) {
    return Optional.of(home.resolve("bin").resolve(name)).filter(SearchPath::isProgram);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release the lock of " + root, e);
    } finally {
      HELD.remove(root);
    }
  }
}
