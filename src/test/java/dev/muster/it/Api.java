package dev.muster.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client sees. */
public final class Api {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private final String base;

  public Api(String base) {
    this.base = base;
  }

  public String base() {
    return base;
  }

  public boolean answers() {
    try {
      return send("GET", "/api/job/0/summary/", null, null).body().contains("3801012");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  public HttpResponse<String> send(
      String method, String path, String contentType, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(Duration.ofSeconds(60));
    if (contentType != null) {
      request.header("Content-Type", contentType);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    request.method(
        method,
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public JsonNode post(String path, String json, String... headers) {
    return JSON.readTree(send("POST", path, "application/json", json, headers).body());
  }

  public JsonNode importLines(String ndjson) {
    return JSON.readTree(
        send("POST", "/api/inventory/import", "application/x-ndjson", ndjson).body());
  }

  public long operate(String json, String... headers) {
    JsonNode answer = post("/api/job/operate/", json, headers);
    if (!answer.get("result").asBoolean()) {
      throw new IllegalStateException(answer.toString());
    }
    return answer.get("data").get("job_id").asLong();
  }

  public JsonNode details(long job) {
    return post("/api/job/" + job + "/details/", "{\"pagesize\": -1}").get("data");
  }

  public JsonNode summary(long job) {
    return JSON.readTree(send("GET", "/api/job/" + job + "/summary/", null, null).body())
        .get("data");
  }

  public List<JsonNode> rows(long job) {
    return new ArrayList<>(details(job).get("list").values());
  }

  JsonNode log(long job, long host) {
    return JSON.readTree(
            send(
                    "GET",
                    "/api/job/" + job + "/log/?instance_id=host%7Cinstance%7Chost%7C" + host,
                    null,
                    null)
                .body())
        .get("data");
  }

  public JsonNode revoke(long job) {
    return post("/api/job/" + job + "/revoke/", "{\"instance_id_list\": []}");
  }

  JsonNode awaitDetails(long job, Duration atMost, Predicate<JsonNode> condition) {
    return Awaitility.await("job " + job)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(200))
        .ignoreExceptions()
        .until(() -> details(job), condition);
  }

  JsonNode awaitEnd(long job, Duration atMost) {
    return awaitDetails(
        job,
        atMost,
        d -> List.of("SUCCESS", "FAILED", "PART_FAILED").contains(d.get("status").asString()));
  }
}
