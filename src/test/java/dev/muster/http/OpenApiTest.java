package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.muster.job.InstanceState;
import dev.muster.job.Preview;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.projection.AuditViews;
import dev.muster.projection.Wording;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.RunbookSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The document of the API and the code name the same endpoints and the same words. */
class OpenApiTest {

  /** Other names of what is documented, for clients of the existing service's gateway. */
  private static final List<String> ALIASES = List.of("/api/c/", "/v2/");

  private final JsonNode document = read();

  private static JsonNode read() {
    try (InputStream in = OpenApiTest.class.getResourceAsStream("/openapi/openapi.yaml")) {
      return new YAMLMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void is_served_as_it_is_written() {
    Edge.Answer served = Edge.withoutDatabase().get("/api/openapi.yaml");
    assertThat(served.status()).isEqualTo(200);
    assertThat(new YAMLMapper().readTree(served.text())).isEqualTo(document);
  }

  @Test
  void names_every_endpoint_and_no_other() {
    assertThat(documented()).isEqualTo(served());
  }

  private Set<String> documented() {
    Set<String> endpoints = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .propertyNames()
                    .forEach(
                        method ->
                            endpoints.add(
                                method.toUpperCase(Locale.ROOT) + " " + bare(path.getKey()))));
    return endpoints;
  }

  private static Set<String> served() {
    Set<String> endpoints = new TreeSet<>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.muster")) {
      if (type.isAnnotatedWith(RestController.class)) {
        for (Method method : type.reflect().getDeclaredMethods()) {
          RequestMapping mapping =
              AnnotatedElementUtils.findMergedAnnotation(method, RequestMapping.class);
          if (mapping != null) {
            paths(mapping)
                .forEach(
                    path ->
                        Arrays.stream(mapping.method())
                            .forEach(verb -> endpoints.add(verb + " " + path)));
          }
        }
      }
    }
    return endpoints;
  }

  private static Stream<String> paths(RequestMapping mapping) {
    return Arrays.stream(mapping.path())
        .filter(path -> ALIASES.stream().noneMatch(path::startsWith))
        .map(OpenApiTest::bare);
  }

  private static String bare(String path) {
    return path.replaceAll("/$", "");
  }

  @Test
  void names_the_job_types_that_have_a_runbook() {
    Catalog catalog = new Catalog(new RunbookSettings(null, "gse"));
    assertThat(words("JobType", "enum"))
        .containsExactlyInAnyOrderElementsOf(catalog.types().stream().map(Enum::name).toList());
  }

  @Test
  void names_every_verdict_proof_act_and_status() {
    assertThat(strings(document.at("/components/schemas/Verdicts/propertyNames/enum")))
        .containsExactlyInAnyOrder(names(Preview.Verdict.values()));
    assertThat(strings(document.at("/components/schemas/Instance/properties/proof/enum")))
        .contains(names(Proof.values()));
    assertThat(words("Reason", "enum")).containsExactly(names(Reason.values()));
    assertThat(words("Act", "enum")).containsExactly(names(AuditViews.Act.values()));
    assertThat(Wording.states(words("HostStatus", "enum")))
        .containsExactlyInAnyOrder(InstanceState.values());
  }

  private List<String> words(String schema, String field) {
    return strings(document.get("components").get("schemas").get(schema).get(field));
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().filter(JsonNode::isString).map(JsonNode::asString).toList();
  }

  private static String[] names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).toArray(String[]::new);
  }
}
