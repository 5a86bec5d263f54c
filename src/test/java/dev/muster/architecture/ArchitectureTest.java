package dev.muster.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMembers;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The boundaries of muster. Each rule says what to do instead; {@link ArchitectureBitesTest} proves
 * that each one fails on an offender. The demo and the benchmark are not bound by them: they are no
 * part of the product.
 */
class ArchitectureTest {

  private static final JavaClasses MUSTER =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/dev/muster/demo/"))
          .withImportOption(location -> !location.contains("/dev/muster/bench/"))
          .importPackages("dev.muster");

  // 1 and 2: who sees whom.

  static final ArchRule IMPORT_TABLE =
      classes()
          .should(Conditions.importOnlyWhatTheTableAllows())
          .allowEmptyShould(true)
          .because(
              "imports point at the vocabulary (host, job) and never back: move the shared word"
                  + " there, pass a value, or add the edge to ImportTable with a decision record");

  static final ArchRule WORKFLOW_SEES_ONLY_WORDS =
      classes()
          .that(areIn("workflow"))
          .should(Conditions.seeOnlyWordsOf(ImportTable.ONLY_WORDS_FOR_WORKFLOW))
          .allowEmptyShould(true)
          .because(
              "workflow asks and never acts: call an @ActivityInterface, and pass records and"
                  + " enums to and fro");

  static final ArchRule NO_CYCLES =
      slices()
          .assignedFrom(Conditions.byPackage())
          .should()
          .beFreeOfCycles()
          .allowEmptyShould(true)
          .because(
              "packages in a cycle are one package: move the word that both need to host or job");

  // 3: determinism.

  static final ArchRule REPLAY_HAS_ONLY_REPEATABLE_TYPES =
      noClasses()
          .that(areIn("workflow"))
          .should()
          .dependOnClassesThat(Replay.UNREPEATABLE)
          .allowEmptyShould(true)
          .because(
              "everything in workflow is replayed: wait with Workflow.await and Workflow.sleep, run"
                  + " in parallel with Async and Promise, log with Workflow.getLogger, and let an"
                  + " activity do the rest");

  static final ArchRule REPLAY_REACHES_ONLY_REPEATABLE_CALLS =
      classes()
          .that(areIn("workflow"))
          .should(Replay.reachOnlyWhatReplayRepeats())
          .andShould(Replay.synchronizeNothing())
          .allowEmptyShould(true)
          .because(
              "everything that workflow calls is replayed: take time from"
                  + " Workflow.currentTimeMillis, random from Workflow.newRandom, ids from"
                  + " Workflow.randomUUID, and facts from the input or from an activity");

  static final ArchRule REPLAY_HAS_NO_STATIC_STATE =
      fields()
          .that(describe("are in workflow", field -> isIn(field.getOwner(), "workflow")))
          .and()
          .areStatic()
          .should()
          .haveModifier(JavaModifier.FINAL)
          .allowEmptyShould(true)
          .because(
              "runs on one worker share static fields and replay does not restore them: keep state"
                  + " in the fields of the workflow object");

  static final ArchRule ONLY_WORKFLOW_IS_A_WORKFLOW =
      noClasses()
          .that(areNotIn("workflow"))
          .should()
          .dependOnClassesThat(named("io.temporal.workflow.Workflow"))
          .allowEmptyShould(true)
          .because(
              "outside a workflow thread its methods throw: take what you need as an argument, or"
                  + " move the code to workflow if it is replayed");

  // 4: confinement.

  static final ArchRule TEMPORAL_STAYS_IN_TEMPORAL =
      noClasses()
          .that(areNotIn("temporal"))
          .should()
          .dependOnClassesThat(
              describe(
                  "are Temporal's client or worker",
                  type ->
                      inPackages(
                              type,
                              "io.temporal.client",
                              "io.temporal.worker",
                              "io.temporal.serviceclient")
                          && !isHeartbeatFailure(type)))
          .allowEmptyShould(true)
          .because(
              "tests of the edge run without Temporal: talk to a port that temporal implements");

  static final ArchRule SSH_STAYS_IN_TRANSPORT =
      noClasses()
          .that(areNotIn("transport"))
          .should()
          .dependOnClassesThat(from("org.apache.sshd"))
          .allowEmptyShould(true)
          .because("how a host is reached is transport's secret: use the Transport port");

  static final ArchRule WEB_STAYS_AT_THE_EDGE =
      noClasses()
          .that(areNotIn("http", "page", "security"))
          .should()
          .dependOnClassesThat(
              from("org.springframework.web", "org.springframework.http", "jakarta.servlet"))
          .allowEmptyShould(true)
          .because("requests end at the edge: hand a record on, and translate errors in http");

  static final ArchRule SQL_STAYS_WITH_THE_ROWS =
      noClasses()
          .that(areIn("host", "job", "transport", "workflow", "temporal", "http", "page"))
          .should()
          .dependOnClassesThat(from("java.sql", "javax.sql", "org.springframework.jdbc"))
          .allowEmptyShould(true)
          .because(
              "rows have owners: ask inventory, runbook, roster or projection for what you need");

  static final ArchRule PROCESSES_STAY_IN_LOCAL =
      noClasses()
          .that(areNotIn("local"))
          .should()
          .dependOnClassesThat(named("java.lang.Process", "java.lang.ProcessBuilder"))
          .orShould()
          .accessTargetWhere(
              describe(
                  "Runtime.exec is called",
                  (JavaAccess<?> access) ->
                      access.getTargetOwner().isEquivalentTo(Runtime.class)
                          && access.getTarget().getName().equals("exec")))
          .allowEmptyShould(true)
          .because("local starts, adopts and stops every process of this machine: ask it");

