package dev.muster.http;

import dev.muster.delivery.BadPackageException;
import dev.muster.delivery.Build;
import dev.muster.delivery.Build.Target;
import dev.muster.delivery.Builds;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The packages that hosts are given. They are for all businesses, so who keeps them is ADMIN of
 * all.
 */
@RestController
class PackageController {

  private final Builds builds;

  PackageController(Builds builds) {
    this.builds = builds;
  }

  /**
   * Takes a gzipped tar archive, read as a stream. The same one may come again.
   *
   * @param sha256 of the archive in hex, if the sender knows it
   */
  @PutMapping(
      path = {
        "/api/package/{name}/{version}/{os}/{cpu}/",
        "/api/package/{name}/{version}/{os}/{cpu}"
      },
      consumes = {"application/gzip", "application/octet-stream"})
  @Needs(Role.ADMIN)
  Envelope take(
      HttpServletRequest http,
      Rights rights,
      @PathVariable("name") String name,
      @PathVariable("version") String version,
      @PathVariable("os") String os,
      @PathVariable("cpu") String cpu,
      @RequestParam(name = "sha256", required = false) @Nullable String sha256)
      throws IOException {
    requireAdmin(rights);
    Target target =
        new Target(
            word("name", name),
            word("version", version),
            word("os", os).toLowerCase(Locale.ROOT),
            Build.cpu(word("cpu", cpu)));
    try {
      return Envelope.ok(
          json(builds.take(target, http.getInputStream(), sha256, rights.caller().user())));
    } catch (BadPackageException e) {
      throw ApiException.validation(Message.BAD_PACKAGE, String.valueOf(e.getMessage()));
    }
  }

  /** All of them, by name, the latest version first. */
  @GetMapping({"/api/package/", "/api/package"})
  @Needs(Role.VIEW)
  Envelope list() {
    return Envelope.ok(builds.all().stream().map(PackageController::json).toList());
  }

  @DeleteMapping({"/api/package/{id}/", "/api/package/{id}"})
  @Needs(Role.ADMIN)
  Envelope delete(@PathVariable("id") long id, Rights rights) {
    requireAdmin(rights);
    if (!builds.delete(id)) {
      throw ApiException.validation(Message.NO_SUCH_PACKAGE, id);
    }
    return Envelope.ok(Map.of("id", id));
  }

  private static void requireAdmin(Rights rights) {
    if (!rights.superuser()) {
      throw ApiException.of(3_800_403, Message.PACKAGES_NEED_ADMIN);
    }
  }

  private static String word(String field, String text) {
    if (!Target.isWord(text)) {
      throw ApiException.validation(Message.NOT_A_WORD, field, text);
    }
    return text;
  }

  private static Map<String, Object> json(Build build) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", build.id());
    json.put("name", build.target().name());
    json.put("version", build.target().version());
    json.put("os", build.target().osType());
    json.put("cpu", build.target().cpu());
    json.put("sha256", build.sha256());
    json.put("bytes", build.bytes());
    json.put("stored_by", build.storedBy());
    json.put("stored_at", JobJson.time(build.storedAt()));
    return json;
  }
}
