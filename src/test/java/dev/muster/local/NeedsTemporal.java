package dev.muster.local;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that runs against a real Temporal server: skipped where there is no executable for it,
 * failed there if {@code CI=true}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsTemporal.Executable.class)
public @interface NeedsTemporal {

  /**
   * Where the executable is: {@code -Dtemporal.executable}, {@code MUSTER_TEMPORAL}, {@code PATH},
   * {@code $MUSTER_HOME/bin}, {@code ~/.muster/bin}.
   */
  final class Executable implements ExecutionCondition {

    private static final String MISSING =
        "no temporal executable: run deploy/temporal/install, or put `temporal` on PATH";

    Executable() {}

    public static Path path() {
      return find().orElseThrow(() -> new IllegalStateException(MISSING));
    }

    private static Optional<Path> find() {
      Stream<String> named =
          Stream.of(System.getProperty("temporal.executable"), System.getenv("MUSTER_TEMPORAL"))
              .filter(Objects::nonNull);
      Stream<String> installed =
          Stream.of(System.getenv("MUSTER_HOME"), System.getProperty("user.home") + "/.muster")
              .filter(Objects::nonNull)
              .map(home -> home + "/bin/temporal");
      return Stream.of(
              named.map(Path::of), SearchPath.find("temporal").stream(), installed.map(Path::of))
          .flatMap(paths -> paths)
          .filter(SearchPath::isProgram)
          .findFirst();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<Path> found = find();
      if (found.isPresent()) {
        return ConditionEvaluationResult.enabled("runs " + found.get());
      }
      if ("true".equals(System.getenv("CI"))) {
        throw new IllegalStateException(MISSING);
      }
      return ConditionEvaluationResult.disabled(MISSING);
    }
  }
}
