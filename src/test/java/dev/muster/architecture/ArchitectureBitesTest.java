package dev.muster.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A rule that cannot fail protects nothing: each rule is shown the offenders in {@code fixtures}.
 */
class ArchitectureBitesTest {

  private static final JavaClasses FIXTURES =
      new ClassFileImporter().importPackages("dev.muster.architecture.fixtures");

  private static final List<String> BLAMELESS =
      List.of("host.Plain.", "workflow.Tour.", "workflow.TourImpl");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host may not import job  | host.Circular",
        "http may not import step | http.Edge.reply()",
        "job may not import the root package | job.Homesick",
        "package gadget is not    | gadget.Stray",
      })
  void theImportTableRejects(String reason, String offender) {
    assertThat(failures(ArchitectureTest.IMPORT_TABLE)).contains(reason).contains(offender);
  }

  @Test
  void theImportTableAllowsWhatItLists() {
    assertThat(failures(ArchitectureTest.IMPORT_TABLE))
        .doesNotContain("job may not import host")
        .doesNotContain("workflow may not");
  }

  @Test
  void classesOfStepAreHiddenFromWorkflow() {
    assertThat(failures(ArchitectureTest.WORKFLOW_SEES_ONLY_WORDS))
        .contains("workflow.Impatient.deeds()")
        .doesNotContain("step.Reply");
  }

  @Test
  void cyclesAreFound() {
    assertThat(failures(ArchitectureTest.NO_CYCLES)).contains("Slice host").contains("Slice job");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "millis",
        "nanos",
        "now",
        "nowByReference",
        "nowInLambda",
        "random",
        "newRandom",
        "shuffled",
        "threadLocalRandom",
        "uuid",
        "thread",
        "executor",
        "locked",
        "synchronizedCount",
        "file",
        "path",
        "parallel",
        "logger",
        "property",
        "ticket"
      })
  void whatReplayCannotRepeatIsNotReached(String method) {
    assertThat(failures(ArchitectureTest.REPLAY_REACHES_ONLY_REPEATABLE_CALLS))
        .contains("workflow.Impatient." + method + "(");
  }

  @Test
  void whatWorkflowReachesElsewhereIsNamedWithItsPath() {
    assertThat(failures(ArchitectureTest.REPLAY_REACHES_ONLY_REPEATABLE_CALLS))
        .containsPattern("Impatient\\.ticket\\(\\) -> .*Ticket\\.fresh\\(.* -> .*randomUUID\\(\\)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.time.Clock",
        "java.util.concurrent.ExecutorService",
        "java.util.concurrent.locks.ReentrantLock",
        "java.lang.Thread",
        "java.io.File",
        "java.nio.file.Path",
        "javax.sql.DataSource",
        "org.slf4j.LoggerFactory",
        "org.springframework.core.env.Environment"
      })
  void typesThatReplayCannotRepeatAreNotSeen(String type) {
    assertThat(failures(ArchitectureTest.REPLAY_HAS_ONLY_REPEATABLE_TYPES)).contains(type);
  }

  @Test
  void staticStateIsFound() {
    assertThat(failures(ArchitectureTest.REPLAY_HAS_NO_STATIC_STATE)).contains("Impatient.runs");
  }

  @Test
  void theWorkflowApiIsRefusedElsewhere() {
    assertThat(failures(ArchitectureTest.ONLY_WORKFLOW_IS_A_WORKFLOW))
        .contains("step.Deeds.workflowTime()");
  }

  @Test
  void librariesAreRefusedOutsideTheirPackage() {
    assertThat(failures(ArchitectureTest.TEMPORAL_STAYS_IN_TEMPORAL))
        .contains("http.Edge.ask(")
        .doesNotContain("step.Pulse");
    assertThat(failures(ArchitectureTest.SSH_STAYS_IN_TRANSPORT)).contains("step.Deeds.ssh()");
    assertThat(failures(ArchitectureTest.SQL_STAYS_WITH_THE_ROWS)).contains("http.Edge.ask(");
    assertThat(failures(ArchitectureTest.WEB_STAYS_AT_THE_EDGE))
        .contains("step.Deeds.status()")
        .doesNotContain("http.Edge");
    assertThat(failures(ArchitectureTest.PROCESSES_STAY_IN_LOCAL))
        .contains("step.Deeds.process()")
        .contains("step.Deeds.oldProcess()");
  }

  @Test
  void fieldsAndSettersAreNotInjected() {
    assertThat(failures(ArchitectureTest.ONLY_CONSTRUCTORS_ARE_INJECTED))
        .contains("PageManager.title")
        .contains("PageManager.setTitle(")
        .doesNotContain("<init>");
  }

  @Test
  void emptyNamesAreFound() {
    assertThat(failures(ArchitectureTest.NAMES_SAY_WHAT_A_CLASS_DOES))
        .contains("page.PageManager")
        .contains("page.PageImpl")
        .doesNotContain("workflow.TourImpl");
  }

  @ParameterizedTest
  @MethodSource("rules")
  void theBlamelessAreLeftAlone(ArchRule rule) {
    assertThat(failures(rule)).doesNotContain(BLAMELESS.toArray(String[]::new));
  }

  static Stream<ArchRule> rules() {
    return Stream.of(
        ArchitectureTest.IMPORT_TABLE,
        ArchitectureTest.REPLAY_HAS_ONLY_REPEATABLE_TYPES,
        ArchitectureTest.REPLAY_REACHES_ONLY_REPEATABLE_CALLS,
        ArchitectureTest.REPLAY_HAS_NO_STATIC_STATE,
        ArchitectureTest.ONLY_WORKFLOW_IS_A_WORKFLOW,
        ArchitectureTest.SQL_STAYS_WITH_THE_ROWS,
        ArchitectureTest.NAMES_SAY_WHAT_A_CLASS_DOES);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "job --> workflow              ; job may not import workflow",
        "http -->|JobSpec| job --> step ; job may not import step",
        "page & host --> job           ; host may not import job",
        "host -.-> temporal[The rim]   ; host may not import temporal",
        "job --> muster                ; job may not import muster",
        "job --> widget                ; widget is no package",
        "job, host                     ; cannot read",
        "job -->                       ; cannot read",
        "job --> host                  ; lacks the packages [delivery",
      })
  void theDiagramMustAgreeWithTheTable(String line, String reason) {
    assertThat(diagramProblems(line)).contains("README.md:").contains(reason);
  }

  @Test
  void aTrueDiagramPasses() {
    String all = String.join(" & ", new TreeSet<>(ImportTable.ALLOWED.keySet()));
    assertThat(
            diagramProblems(
                "%% everything",
                "subgraph edge",
                "muster --> " + all,
                "end",
                "http -->|JobSpec| job[\"words\"] --> host:::plain",
                "classDef plain fill:white"))
        .isEmpty();
  }

  @Test
  void aMissingDiagramIsToldHowToDrawOne() {
    assertThat(PackageDiagram.problems("README.md", List.of("# muster")))
        .singleElement()
        .asString()
        .contains(PackageDiagram.MARKER)
        .contains("a --> b");
  }

  private static String diagramProblems(String... lines) {
    Stream<String> head =
        Stream.of("# muster", PackageDiagram.MARKER, "```mermaid", "flowchart LR");
    List<String> text =
        Stream.of(head, Stream.of(lines), Stream.of("```")).flatMap(s -> s).toList();
    return String.join("\n", PackageDiagram.problems("README.md", text));
  }

  private static String failures(ArchRule rule) {
    return String.join("\n", rule.evaluate(FIXTURES).getFailureReport().getDetails());
  }
}
