package dev.muster.runbook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.NodeType;
import dev.muster.host.Watch;
import dev.muster.job.JobType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class CatalogTest {

  private final Catalog shipped = new Catalog(new RunbookSettings(null, "gse"));

  @TempDir private Path directory;

  @Test
  void the_shipped_runbooks_load() {
    assertThat(shipped.types()).contains(JobType.RESTART_AGENT, JobType.RESTART_PROXY);
    Runbook restart = shipped.runbook(JobType.RESTART_AGENT).orElseThrow();
    assertThat(restart.type()).isEqualTo(JobType.RESTART_AGENT);
    assertThat(restart.steps())
        .containsExactly(
            new Step.Run(
                new Title("restart", "重启", "Restart"),
                "restart",
                Duration.ofMinutes(5),
                Step.Effect.RESTARTED,
                Duration.ofSeconds(60)),
            new Step.Pause(new Title("wait", "等待", "Wait")),
            new Step.Await(
                new Title("get_agent_status", "查询Agent状态", "Query Agent Status"),
                Step.Should.RUN,
                Duration.ofSeconds(5),
                Duration.ofSeconds(60)),
            new Step.Run(
                new Title("check_agent_ability", "检查Agent功能", "Check Agent ability"),
                "version",
                Duration.ofSeconds(60),
                Step.Effect.VERSION,
                Duration.ZERO));
  }

  @ParameterizedTest
  @EnumSource(JobType.class)
  void every_runbook_is_known_by_its_type_and_its_digest(JobType type) {
    assertThat(shipped.types().contains(type))
        .isEqualTo(shipped.runbook(type).isPresent() && !type.onlyLooks());
    shipped
        .runbook(type)
        .ifPresent(
            runbook -> {
              assertThat(runbook.type()).isEqualTo(type);
              assertThat(runbook.digest()).matches("[0-9a-f]{64}");
              assertThat(runbook.steps()).isNotEmpty();
              assertThat(runbook.steps().stream().map(step -> step.title().code()))
                  .doesNotHaveDuplicates();
            });
  }

  @ParameterizedTest
  @EnumSource(
      value = JobType.class,
      names = {"CHECK_AGENT", "CHECK_PROXY"})
  void a_check_looks_at_everything_once(JobType type) {
    Runbook check = shipped.runbook(type).orElseThrow();
    assertThat(check.steps()).hasOnlyElementsOfType(Step.Inspect.class);
    assertThat(check.steps().stream().map(step -> ((Step.Inspect) step).subject()))
        .containsExactly(Step.Subject.values());
  }

  @Test
  void the_readme_shows_every_job_type_with_its_steps_and_its_proof() throws IOException {
    assertThat(Files.readString(Path.of("README.md"))).contains(table());
  }

  private String table() {
    StringBuilder table =
        new StringBuilder(
            "| type | steps | proof of the effect | safe to repeat? |\n|---|---|---|---|\n");
    for (JobType type : new TreeSet<>(shipped.types())) {
      List<Step> steps = shipped.runbook(type).orElseThrow().steps();
      table.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  type,
                  steps.stream().map(step -> step.title().en()).collect(Collectors.joining(" → ")),
                  steps.stream()
                      .flatMap(
                          step ->
                              proof(step, steps.stream().anyMatch(Step.Deliver.class::isInstance)))
                      .distinct()
                      .collect(Collectors.joining("; ")),
                  again(type)));
    }
    return table.toString();
  }

  private static Stream<String> proof(Step step, boolean brings) {
    return switch (step) {
      case Step.Run run ->
          switch (run.effect()) {
            case NONE -> Stream.of();
            case RESTARTED ->
                Stream.of("a process other than before runs, and began after the command did");
            case RELOADED -> Stream.of("the process from before runs on");
            case REMOVED -> Stream.of("no process runs, and its files are gone");
            case VERSION ->
                Stream.of(
                    brings
                        ? "it names the version that was brought"
                        : "its version command ends with 0");
          };
      case Step.Await await ->
          Stream.of(await.should() == Step.Should.RUN ? "it runs" : "it does not run");
      case Step.Deliver deliver -> Stream.of("the host computed the package's SHA-256");
      case Step.Pause pause -> Stream.of();
      case Step.Inspect inspect -> Stream.of();
      case Step.Tell tell -> Stream.of();
      case Step.Forget forget -> Stream.of();
    };
  }

  private static String again(JobType type) {
    return switch (type.operation()) {
      case "RESTART" -> "yes: one more restart";
      case "RELOAD" -> "yes: it reads its configuration once more";
      case "UPGRADE", "REINSTALL" -> "yes: the same version once more, with a restart";
      case "UNINSTALL" -> "yes: there is nothing left to do";
      case "IMPORT" -> "yes: it changes nothing on the host";
      default -> throw new IllegalStateException("say whether " + type + " may be repeated");
    };
  }

  @Test
  void every_type_that_can_be_asked_for_has_its_check() {
    assertThat(shipped.types())
        .allSatisfy(type -> assertThat(shipped.runbook(type.checked())).isPresent());
  }

  @Test
  void a_value_after_a_colon_may_end_with_a_bracket() {
    assertThat(tools("gse:/opt/gse (old)").watch().subject())
        .isEqualTo("/opt/gse (old)/agent/bin/gse_agent");
  }

  @Test
  void an_agent_of_the_existing_service_is_found_where_it_installs_itself() {
    Tools agent = tools(null);
    assertThat(agent.watch())
        .isEqualTo(new Watch(Watch.Kind.EXECUTABLE, "/usr/local/gse/agent/bin/gse_agent"));
    assertThat(agent.settle()).isEqualTo(Duration.ofSeconds(5));
    assertThat(agent.software())
        .isEqualTo(new Tools.Software("gse_agent", List.of("/usr/local/gse/agent")));
    assertThat(agent.commands())
        .containsOnlyKeys("restart", "reload", "version", "install", "upgrade", "uninstall")
        .containsEntry(
            "restart", command("/usr/local/gse/agent/bin", List.of("./gsectl", "restart")))
        .containsEntry(
            "version", command("/usr/local/gse/agent/bin", List.of("./gse_agent", "--version")));
    assertThat(tools("gse")).isEqualTo(tools(null)).isEqualTo(tools("  "));
    Tools proxy = shipped.tools("gse", NodeType.PROXY);
    assertThat(proxy.watch().subject()).isEqualTo("/usr/local/gse/proxy/bin/gse_agent");
    assertThat(proxy.settle()).isEqualTo(Duration.ofSeconds(30));
    assertThat(shipped.tools("gse", NodeType.PAGENT)).isEqualTo(tools("gse"));
  }

  @Test
  void an_agent_may_be_installed_elsewhere() {
    assertThat(tools("gse(setup_path=/opt/gse)").watch().subject())
        .isEqualTo("/opt/gse/agent/bin/gse_agent");
    assertThat(tools("gse:/opt/gse")).isEqualTo(tools(" gse( setup_path = /opt/gse ) "));
  }

  @Test
  void a_unit_is_restarted_by_its_name() {
    assertThat(tools("systemd:nginx"))
        .isEqualTo(
            new Tools(
                new Watch(Watch.Kind.UNIT, "nginx"),
                Duration.ofSeconds(5),
                Map.of(
                    "restart",
                    command("", List.of("systemctl", "restart", "--", "nginx")),
                    "reload",
                    command("", List.of("systemctl", "reload", "--", "nginx")),
                    "version",
                    command("", List.of("systemctl", "is-active", "--quiet", "--", "nginx"))),
                new Tools.Software(null, List.of())));
    assertThat(tools("systemd(unit=getty@tty1.service)").watch().subject())
        .isEqualTo("getty@tty1.service");
  }

  @Test
  void a_process_is_stopped_and_started_by_its_commands() {
    assertThat(
            tools(
                "process(start=/opt/it/ctl start --now,stop=/opt/it/ctl stop,pid_file=/run/it.pid)"))
        .isEqualTo(
            new Tools(
                new Watch(Watch.Kind.PIDFILE, "/run/it.pid"),
                Duration.ofSeconds(3),
                Map.of(
                    "restart",
                    new Tools.Command(
                        "",
                        List.of(
                            List.of("/opt/it/ctl", "stop"),
                            List.of("/opt/it/ctl", "start", "--now"))),
                    "version",
                    command("", List.of("true"))),
                new Tools.Software(null, List.of())));
  }

  @Test
  void what_a_host_has_not_given_takes_away_only_the_commands_that_need_it() {
    String given = "process(start=/opt/it/ctl start,stop=/opt/it/ctl stop,pid_file=/run/it.pid";
    assertThat(tools(given + ",reload=/opt/it/ctl hup)").commands())
        .containsOnlyKeys("restart", "reload", "version");
    Tools whole = tools(given + ",home=/opt/it,software=it)");
    assertThat(whole.commands())
        .containsOnlyKeys("restart", "version", "install", "upgrade", "uninstall");
    assertThat(whole.software()).isEqualTo(new Tools.Software("it", List.of("/opt/it")));
  }

  @Test
  void a_command_that_needs_the_package_is_given_its_path_as_data() {
    Tools.Command install = tools(null).commands().get("install");
    assertThat(install.needsPackage()).isTrue();
    Tools.Command given = install.withPackage("/r/files/a b$(x)");
    assertThat(given.needsPackage()).isFalse();
    assertThat(given.run().getFirst()).endsWith("unpack", "/r/files/a b$(x)", "/usr/local/gse");
    assertThat(tools(null).commands().get("restart").needsPackage()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/opt/with blanks",
        "/opt/it's",
        "/opt/\"quoted\"",
        "/opt/$(reboot)",
        "/opt/`reboot`",
        "/opt/;reboot;",
        "/opt/${unit}",
        "/opt/$1\\0",
        "/opt/蓝鲸"
      })
  void a_value_is_data_whatever_it_holds(String path) {
    Tools tools = tools("gse(setup_path=" + path + ")");
    assertThat(tools.commands().get("restart"))
        .isEqualTo(command(path + "/agent/bin", List.of("./gsectl", "restart")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "nginx | there is no profile nginx; there are",
        "gse(setup_path) | profile gse: write name=value, not setup_path",
        "gse(=x) | profile gse: write name=value, not =x",
        "gse(home=/x) | profile gse has no variable home; it has [setup_path]",
        "gse(setup_path=) | profile gse: setup_path is not a path that begins with /:",
        "gse:-rf | profile gse: setup_path is not a path that begins with /: -rf",
        "gse:opt/gse | profile gse: setup_path is not a path that begins with /: opt/gse",
        "gse:~/gse | profile gse: setup_path is not a path that begins with /: ~/gse",
        "process(start=/a,stop=/b,pid_file=run/it.pid) | profile process: pid_file is not a path that begins with /: run/it.pid",
        "systemd | profile systemd needs a value for unit",
        "systemd:-H evil | profile systemd: unit is not the name of a unit: -H evil",
        "systemd:a b | profile systemd: unit is not the name of a unit: a b",
        "systemd(unit=$(reboot)) | profile systemd: unit is not the name of a unit: $(reboot)",
        "systemd:../x | profile systemd: unit is not the name of a unit: ../x",
        "process(start=/a) | profile process needs a value for stop",
        "process(start=/a,stop=-x,pid_file=/p) | profile process: stop is not a command and its arguments: -x",
        "(x=1) | there is no profile (x=1); there are"
      })
  void a_wrong_profile_of_a_host_is_named(String profile, String why) {
    assertThatThrownBy(() -> tools(profile))
        .isInstanceOf(BadRunbookException.class)
        .hasMessageStartingWith(why);
  }

  @Test
  void a_value_with_a_line_break_is_refused() {
    assertThatThrownBy(() -> tools("gse:/opt\n/x")).isInstanceOf(BadRunbookException.class);
    assertThatThrownBy(() -> tools("gse:/opt\0")).isInstanceOf(BadRunbookException.class);
  }

  @TestFactory
  Stream<DynamicTest> a_bad_file_is_refused_with_its_place() throws IOException {
    JsonNode table;
    try (InputStream in = CatalogTest.class.getResourceAsStream("/runbooks/bad.yaml")) {
      table = new YAMLMapper().readTree(in);
    }
    return table
        .valueStream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.get("say").asString(),
                    () -> refuses(row.get("file").asString(), row.get("at").asString(), row)));
  }

  private void refuses(String text, String at, JsonNode row) throws IOException {
    Path file = Files.writeString(directory.resolve("mine.yaml"), text);
    assertThatThrownBy(this::withDirectory)
        .isInstanceOf(BadRunbookException.class)
        .hasMessageStartingWith(file + at)
        .hasMessageContaining(row.get("why").asString());
  }

  private Catalog withDirectory() {
    return new Catalog(new RunbookSettings(directory, "gse"));
  }

  @Test
  void a_file_that_holds_too_many_aliases_is_refused_at_once() throws IOException {
    StringBuilder bomb = new StringBuilder("profile: bomb\na0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    Files.writeString(directory.resolve("bomb.yaml"), bomb);
    assertThatThrownBy(this::withDirectory)
        .isInstanceOf(BadRunbookException.class)
        .hasMessageContaining("bomb.yaml")
        .hasMessageContaining("aliases");
  }

  @Test
  void a_file_that_is_too_long_is_refused() throws IOException {
    Files.writeString(directory.resolve("long.yaml"), "# " + "x".repeat(300_000));
    assertThatThrownBy(this::withDirectory)
        .isInstanceOf(BadRunbookException.class)
        .hasMessageContaining("long.yaml");
  }

  @Test
  void runbooks_and_profiles_of_yours_override_ours() throws IOException {
    Files.writeString(
        directory.resolve("RESTART_AGENT.yaml"),
        """
        job_type: RESTART_AGENT
        stages:
          - name: restart
            steps:
              - {code: again, zh: 再来, en: Again, run: restart, timeout: 2h}
        """);
    Files.writeString(
        directory.resolve("gse.yaml"),
        """
        profile: gse
        agent: &both
          watch: {unit: gse}
          settle: 1m
          commands: {restart: {run: [[systemctl, restart, gse]]}}
        proxy: *both
        """);
    Files.writeString(directory.resolve("notes.txt"), "not: [read");
    Catalog mine = withDirectory();
    assertThat(mine.runbook(JobType.RESTART_AGENT).orElseThrow().steps())
        .containsExactly(
            new Step.Run(
                new Title("again", "再来", "Again"),
                "restart",
                Duration.ofHours(2),
                Step.Effect.NONE,
                Duration.ZERO));
    assertThat(mine.runbook(JobType.RESTART_AGENT).orElseThrow().digest())
        .isNotEqualTo(shipped.runbook(JobType.RESTART_AGENT).orElseThrow().digest());
    assertThat(mine.tools(null, NodeType.PROXY).settle()).isEqualTo(Duration.ofMinutes(1));
    assertThat(mine.types()).isEqualTo(shipped.types());
  }

  @Test
  void a_default_profile_that_cannot_be_used_stops_the_start() {
    assertThatThrownBy(() -> new Catalog(new RunbookSettings(null, "systemd")))
        .hasMessage("profile systemd needs a value for unit");
    assertThatThrownBy(() -> new Catalog(new RunbookSettings(null, "none")))
        .hasMessageStartingWith("there is no profile none");
  }

  @Test
  void a_directory_that_is_not_there_stops_the_start() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> new Catalog(new RunbookSettings(missing, "gse")))
        .hasMessage("muster.runbooks.directory " + missing + " cannot be read");
  }

  private Tools tools(@Nullable String profile) {
    return shipped.tools(profile, NodeType.AGENT);
  }

  private static Tools.Command command(String directory, List<String> words) {
    return new Tools.Command(directory, List.of(words));
  }
}
