package dev.muster.lab;

import java.util.Optional;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips or fails what {@link NeedsLab} marks, before it starts anything. */
final class NeedsLabCondition implements ExecutionCondition, BeforeAllCallback, BeforeEachCallback {

  private final Optional<String> reasonNot;
  private final boolean mayNotSkip;

  NeedsLabCondition() {
    this(Lab.available(), "true".equals(System.getenv("CI")));
  }

  NeedsLabCondition(Optional<String> reasonNot, boolean mayNotSkip) {
    this.reasonNot = reasonNot;
    this.mayNotSkip = mayNotSkip;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return evaluate();
  }

  ConditionEvaluationResult evaluate() {
    if (reasonNot.isPresent() && !mayNotSkip) {
      return ConditionEvaluationResult.disabled("no lab here: " + reasonNot.get());
    }
    return ConditionEvaluationResult.enabled(
        reasonNot.isPresent() ? "skipping is not allowed with CI=true" : "a lab can run");
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    demand();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    demand();
  }

  void demand() {
    reasonNot.ifPresent(
        reason -> {
          throw new AssertionError(
              "CI=true, so tests with the lab must run, but there is no lab here: " + reason);
        });
  }
}
