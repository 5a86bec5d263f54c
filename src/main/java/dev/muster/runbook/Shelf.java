package dev.muster.runbook;

import dev.muster.job.JobType;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps every runbook that a job may be pinned to, so that a job goes on as it began, whatever has
 * become of the files since.
 */
@Component
public class Shelf {

  private final Catalog catalog;
  private final JdbcClient jdbc;
  private final Map<String, Runbook> known = new ConcurrentHashMap<>();

  public Shelf(Catalog catalog, JdbcClient jdbc) {
    this.catalog = catalog;
    this.jdbc = jdbc;
  }

  /** Puts what this process offers where every process finds it. */
  public void fill() {
    catalog
        .texts()
        .forEach(
            (runbook, text) ->
                jdbc.sql(
                        "insert into runbook (digest, type, text) values (:digest, :type, :text) on conflict do nothing")
                    .param("digest", runbook.digest())
                    .param("type", runbook.type().name())
                    .param("text", text)
                    .update());
  }

  /**
   * The runbook with this digest.
   *
   * @throws IllegalStateException if nobody ever offered it
   */
  public Runbook runbook(JobType type, String digest) {
    Optional<Runbook> current = catalog.runbook(type).filter(r -> r.digest().equals(digest));
    return current.orElseGet(() -> known.computeIfAbsent(digest, d -> read(type, d)));
  }

  private Runbook read(JobType type, String digest) {
    return jdbc.sql("select text from runbook where digest = :digest")
        .param("digest", digest)
        .query(String.class)
        .optional()
        .map(text -> Catalog.runbook(LocatedYaml.read("runbook " + digest, text)))
        .orElseThrow(
            () ->
                new IllegalStateException("there is no runbook %s for %s".formatted(digest, type)));
  }
}
