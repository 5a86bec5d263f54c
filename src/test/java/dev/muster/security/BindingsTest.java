package dev.muster.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.muster.job.Caller;
import dev.muster.job.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Who may do what where, as the file says it. */
class BindingsTest {

  private static final String HAN = "bindings: [{user: han, roles: [VIEW], businesses: [2]}]\n";

  @TempDir private Path files;

  private Path file() {
    return files.resolve("bindings.yaml");
  }

  private Bindings bindings(String yaml) throws IOException {
    Files.writeString(file(), yaml);
    return new Bindings(settings(Map.of("bindings", file().toString(), "users", "users.yaml")));
  }

  private static SecuritySettings settings(Map<String, String> settings) {
    Map<String, String> named = new HashMap<>();
    settings.forEach((key, value) -> named.put("muster.security." + key, value));
    return new Binder(new MapConfigurationPropertySource(named))
        .bindOrCreate("muster.security", SecuritySettings.class);
  }

  private static Identity.Known known(String user, String app, String... groups) {
    return new Identity.Known(new Caller(user, app), Set.of(groups), Identity.ALL);
  }

  private static Scope within(Long... businesses) {
    return new Scope.Within(Set.of(businesses));
  }

  @Test
  void what_user_app_and_groups_are_given_counts_together() throws IOException {
    Bindings bindings =
        bindings(
            """
            bindings:
              - {user: han, roles: [VIEW, CONTROL], businesses: [2]}
              - {user: han, roles: [VIEW], businesses: [3]}
              - {app: sops, roles: [VIEW], businesses: [4]}
              - {group: sre, roles: [OPERATE_PROXY], businesses: all}
              - {user: lee, roles: [ADMIN], businesses: all}
            """);
    Rights rights = bindings.rights(known("han", "sops", "sre", "staff"));
    assertThat(rights.scope(Role.VIEW)).isEqualTo(within(2L, 3L, 4L));
    assertThat(rights.scope(Role.CONTROL)).isEqualTo(within(2L));
    assertThat(rights.scope(Role.OPERATE_PROXY)).isEqualTo(Scope.everywhere());
    assertThat(rights.scope(Role.OPERATE_AGENT)).isEqualTo(Scope.nowhere());
    assertThat(rights.superuser()).isFalse();
  }

  @Test
  void a_name_of_one_kind_is_none_of_another() throws IOException {
    Bindings bindings = bindings("bindings: [{group: han, roles: [ADMIN], businesses: all}]");
    for (Role role : Role.values()) {
      assertThat(bindings.rights(known("han", "han")).somewhere(role)).as("%s", role).isFalse();
    }
  }

  @Test
  void to_view_is_not_to_act() throws IOException {
    Rights rights = bindings(HAN).rights(known("han", "bk_nodeman"));
    for (Role role : Role.values()) {
      assertThat(rights.somewhere(role)).as("%s", role).isEqualTo(role == Role.VIEW);
    }
  }

  @Test
  void an_administrator_of_a_business_may_all_there_and_nothing_elsewhere() throws IOException {
    Rights rights =
        bindings("bindings: [{user: han, roles: [ADMIN], businesses: [2]}]")
            .rights(known("han", "bk_nodeman"));
    for (Role role : Role.values()) {
      assertThat(rights.scope(role)).as("%s", role).isEqualTo(within(2L));
    }
    assertThat(rights.superuser()).isFalse();
  }

