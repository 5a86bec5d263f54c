package dev.muster.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Speaks to muster as any caller would: over its HTTP endpoint.
 *
 * <p>Every method throws {@link UncheckedIOException} if there is no answer, and {@link
 * IllegalStateException} with muster's own words if it refuses.
 */
final class MusterClient {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final URI address;

  MusterClient(URI address) {
    this.address = address;
  }

  /** What muster answered when a job was accepted. */
  record Accepted(long id, String url) {}

  /** A host that did not succeed. */
  record FailedHost(long host, String reason, String detail) {}

  /** Imports the lines and answers how many hosts there are. */
  int importInventory(String lines) {
    JsonNode report = post("/api/inventory/import", "application/x-ndjson", lines);
    if (report.path("rejected_count").asInt() > 0) {
      throw new IllegalStateException("muster rejects lines of the inventory: " + report);
    }
    return report.path("imported").path("host").asInt();
  }

  Accepted operate(String body) {
    JsonNode answer = post("/api/job/operate/", "application/json", body);
    return new Accepted(answer.path("job_id").asLong(), answer.path("job_url").asString());
  }

  JobNow job(long id) {
    return find(id).orElseThrow(() -> new IllegalStateException("muster does not know job " + id));
  }

  /** Empty if muster does not know the job. */
  Optional<JobNow> find(long id) {
    JsonNode answer = send(request("/api/job/%d/summary/".formatted(id)).GET().build());
    return answer.path("result").asBoolean()
        ? Optional.of(JobNow.of(data(answer)))
        : Optional.empty();
  }

  List<FailedHost> failed(long id) {
    JsonNode details =
        post(
            "/api/job/%d/details/".formatted(id),
            "application/json",
            """
            {"pagesize": -1, "conditions": [{"key": "status", "value": ["FAILED"]}]}""");
    List<FailedHost> failed = new ArrayList<>();
    for (JsonNode row : details.path("list")) {
      failed.add(
          new FailedHost(
              row.path("bk_host_id").asLong(),
              row.path("reason").asString(""),
              row.path("detail").asString("")));
    }
    return failed;
  }

  private JsonNode post(String path, String contentType, String body) {
    return data(
        send(
            request(path)
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofString(body))
                .build()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path))
        .timeout(PATIENCE)
        .header("Accept-Language", "en");
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      return JsonMapper.shared().readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException("muster does not answer at " + request.uri(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while muster was asked", e);
    }
  }

  private static JsonNode data(JsonNode answer) {
    if (!answer.path("result").asBoolean()) {
      throw new IllegalStateException("muster refuses: " + answer.path("message").asString(""));
    }
    return answer.path("data");
  }
}
