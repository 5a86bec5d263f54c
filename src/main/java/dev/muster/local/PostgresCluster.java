package dev.muster.local;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * The data directory of the local PostgreSQL and the password of its only user.
 *
 * <p>Whoever can read {@code pg/password} is that user; nobody else can log in.
 */
record PostgresCluster(Path data, String password) {

  static final String USER = "muster";

  private static final int PASSWORD_BYTES = 24;

  /** How far a clock may move between the start of a process and its note of that time. */
  private static final int CLOCK_SECONDS = 5;

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  /**
   * Returns the cluster in {@code parent}, created on first use; it appears whole or not at all.
   *
   * @throws LocalServerRefusal if what is there cannot be used with these programs
   */
  static PostgresCluster in(Path parent, PostgresPrograms programs, Account account)
      throws IOException, InterruptedException {
    Path data = parent.resolve("data");
    Path secret = parent.resolve("password");
    if (!Files.isDirectory(data)) {
      if (!Files.exists(secret)) {
        writeWhole(parent, secret, newPassword());
      }
      create(parent, data, Files.readString(secret).strip(), programs, account);
    }
    if (!Files.exists(secret)) {
      throw new LocalServerRefusal(
          "%s is missing: restore it, or remove %s to begin with an empty database"
              .formatted(secret, data));
    }
    account.own(data);
    return new PostgresCluster(data, Files.readString(secret).strip());
  }

  private static String newPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static void writeWhole(Path parent, Path file, String text) throws IOException {
    Path next = Files.createTempFile(parent, "password", ".next", OWNER_ONLY);
    Files.writeString(next, text + "\n");
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void create(
      Path parent, Path data, String password, PostgresPrograms programs, Account account)
      throws IOException, InterruptedException {
    Path fresh = Files.createTempDirectory(parent, "initdb-", OWNER_ONLY_DIRECTORY);
    Path secret = Files.createTempFile(parent, "password", ".initdb", OWNER_ONLY);
    Path log = parent.resolve("initdb.log");
    try {
      Files.writeString(secret, password + "\n");
      account.own(secret);
      account.own(fresh);
      ProcessBuilder initdb =
          new ProcessBuilder(account.command(initdb(programs, fresh, secret)))
              .directory(new File("/"))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.to(log.toFile()));
      initdb.environment().put("LC_ALL", "C");
      initdb.environment().put("TZ", "UTC");
      if (initdb.start().waitFor() != 0) {
        throw new LocalServerRefusal(
            "initdb fails: see %s, or configure spring.datasource.url".formatted(log));
      }
      Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(secret);
    }
  }

  private static List<String> initdb(PostgresPrograms programs, Path data, Path secret) {
    return List.of(
        programs.program("initdb").toString(),
        "--pgdata=" + data,
        "--username=" + USER,
        "--pwfile=" + secret,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--locale=C",
        "--builtin-locale=C.UTF-8");
  }

  /**
   * Removes the note of a postmaster that was killed, if its number belongs to somebody else by
   * now: PostgreSQL would take any living process for itself. It still refuses to start beside
   * children of the killed one, which it knows by their shared memory.
   */
  void forgetDeadPostmaster() throws IOException {
    Path note = data.resolve("postmaster.pid");
    if (Files.exists(note) && !namesLivingPostmaster(Files.readAllLines(note))) {
      Files.delete(note);
    }
  }

  private static boolean namesLivingPostmaster(List<String> note) {
    try {
      long pid = Long.parseLong(note.get(0).strip());
      Instant noted = Instant.ofEpochSecond(Long.parseLong(note.get(2).strip()));
      return OsProcess.find(pid).isPresent() && !startedAfter(pid, noted);
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      // Cut short by a crash of the machine.
      return false;
    }
  }

  private static boolean startedAfter(long pid, Instant noted) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .filter(started -> started.isAfter(noted.plusSeconds(CLOCK_SECONDS)))
        .isPresent();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "PostgresCluster[" + data + "]";
  }
}
