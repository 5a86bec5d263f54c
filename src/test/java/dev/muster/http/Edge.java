package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.request;

import dev.muster.delivery.Builds;
import dev.muster.delivery.PackageSettings;
import dev.muster.inventory.Exporter;
import dev.muster.inventory.HostSearch;
import dev.muster.inventory.Hosts;
import dev.muster.inventory.Importer;
import dev.muster.projection.AuditViews;
import dev.muster.projection.Failures;
import dev.muster.projection.JobLists;
import dev.muster.projection.JobViews;
import dev.muster.projection.StepLogs;
import dev.muster.projection.Wording;
import dev.muster.roster.StalledJobs;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.RunbookSettings;
import dev.muster.runbook.Shelf;
import dev.muster.security.Rights;
import dev.muster.security.SecuritySettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.converter.autoconfigure.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.FileSystemResourceLoader;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.DefaultMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The edge as it is served: our controllers, our translator of exceptions and our filter in
 * Spring's own servlet with our settings. Jobs are operated by a {@link FakeOperator}.
 */
final class Edge {

  static final String HOST = "127.0.0.1:8080";

  private static final DataSource ABSENT = new AbsentDatabase();
  private static final Map<DataSource, Edge> STARTED = new ConcurrentHashMap<>();

  private final ConfigurableApplicationContext context;
  private final MockMvc mvc;

  private Edge(ConfigurableApplicationContext context) {
    this.context = context;
    DefaultMockMvcBuilder builder =
        MockMvcBuilders.webAppContextSetup((WebApplicationContext) context);
    context.getBeanProvider(Filter.class).orderedStream().forEach(builder::addFilter);
    this.mvc = builder.build();
  }

  /**
   * Without a database: whatever needs it meets a refused connection. Its operator has forgotten
   * what it was told before.
   */
  static Edge withoutDatabase() {
    Edge edge = with(ABSENT);
    edge.operator().forget();
    return edge;
  }

  /** Started once for each database. */
  static Edge with(DataSource database) {
    return STARTED.computeIfAbsent(database, Edge::start);
  }

  private static Edge start(DataSource database) {
    SpringApplication application = new SpringApplication(Served.class);
    application.setApplicationContextFactory(
        type ->
            new GenericWebApplicationContext(
                new MockServletContext(new FileSystemResourceLoader())));
    application.setDefaultProperties(Map.of("muster.local.enabled", false));
    application.addInitializers(
        fresh -> fresh.getBeanFactory().registerSingleton("database", database));
    return new Edge(
        application.run(
            "--muster.public-url=http://muster.example:9000/",
            "--muster.packages.copies=target/packages"));
  }

  FakeOperator operator() {
    return context.getBean(FakeOperator.class);
  }

  /** Posts JSON as an honest client of this machine does. */
  Answer post(String path, String json) {
    return send(HttpMethod.POST, path, r -> r.contentType("application/json").content(json));
  }

  Answer post(String path, String contentType, String body) {
    return send(HttpMethod.POST, path, r -> r.contentType(contentType).content(body));
  }

  Answer get(String path) {
    return send(HttpMethod.GET, path, r -> r);
  }

  Answer send(
      HttpMethod method, String path, UnaryOperator<MockHttpServletRequestBuilder> details) {
    return sendBare(method, path, r -> details.apply(r.header("Host", HOST)));
  }

  /** Sends a request that names no host by itself. */
  Answer sendBare(
      HttpMethod method, String path, UnaryOperator<MockHttpServletRequestBuilder> details) {
    try {
      return Answer.of(
          mvc.perform(details.apply(request(method, URI.create(path)))).andReturn().getResponse());
    } catch (Exception e) {
      throw new AssertionError("an exception reached the client: " + e, e);
    }
  }

  /** As the given caller, with these rights. */
  Answer as(Rights rights, HttpMethod method, String path, String json) {
    return send(
        method,
        path,
        r ->
            r.requestAttr(GivenRights.GIVEN, rights).contentType("application/json").content(json));
  }

  /** What a client gets. */
  record Answer(int status, String text) {

    static Answer of(MockHttpServletResponse response) {
      return new Answer(
          response.getStatus(),
          new String(response.getContentAsByteArray(), StandardCharsets.UTF_8));
    }