  @Test
  void through_an_app_an_administrator_may_what_the_app_may() throws IOException {
    Identity.Known through =
        new Identity.Known(new Caller("han", "portal"), Set.of(), Set.of(Role.VIEW));
    Rights rights =
        bindings("bindings: [{user: han, roles: [ADMIN], businesses: [2]}]").rights(through);
    assertThat(rights.scope(Role.VIEW)).isEqualTo(within(2L));
    assertThat(rights.somewhere(Role.CONTROL)).isFalse();
    assertThat(rights.somewhere(Role.ADMIN)).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "[{user: han, roles: [LOOK], businesses: all}] | LOOK is none of [VIEW, OPERATE_AGENT,",
        "[{user: han, roles: [VIEW], businesses: all, until: 2027}] | there is no field until; known are",
        "[{user: han, app: sops, roles: [VIEW], businesses: all}] | a binding names exactly one of user, app and group",
        "[{roles: [VIEW], businesses: all}] | a binding names exactly one of user, app and group",
        "[{user: han, roles: [], businesses: all}] | a binding has roles, and businesses",
        "[{user: han, roles: [VIEW]}] | a binding has roles, and businesses",
        "[{user: han, roles: [VIEW], businesses: every}] | businesses is a list of numbers, or all",
        "[{user: han, roles: [VIEW], businesses: []}] | businesses is a list of numbers, or all",
        "[{user: han, roles: [VIEW], businesses: [two]}] | businesses is a list of numbers, or all",
        "[{user: han, roles: [VIEW], businesses: 2}] | businesses is a list of numbers, or all",
        "[{user: han, roles: VIEW, businesses: all}] | bindings[0].roles is of another kind than expected",
        "[{user: han | this is not well-formed YAML"
      })
  void a_bad_file_stops_the_start_with_its_line_and_the_reason(String binding, String why) {
    assertThatThrownBy(() -> bindings("# who may what\nbindings:\n  " + binding + "\n"))
        .isInstanceOf(SecurityRefusal.class)
        .hasMessageStartingWith(file() + ", line ")
        .hasMessageContaining(why)
        .message()
        .matches("[^\\n]*, line [3-5]: [^\\n]*");
  }

  @Test
  void a_file_that_is_not_there_stops_the_start() {
    assertThatThrownBy(
            () -> new Bindings(settings(Map.of("bindings", "nowhere.yaml", "users", "users.yaml"))))
        .isInstanceOf(SecurityRefusal.class)
        .hasMessage("nowhere.yaml cannot be read: NoSuchFileException");
  }

  @Test
  void a_change_comes_into_force_and_is_logged_in_one_line() throws IOException {
    Bindings bindings = bindings(HAN);
    List<String> said =
        saying(
            () -> {
              Files.writeString(
                  file(),
                  """
                  bindings:
                    - {user: han, roles: [VIEW, CONTROL], businesses: [3]}
                    - {group: sre, roles: [ADMIN], businesses: all}
                  """);
              bindings.look();
            });
    assertThat(bindings.rights(known("han", "bk_nodeman")).scope(Role.VIEW)).isEqualTo(within(3L));
    assertThat(said)
        .containsExactly(
            file()
                + " changed: granted group sre ADMIN everywhere, user han CONTROL in business 3, user han VIEW in"
                + " business 3; taken user han VIEW in business 2");
  }

  @Test
  void a_bad_new_version_is_logged_once_and_the_old_one_stays() throws IOException {
    Bindings bindings = bindings(HAN);
    List<String> said =
        saying(
            () -> {
              Files.writeString(
                  file(), "bindings: [{user: han, roles: [LOOK], businesses: all}]\n");
              bindings.look();
              bindings.look();
            });
    assertThat(bindings.rights(known("han", "bk_nodeman")).scope(Role.VIEW)).isEqualTo(within(2L));
    assertThat(said)
        .singleElement()
        .asString()
        .contains("line 1: LOOK is none of")
        .endsWith("; what it said before stays in force");
  }

  @Test
  void a_file_that_vanished_leaves_what_it_said_until_it_is_back() throws IOException {
    Bindings bindings = bindings(HAN);
    Files.delete(file());
    assertThat(saying(bindings::look)).hasSize(1);
    assertThat(bindings.rights(known("han", "bk_nodeman")).scope(Role.VIEW)).isEqualTo(within(2L));
    Files.writeString(file(), "bindings: []\n");
    bindings.look();
    assertThat(bindings.rights(known("han", "bk_nodeman")).somewhere(Role.VIEW)).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "users=u.yaml | muster.security.bindings is not set, so nobody could do anything",
        "bindings=b.yaml | muster.security.bindings is set, but nobody could prove who they are",
        "bindings=b.yaml oidc.issuer-uri=https://issuer.example | muster.security.oidc.audience is not set",
        "rate-limit.requests=0 | muster.security.rate-limit.requests must be at least 1"
      })
  void settings_that_lock_everybody_out_or_let_strangers_in_are_refused_with_the_remedy(
      String given, String why) {
    Map<String, String> settings = new HashMap<>();
    for (String one : given.split(" ", -1)) {
      settings.put(one.substring(0, one.indexOf('=')), one.substring(one.indexOf('=') + 1));
    }
    assertThatThrownBy(() -> new Bindings(settings(settings)))
        .isInstanceOf(SecurityRefusal.class)
        .hasMessageStartingWith(why);
  }

  @Test
  void the_example_of_the_readme_is_whole() throws IOException {
    String readme = Files.readString(Path.of("README.md"));
    String section = readme.substring(readme.indexOf("## Identity"));
    String yaml = section.substring(section.indexOf("```yaml") + 7, section.indexOf("```\n\n"));
    Map<String, String> settings = new HashMap<>();
    for (String part : yaml.split("\n---\n", -1)) {
      String name = part.strip().replaceAll("(?s)# ([a-z]+)\\.yaml:.*", "$1");
      Path written = Files.writeString(files.resolve(name + ".yaml"), part);
      settings.put(name, written.toString());
    }
    assertThat(settings.keySet()).containsExactlyInAnyOrder("bindings", "users", "apps");
    Bindings bindings = new Bindings(settings(settings));
    assertThat(bindings.rights(known("han", "bk_nodeman", "sre")).superuser()).isTrue();
    Secrets secrets = new Secrets();
    Apps apps = new Apps(settings(settings), secrets, new TokenVerifier(settings(settings)));
    assertThat(apps.find("bk_sops").orElseThrow().namesUsers()).isTrue();
    assertThat(new Users(settings(settings), secrets, Clock.systemUTC())).isNotNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "apps: [{code: sops, secrets: [plain-secret], roles: [VIEW]}] | a secret is no hash",
        "apps: [{code: sops, secrets: plain-secret, roles: [VIEW]}] | apps[0].secrets is of another kind",
        "apps: [{code: sops, secrets: []}] | an app has roles",
        "apps: [{secrets: [], roles: [VIEW]}] | an app has a code",
        "apps: [{code: a, roles: [VIEW]}, {code: a, roles: [VIEW]}] | two apps have the same code"
      })
  void a_bad_file_of_apps_is_refused_without_telling_its_secrets(String yaml, String why)
      throws IOException {
    Files.writeString(files.resolve("apps.yaml"), yaml + "\n");
    SecuritySettings settings =
        settings(Map.of("apps", files.resolve("apps.yaml").toString(), "bindings", "b.yaml"));
    assertThatThrownBy(() -> new Apps(settings, new Secrets(), new TokenVerifier(settings)))
        .isInstanceOf(SecurityRefusal.class)
        .hasMessageContaining("apps.yaml, line ")
        .hasMessageContaining(why)
        .message()
        .doesNotContain("plain-secret");
  }

  private interface Work {
    void run() throws IOException;
  }

  private static List<String> saying(Work work) throws IOException {
    Logger root = (Logger) LoggerFactory.getLogger("dev.muster.security");
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    root.addAppender(heard);
    try {
      work.run();
    } finally {
      root.detachAppender(heard);
    }
    return heard.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
