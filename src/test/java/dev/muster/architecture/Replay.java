package dev.muster.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.ConstructorCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * What workflow code must not touch, because a replay would see something else than the first run.
 */
final class Replay {

  private static final Set<String> HARMLESS =
      Set.of(
          "java.io.Serializable",
          "java.util.concurrent.Callable",
          "java.util.concurrent.TimeUnit",
          "java.util.concurrent.CancellationException",
          "java.util.concurrent.TimeoutException");

  private static final Set<String> UNREPEATABLE_TYPES =
      Set.of(
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.lang.System$Logger",
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.security.SecureRandom",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.util.SplittableRandom",
          "java.util.Timer",
          "org.apache.commons.logging.LogFactory",
          "org.slf4j.LoggerFactory");

  private static final Set<String> UNREPEATABLE_PACKAGES =
      Set.of(
          "java.io",
          "java.net",
          "java.nio.channels",
          "java.nio.file",
          "java.sql",
          "java.util.concurrent",
          "java.util.concurrent.locks",
          "java.util.logging",
          "java.util.random",
          "javax.sql",
          "org.springframework");

  /** A type that has no place in workflow code, whatever is done with it. */
  static final DescribedPredicate<JavaClass> UNREPEATABLE =
      describe("are clocks, random, threads, IO, Spring, JDBC or loggers", Replay::isUnrepeatable);

  private Replay() {}

  private static boolean isUnrepeatable(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    return !HARMLESS.contains(name)
        && (UNREPEATABLE_TYPES.contains(name)
            || UNREPEATABLE_PACKAGES.contains(type.getPackageName())
            || type.getPackageName().startsWith("java.nio.file.")
            || type.getPackageName().startsWith("org.springframework."));
  }

  private static boolean isUnrepeatable(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    String name = access.getTarget().getName();
    return isUnrepeatable(owner)
        || switch (owner.getName()) {
          case "java.lang.System" -> !name.equals("arraycopy") && !name.equals("lineSeparator");
          case "java.lang.Math", "java.lang.StrictMath" -> name.equals("random");
          case "java.util.Collections" -> name.equals("shuffle");
          case "java.util.Random" -> access.getTarget() instanceof ConstructorCallTarget;
          case "java.util.UUID" -> name.equals("randomUUID");
          default ->
              (owner.getPackageName().startsWith("java.time") && name.equals("now"))
                  || name.equals("parallelStream")
                  || (owner.getPackageName().equals("java.util.stream") && name.equals("parallel"))
                  || (owner.isEquivalentTo(Object.class)
                      && Set.of("wait", "notify", "notifyAll").contains(name));
        };
  }

  /**
   * Follows every call from a class into the rest of muster. It does not see through interfaces:
   * what stands behind an activity is allowed to do everything.
   */
  static ArchCondition<JavaClass> reachOnlyWhatReplayRepeats() {
    return new ArchCondition<>("reach only what replay repeats") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Set<JavaCodeUnit> seen = new HashSet<>(type.getCodeUnits());
        Deque<Reached> open = new ArrayDeque<>();
        seen.forEach(unit -> open.add(new Reached(unit, unit.getFullName())));
        while (!open.isEmpty()) {
          Reached reached = open.remove();
          for (JavaAccess<?> access : reached.unit().getAccessesFromSelf()) {
            follow(reached, access, seen, open, events);
          }
        }
      }
    };
  }

  private static void follow(
      Reached reached,
      JavaAccess<?> access,
      Set<JavaCodeUnit> seen,
      Deque<Reached> open,
      ConditionEvents events) {
    String path = reached.path() + " -> " + access.getTarget().getFullName();
    if (isUnrepeatable(access)) {
      String where = access.getSourceCodeLocation().toString();
      events.add(SimpleConditionEvent.violated(reached.unit(), path + " in " + where));
    } else if (access instanceof JavaCodeUnitAccess<?> call
        && ImportTable.isMuster(call.getTargetOwner())) {
      CodeUnitAccessTarget target = call.getTarget();
      target.resolveMember().filter(seen::add).ifPresent(unit -> open.add(new Reached(unit, path)));
    }
  }

  /** Locks held by the language itself, which the call graph does not show. */
  static ArchCondition<JavaClass> synchronizeNothing() {
    return new ArchCondition<>("have no synchronized method") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getMethods().stream()
            .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
            .forEach(
                method ->
                    events.add(
                        SimpleConditionEvent.violated(
                            method, method.getDescription() + " is synchronized")));
      }
    };
  }

  /** A code unit, and the calls that lead to it. */
  private record Reached(JavaCodeUnit unit, String path) {}
}
