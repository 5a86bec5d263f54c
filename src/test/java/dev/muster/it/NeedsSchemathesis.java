package dev.muster.it;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that lets schemathesis attack the documented API: skipped where {@code st} is not on
 * {@code PATH}, failed there if {@code CI=true}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsSchemathesis.Executable.class)
@interface NeedsSchemathesis {

  final class Executable implements ExecutionCondition {

    private static final String MISSING =
        "no schemathesis: pip install schemathesis==4.32.5, and put `st` on PATH";

    Executable() {}

    static Path path() {
      return find().orElseThrow(() -> new IllegalStateException(MISSING));
    }

    private static Optional<Path> find() {
      return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
          .map(directory -> Path.of(directory, "st"))
          .filter(Files::isExecutable)
          .findFirst();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (find().isPresent()) {
        return ConditionEvaluationResult.enabled("st is on PATH");
      }
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException(MISSING);
      }
      return ConditionEvaluationResult.disabled(MISSING);
    }
  }
}
