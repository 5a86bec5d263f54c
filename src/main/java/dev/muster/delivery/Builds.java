package dev.muster.delivery;

import dev.muster.delivery.Build.Target;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * All builds. The database has every archive, in pieces; each process keeps a copy of those that it
 * brings to hosts.
 */
@Component
public class Builds {

  private static final int PIECE = 1 << 20;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final PackageSettings settings;
  private final ConcurrentHashMap<String, ReentrantLock> fetching = new ConcurrentHashMap<>();

  public Builds(JdbcClient jdbc, TransactionTemplate transaction, PackageSettings settings) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.settings = settings;
  }

  /**
   * Takes an archive, as a whole or not at all. The same archive may come again.
   *
   * @param expected its SHA-256 in hex, null if it was not told
   * @throws BadPackageException if it is too large, not what was expected, no archive that may be
   *     unpacked, or if another archive is kept for the target
   * @throws IOException if the stream breaks off
   */
  public Build take(Target target, InputStream archive, @Nullable String expected, String by)
      throws BadPackageException, IOException {
    Path arriving = Files.createTempFile(directory(), "arriving-", "");
    try {
      String sha256 = write(archive, arriving);
      if (expected != null && !expected.equalsIgnoreCase(sha256)) {
        throw new BadPackageException(
            "its SHA-256 is %s and not %s: it was changed on the way".formatted(sha256, expected));
      }
      Archive.check(arriving);
      Build build =
          transaction.execute(status -> insert(target, sha256, arriving, by).orElse(null));
      if (build == null) {
        throw new BadPackageException(
            "%s %s for %s %s is kept already, with other bytes: delete that one, or give this one another version"
                .formatted(target.name(), target.version(), target.osType(), target.cpu()));
      }
      Files.move(arriving, copy(sha256), StandardCopyOption.ATOMIC_MOVE);
      return build;
    } finally {
      Files.deleteIfExists(arriving);
    }
  }

  private String write(InputStream archive, Path to) throws BadPackageException, IOException {
    long most = settings.largest().toBytes();
    DigestInputStream digesting = new DigestInputStream(archive, DigestUtils.getSha256Digest());
    long bytes = 0;
    try (OutputStream out = Files.newOutputStream(to)) {
      byte[] piece = new byte[1 << 16];
      for (int n = digesting.read(piece); n >= 0; n = digesting.read(piece)) {
        bytes += n;
        if (bytes > most) {
          throw new BadPackageException(
              "it is larger than %d MB, which is the limit muster.packages.largest"
                  .formatted(settings.largest().toMegabytes()));
        }
        out.write(piece, 0, n);
      }
    }
    return HexFormat.of().formatHex(digesting.getMessageDigest().digest());
  }

  /** Empty if another archive is kept for the target. */
  private Optional<Build> insert(Target target, String sha256, Path archive, String by) {
    jdbc.sql(
            """
            insert into package (name, version, os_type, cpu, sha256, bytes, stored_by)
            values (:name, :version, :os, :cpu, :sha256, :bytes, :by) on conflict do nothing
            """)
        .param("name", target.name())
        .param("version", target.version())
        .param("os", target.osType())
        .param("cpu", target.cpu())
        .param("sha256", sha256)
        .param("bytes", size(archive))
        .param("by", by)
        .update();
    Optional<Build> build =
        all().stream()
            .filter(b -> b.target().equals(target) && b.sha256().equals(sha256))
            .findFirst();
    if (build.isPresent()) {
      insertParts(sha256, archive);
    }
    return build;
  }

  private void insertParts(String sha256, Path archive) {
    try (InputStream in = Files.newInputStream(archive)) {
      byte[] piece = in.readNBytes(PIECE);
      for (int part = 0; piece.length > 0; part++) {
        jdbc.sql(
                "insert into package_part (sha256, part, bytes) values (:sha256, :part, :bytes) on conflict do nothing")
            .param("sha256", sha256)
            .param("part", part)
            .param("bytes", piece)
            .update();
        piece = in.readNBytes(PIECE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By name, and the latest version first. */
  public List<Build> all() {
    return jdbc
        .sql("select * from package order by name, os_type, cpu")
        .query(Builds::build)
        .list()
        .stream()
        .sorted(
            Comparator.comparing((Build b) -> b.target().name())
                .thenComparing(Build.BY_VERSION.reversed()))
        .toList();
  }

  /** Of these bytes; jobs that have chosen it and not brought it yet fail for the want of it. */
  public boolean delete(long id) {
    return Boolean.TRUE.equals(
        transaction.execute(
            status -> {
              boolean deleted =
                  jdbc.sql("delete from package where id = :id").param("id", id).update() == 1;
              jdbc.sql(
                      "delete from package_part p where not exists (select from package b where b.sha256 = p.sha256)")
                  .update();
              return deleted;
            }));
  }

  public Optional<Build> find(long id) {
    return jdbc.sql("select * from package where id = :id")
        .param("id", id)
        .query(Builds::build)
        .optional();
  }

  /** All builds of a name. */
  List<Build> of(String name) {
    return jdbc.sql("select * from package where name = :name")
        .param("name", name)
        .query(Builds::build)
        .list();
  }

  /**
   * The archive, as a file of this machine.
   *
   * @throws BadPackageException if it was deleted meanwhile
   */
  Path archive(Build build) throws BadPackageException {
    ReentrantLock lock = fetching.computeIfAbsent(build.sha256(), digest -> new ReentrantLock());
    lock.lock();
    try {
      Path copy = copy(build.sha256());
      if (!Files.exists(copy)) {
        fetch(build, copy);
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private void fetch(Build build, Path copy) throws IOException, BadPackageException {
    Path arriving = Files.createTempFile(directory(), "arriving-", "");
    try {
      try (OutputStream out = Files.newOutputStream(arriving)) {
        for (long at = 0, part = 0; at < build.bytes(); part++) {
          byte[] piece = piece(build, part);
          out.write(piece);
          at += piece.length;
        }
      }
      Files.move(arriving, copy, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(arriving);
    }
  }

  private byte[] piece(Build build, long part) throws BadPackageException {
    return jdbc.sql("select bytes from package_part where sha256 = :sha256 and part = :part")
        .param("sha256", build.sha256())
        .param("part", part)
        .query(byte[].class)
        .optional()
        .orElseThrow(
            () ->
                new BadPackageException(
                    "%s %s was deleted"
                        .formatted(build.target().name(), build.target().version())));
  }

  private Path directory() throws IOException {
    return Files.createDirectories(settings.copies());
  }

  private Path copy(String sha256) {
    return settings.copies().resolve(sha256);
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Build build(ResultSet row, int n) throws SQLException {
    return new Build(
        row.getLong("id"),
        new Target(
            row.getString("name"),
            row.getString("version"),
            row.getString("os_type"),
            row.getString("cpu")),
        row.getString("sha256"),
        row.getLong("bytes"),
        row.getString("stored_by"),
        row.getTimestamp("stored_at").toInstant());
  }
}
