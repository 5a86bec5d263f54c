package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every endpoint says what it needs, and answers nobody who has something else. */
class NeedsHttpTest {

  private static final String NOT_PERMITTED = "3800403";

  /** What anybody may ask who reaches muster: to be let in, and whether they are. */
  private static final Set<String> FOR_EVERYBODY =
      Set.of("/api/sign-in", "/api/sign-out", "/api/session");

  @TempDir private static Path files;

  private static Guarded edge;

  @BeforeAll
  static void start() {
    StringBuilder bindings = new StringBuilder("bindings:\n");
    for (Role role : Role.values()) {
      bindings.append("  - {user: user_%s, roles: [%s], businesses: [2]}\n".formatted(role, role));
    }
    edge =
        Guarded.start(
            Map.of(
                "apps",
                Guarded.write(
                        files.resolve("apps.yaml"),
                        "apps: [{code: test, secrets: [\"%s\"], names_users: true, roles: [ADMIN]}]\n"
                            .formatted(Guarded.hash("s")))
                    .toString(),
                "bindings",
                Guarded.write(files.resolve("bindings.yaml"), bindings.toString()).toString()));
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  /** Ours, in every mapping that the started application has. */
  private static Map<RequestMappingInfo, HandlerMethod> endpoints() {
    Map<RequestMappingInfo, HandlerMethod> all = new LinkedHashMap<>();
    edge.context()
        .getBeansOfType(RequestMappingHandlerMapping.class)
        .values()
        .forEach(mapping -> all.putAll(mapping.getHandlerMethods()));
    all.values().removeIf(method -> ErrorController.class.isAssignableFrom(method.getBeanType()));
    return all;
  }

  @Test
  void every_endpoint_declares_what_it_needs() {
    List<String> undeclared = new ArrayList<>();
    endpoints()
        .forEach(
            (mapping, method) -> {
              if (!method.hasMethodAnnotation(Needs.class)) {
                undeclared.add(mapping + " " + method.getShortLogMessage());
              }
            });
    assertThat(undeclared).as("add @Needs to these").isEmpty();
    assertThat(endpoints()).hasSizeGreaterThan(6);
  }

  @Test
  void only_the_sign_in_is_for_everybody() {
    Set<String> open = new TreeSet<>();
    endpoints()
        .forEach(
            (mapping, method) -> {
              Needs needs = method.getMethodAnnotation(Needs.class);
              if (needs != null && needs.value().length == 0) {
                open.addAll(mapping.getPatternValues());
              }
            });
    assertThat(open).isEqualTo(FOR_EVERYBODY);
  }

  @Test
  void who_takes_rights_needs_a_role() {
    endpoints()
        .values()
        .forEach(
            method -> {
              boolean takes =
                  Arrays.stream(method.getMethodParameters())
                      .anyMatch(parameter -> parameter.getParameterType() == Rights.class);
              Needs needs = method.getMethodAnnotation(Needs.class);
              if (takes && needs != null) {
                assertThat(needs.value()).as(method.getShortLogMessage()).isNotEmpty();
              }
            });
  }

  static Stream<Arguments> every_endpoint_and_role() {
    List<Arguments> cases = new ArrayList<>();
    endpoints()
        .forEach(
            (mapping, method) -> {
              for (Role role : Role.values()) {
                cases.add(Arguments.of(mapping, method, role));
              }
            });
    return cases.stream();
  }

  @ParameterizedTest(name = "{0} by {2}")
  @MethodSource("every_endpoint_and_role")
  void an_endpoint_lets_in_who_has_what_it_needs_and_nobody_else(
      RequestMappingInfo mapping, HandlerMethod method, Role role) {
    Needs needs = method.getMethodAnnotation(Needs.class);
    List<Role> needed = List.of(needs.value());
    Guarded.Answer answer = call(mapping, role);
    if (needed.isEmpty() || needed.contains(role) || role == Role.ADMIN) {
      // The inventory is for administrators of every business; these are of one.
      boolean wantsMore = needed.equals(List.of(Role.ADMIN));
      assertThat(answer.text().contains(NOT_PERMITTED)).as(answer.text()).isEqualTo(wantsMore);
      assertThat(answer.text()).doesNotContain("1306000", "login_url");
    } else if (needs.seenToByEndpoint()) {
      // A list of nothing, or a refusal; TenantsIT, DetailsIT and SelectionIT show the rest.
      assertThat(answer.json().at("/data/total").asInt(0)).as(answer.text()).isZero();
      assertThat(answer.json().get("result").asBoolean() && !answer.json().at("/data").has("list"))
          .as(answer.text())
          .isFalse();
    } else {
      answer.isError(200, 3_800_403, "您没有执行该操作的权限。");
    }
  }

  private static Guarded.Answer call(RequestMappingInfo mapping, Role role) {
    String path = mapping.getPatternValues().iterator().next().replaceAll("\\{[^}]*}", "7");
    String verb =
        mapping.getMethodsCondition().getMethods().stream().findFirst().orElseThrow().name();
    String type =
        mapping.getConsumesCondition().getConsumableMediaTypes().stream()
            .findFirst()
            .map(Object::toString)
            .orElse("application/json");
    return edge.send(
        path + "?instance_id=host%7Cinstance%7Chost%7C1",
        r ->
            r.method(
                    verb,
                    verb.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"))
                .header("Content-Type", type),
        "X-Bkapi-Authorization",
        "{\"bk_app_code\":\"test\",\"bk_app_secret\":\"s\",\"bk_username\":\"user_%s\"}"
            .formatted(role));
  }
}