    JsonNode json() {
      return JsonMapper.shared().readTree(text);
    }

    JsonNode data() {
      return json().get("data");
    }

    /** Success: exactly the four keys of the contract. */
    Answer isOk() {
      assertThat(status).as(text).isEqualTo(200);
      assertThat(json().propertyNames())
          .as(text)
          .containsExactly("result", "data", "code", "message");
      assertThat(json().get("result").asBoolean()).as(text).isTrue();
      assertThat(json().get("code").asInt()).isZero();
      assertThat(json().get("message").asString()).isEmpty();
      return this;
    }

    /** An error of the contract: five keys, the code behind the message, nothing of our insides. */
    Answer isError(int httpStatus, int code, String message) {
      return isError(httpStatus, String.valueOf(code), message);
    }

    /** HTTP 200, and a code that may be text. */
    Answer isRefused(String code, String message) {
      return isError(200, code, message);
    }

    private Answer isError(int httpStatus, String code, String message) {
      assertThat(status).as(text).isEqualTo(httpStatus);
      assertThat(json().propertyNames())
          .as(text)
          .containsExactly("result", "code", "data", "message", "errors");
      assertThat(json().get("result").asBoolean()).isFalse();
      assertThat(json().get("errors").isNull()).isTrue();
      assertThat(json().get("message").asString()).isEqualTo(message + "（" + code + "）");
      assertThat(json().get("code").asString()).isEqualTo(code);
      assertThat(text).doesNotContain("Exception", "dev.muster", "java.", "\tat ");
      return this;
    }
  }

  /** No connection is ever had. */
  static final class AbsentDatabase extends AbstractDataSource {

    @Override
    public Connection getConnection() throws SQLException {
      throw new SQLException("connection to 127.0.0.1:15432 refused");
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      return getConnection();
    }
  }

  /** Gives a request the rights that a test has put on it, whoever sends it. */
  static final class GivenRights extends OncePerRequestFilter {

    static final String GIVEN = "given rights";

    @Override
    protected void doFilterInternal(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws ServletException, IOException {
      if (request.getAttribute(GIVEN) instanceof Rights rights) {
        request.setAttribute(Rights.class.getName(), rights);
      }
      chain.doFilter(request, response);
    }
  }

  @ComponentScan(basePackageClasses = Rights.class)
  @EnableTransactionManagement(proxyTargetClass = true)
  @EnableConfigurationProperties({
    ServerProperties.class,
    SecuritySettings.class,
    PackageSettings.class
  })
  @ImportAutoConfiguration({
    DispatcherServletAutoConfiguration.class,
    WebMvcAutoConfiguration.class,
    ErrorMvcAutoConfiguration.class,
    HttpMessageConvertersAutoConfiguration.class,
    JacksonAutoConfiguration.class
  })
  @Import({
    OperateController.class,
    ControlController.class,
    Shelf.class,
    JobController.class,
    InventoryController.class,
    PackageController.class,
    RecordController.class,
    Errors.class,
    EdgeConfiguration.class,
    GivenRights.class,
    FakeOperator.class,
    Builds.class,
    Importer.class,
    Hosts.class,
    Exporter.class,
    HostSearch.class,
    Failures.class,
    JobViews.class,
    JobLists.class,
    StepLogs.class,
    AuditViews.class,
    StalledJobs.class,
    Wording.class
  })
  static class Served {

    @Bean
    static Clock clock() {
      return Clock.systemUTC();
    }

    @Bean
    static PrometheusMeterRegistry numbers() {
      return new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    }

    @Bean
    static Catalog catalog() {
      return new Catalog(new RunbookSettings(null, "gse"));
    }

    @Bean
    static JdbcClient jdbcClient(DataSource database) {
      return JdbcClient.create(database);
    }

    @Bean
    static NamedParameterJdbcTemplate namedParameterJdbcTemplate(DataSource database) {
      return new NamedParameterJdbcTemplate(database);
    }

    @Bean
    static DataSourceTransactionManager transactionManager(DataSource database) {
      return new DataSourceTransactionManager(database);
    }

    @Bean
    static TransactionTemplate transactionTemplate(PlatformTransactionManager manager) {
      return new TransactionTemplate(manager);
    }
  }
}