  // 5 and 6: injection and names.

  static final ArchRule ONLY_CONSTRUCTORS_ARE_INJECTED =
      noMembers()
          .that(describe("are fields or methods", member -> !(member instanceof JavaConstructor)))
          .should()
          .beAnnotatedWith(injection())
          .allowEmptyShould(true)
          .because(
              "an object is whole when its constructor returns: take it as a constructor parameter,"
                  + " and settings as one validated properties record");

  static final ArchRule NAMES_SAY_WHAT_A_CLASS_DOES =
      classes()
          .should(Conditions.haveTellingNames())
          .allowEmptyShould(true)
          .because(
              "Impl, Manager, Helper and Util say nothing: name the class after the one thing it"
                  + " does, with a word of the glossary");

  @Test
  void packagesImportOnlyWhatTheTableAllows() {
    IMPORT_TABLE.check(MUSTER);
  }

  @Test
  void theTableNamesOnlyItsOwnPackages() {
    assertThat(ImportTable.ALLOWED.values())
        .as("ImportTable: each package on the right also needs a row of its own")
        .allSatisfy(imports -> assertThat(ImportTable.ALLOWED.keySet()).containsAll(imports));
  }

  @Test
  void workflowSeesOnlyWordsOfStepAndRoster() {
    WORKFLOW_SEES_ONLY_WORDS.check(MUSTER);
  }

  @Test
  void packagesFormNoCycle() {
    NO_CYCLES.check(MUSTER);
  }

  @Test
  void workflowUsesOnlyTypesThatReplayRepeats() {
    REPLAY_HAS_ONLY_REPEATABLE_TYPES.check(MUSTER);
  }

  @Test
  void workflowReachesOnlyCallsThatReplayRepeats() {
    REPLAY_REACHES_ONLY_REPEATABLE_CALLS.check(MUSTER);
  }

  @Test
  void workflowKeepsNoStaticState() {
    REPLAY_HAS_NO_STATIC_STATE.check(MUSTER);
  }

  @Test
  void onlyWorkflowCallsTheWorkflowApi() {
    ONLY_WORKFLOW_IS_A_WORKFLOW.check(MUSTER);
  }

  @Test
  void temporalClientAndWorkerStayInTemporal() {
    TEMPORAL_STAYS_IN_TEMPORAL.check(MUSTER);
  }

  @Test
  void sshStaysInTransport() {
    SSH_STAYS_IN_TRANSPORT.check(MUSTER);
  }

  @Test
  void webTypesStayAtTheEdge() {
    WEB_STAYS_AT_THE_EDGE.check(MUSTER);
  }

  @Test
  void sqlStaysWithTheOwnersOfTheRows() {
    SQL_STAYS_WITH_THE_ROWS.check(MUSTER);
  }

  @Test
  void processesStayInLocal() {
    PROCESSES_STAY_IN_LOCAL.check(MUSTER);
  }

  @Test
  void onlyConstructorsAreInjected() {
    ONLY_CONSTRUCTORS_ARE_INJECTED.check(MUSTER);
  }

  @Test
  void namesSayWhatAClassDoes() {
    NAMES_SAY_WHAT_A_CLASS_DOES.check(MUSTER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lombok/Getter.class", "org/mockito/Mockito.class"})
  void theClassPathIsFreeOf(String resource) {
    assertThat(ArchitectureTest.class.getClassLoader().getResource(resource))
        .as("write a record instead of Lombok, and a fake by hand instead of a Mockito mock")
        .isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"workflows.md", "README.md"})
  void theDiagramOfThePackagesIsTrue(String file) {
    assertThat(String.join("\n", PackageDiagram.problems(Path.of(file)))).isEmpty();
  }

  /**
   * An activity learns from its heartbeat that it is cancelled; Temporal files that with the
   * client.
   */
  private static boolean isHeartbeatFailure(JavaClass type) {
    return type.isAssignableTo("io.temporal.client.ActivityCompletionException");
  }

  private static DescribedPredicate<JavaAnnotation<?>> injection() {
    Set<String> names =
        Set.of(
            "org.springframework.beans.factory.annotation.Autowired",
            "org.springframework.beans.factory.annotation.Value",
            "jakarta.annotation.Resource",
            "jakarta.inject.Inject");
    return describe(
        "@Autowired, @Value, @Inject or @Resource",
        annotation -> names.contains(annotation.getRawType().getName()));
  }

  private static boolean isIn(JavaClass type, String... packages) {
    return Arrays.asList(packages).contains(ImportTable.packageOf(type));
  }

  private static DescribedPredicate<JavaClass> areIn(String... packages) {
    return describe("are in " + String.join(", ", packages), type -> isIn(type, packages));
  }

  private static DescribedPredicate<JavaClass> areNotIn(String... packages) {
    return describe("are not in " + String.join(", ", packages), type -> !isIn(type, packages));
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    return describe(
        "are " + String.join(" or ", names),
        type -> Arrays.asList(names).contains(type.getBaseComponentType().getName()));
  }

  private static DescribedPredicate<JavaClass> from(String... packages) {
    return describe(
        "come from " + String.join(" or ", packages), type -> inPackages(type, packages));
  }

  private static boolean inPackages(JavaClass type, String... packages) {
    String name = type.getPackageName();
    return Arrays.stream(packages)
        .anyMatch(prefix -> name.equals(prefix) || name.startsWith(prefix + "."));
  }
}
