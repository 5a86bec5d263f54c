package dev.muster.security;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Muster does not start with these settings, and only the operator can change that. The message is
 * the whole report: one line that says what is wrong and what to do.
 */
public final class SecurityRefusal extends RuntimeException {

  public SecurityRefusal(String line) {
    super(line);
  }

  /** Shows the one line, without a stack trace. */
  static final class Analyzer extends AbstractFailureAnalyzer<SecurityRefusal> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SecurityRefusal refusal) {
      return new FailureAnalysis(String.valueOf(refusal.getMessage()), null, refusal);
    }
  }
}
