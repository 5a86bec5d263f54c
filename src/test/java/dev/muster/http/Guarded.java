package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.muster.job.JobOperator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The edge and the page behind a real web server, with identities. Jobs are operated by a {@link
 * FakeOperator} unless a test brings its own.
 */
final class Guarded implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** As slow as a hash has to be, not as it should be. */
  private static final BCryptPasswordEncoder QUICK = new BCryptPasswordEncoder(4);

  private final ConfigurableApplicationContext context;
  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

  private Guarded(ConfigurableApplicationContext context) {
    this.context = context;
  }

  static Guarded start(Map<String, String> settings) {
    return start(new Edge.AbsentDatabase(), null, settings);
  }

  /** The settings are those below {@code muster.security}. */
  static Guarded start(
      DataSource database, @Nullable JobOperator operator, Map<String, String> settings) {
    SpringApplication application = new SpringApplication(Served.class);
    application.addInitializers(
        fresh -> {
          fresh.getBeanFactory().registerSingleton("database", database);
          if (operator != null) {
            fresh.getBeanFactory().registerSingleton("operator", operator);
            fresh.addBeanFactoryPostProcessor(
                factory ->
                    factory.getBeanDefinition("dev.muster.http.FakeOperator").setFallback(true));
          }
        });
    Map<String, String> all =
        new LinkedHashMap<>(
            Map.of(
                "muster.local.enabled", "false",
                "server.port", "0",
                "muster.public-url", "http://muster.example"));
    all.putAll(settings);
    List<String> arguments = new ArrayList<>();
    all.forEach((key, value) -> arguments.add("--" + key(key) + "=" + value));
    return new Guarded(application.run(arguments.toArray(String[]::new)));
  }

  private static String key(String key) {
    return key.startsWith("server.") || key.startsWith("muster.") ? key : "muster.security." + key;
  }

  static String hash(String secret) {
    return "{bcrypt}" + QUICK.encode(secret);
  }

  static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  FakeOperator operator() {
    return context.getBean(FakeOperator.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  URI at(String path) {
    return URI.create(
        "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
  }

  /** Asks for a restart of host 1, with these fields besides. */
  Answer operate(Map<String, String> fields, String... headers) {
    Map<String, Object> body = new LinkedHashMap<>(fields);
    body.put("job_type", "RESTART_AGENT");
    body.put("bk_host_id", List.of(1));
    return post("/api/job/operate/", JsonMapper.shared().writeValueAsString(body), headers);
  }

  Answer post(String path, String json, String... headers) {
    return send(
        path,
        r -> r.POST(BodyPublishers.ofString(json)).header("Content-Type", "application/json"),
        headers);
  }

  Answer get(String path, String... headers) {
    return send(path, HttpRequest.Builder::GET, headers);
  }

  Answer send(String path, UnaryOperator<HttpRequest.Builder> details, String... headers) {
    HttpRequest.Builder request = details.apply(HttpRequest.newBuilder(at(path)).timeout(PATIENCE));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return new Answer(client.send(request.build(), BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  /** What a client gets. */
  record Answer(HttpResponse<String> response) {

    int status() {
      return response.statusCode();
    }

    String text() {
      return response.body();
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(text());
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    Answer isOk() {
      assertThat(status()).as(text()).isEqualTo(200);
      assertThat(json().path("result").asBoolean()).as(text()).isTrue();
      return this;
    }

    /** In the form of the gateway (rest.md §2). */
    Answer isRefusedByGateway(int code, String message) {
      assertThat(status()).as(text()).isEqualTo(200);
      assertThat(json().propertyNames())
          .as(text())
          .containsExactly("result", "code", "data", "message", "request_id");
      assertThat(json().get("result").asBoolean()).isFalse();
      assertThat(json().get("code").asInt()).as(text()).isEqualTo(code);
      assertThat(json().get("data").isNull()).isTrue();
      assertThat(json().get("message").asString()).isEqualTo(message);
      assertThat(json().get("request_id").asString()).matches("[0-9a-f]{32}");
      return this;
    }

    /** In the form of the service (rest.md §1). */
    Answer isError(int httpStatus, int code, String message) {
      assertThat(status()).as(text()).isEqualTo(httpStatus);
      assertThat(json().propertyNames())
          .as(text())
          .containsExactly("result", "code", "data", "message", "errors");
      assertThat(json().get("message").asString()).isEqualTo(message + "（" + code + "）");
      assertThat(json().get("code").asInt()).isEqualTo(code);
      return this;
    }
  }

  /** A server of somebody else, on this machine. */
  static HttpServer server() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String address(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Import(Edge.Served.class)
  @ImportAutoConfiguration({
    PropertyPlaceholderAutoConfiguration.class,
    TomcatServletWebServerAutoConfiguration.class
  })
  @ComponentScan("dev.muster.page")
  static class Served {}
}
