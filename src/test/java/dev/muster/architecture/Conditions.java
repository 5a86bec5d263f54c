package dev.muster.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;

/** The conditions of {@link ArchitectureTest} that ArchUnit has no words for. */
final class Conditions {

  private Conditions() {}

  static ArchCondition<JavaClass> importOnlyWhatTheTableAllows() {
    return new ArchCondition<>("import only what ImportTable allows") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String from = ImportTable.packageOf(type);
        if (!ImportTable.knows(from)) {
          String message = "package " + from + " is not in ImportTable: " + type.getName();
          events.add(SimpleConditionEvent.violated(type, message));
          return;
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          String to = ImportTable.packageOf(target);
          if (ImportTable.isMuster(target) && !ImportTable.allows(from, to)) {
            String what = to.equals(ImportTable.ROOT) ? "the root package" : to;
            String message = from + " may not import " + what + ": " + dependency.getDescription();
            events.add(SimpleConditionEvent.violated(dependency, message));
          }
        }
      }
    };
  }

  static ArchCondition<JavaClass> seeOnlyWordsOf(Set<String> packages) {
    return new ArchCondition<>("see only activity interfaces, records and enums of " + packages) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          JavaClass target = dependency.getTargetClass().getBaseComponentType();
          if (ImportTable.isMuster(target)
              && packages.contains(ImportTable.packageOf(target))
              && !isWord(target)) {
            events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
          }
        }
      }
    };
  }

  private static boolean isWord(JavaClass type) {
    return type.isRecord()
        || type.isEnum()
        || (type.isInterface() && type.isAnnotatedWith("io.temporal.activity.ActivityInterface"));
  }

  static ArchCondition<JavaClass> haveTellingNames() {
    return new ArchCondition<>("have names that say what they do") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        String name = type.getSimpleName();
        boolean empty = name.matches(".*(Manager|Helper|Utils?)");
        boolean secondHand = name.endsWith("Impl") && !isWorkflowImplementation(type);
        if (empty || secondHand) {
          events.add(SimpleConditionEvent.violated(type, type.getName() + " needs a better name"));
        }
      }
    };
  }

  private static boolean isWorkflowImplementation(JavaClass type) {
    return ImportTable.packageOf(type).equals("workflow")
        && type.getAllRawInterfaces().stream()
            .anyMatch(port -> port.isAnnotatedWith("io.temporal.workflow.WorkflowInterface"));
  }

  static SliceAssignment byPackage() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return !ImportTable.isMuster(type) || ImportTable.packageOf(type).equals(ImportTable.ROOT)
            ? SliceIdentifier.ignore()
            : SliceIdentifier.of(ImportTable.packageOf(type));
      }

      @Override
      public String getDescription() {
        return "packages of muster";
      }
    };
  }
}
