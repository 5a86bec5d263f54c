package dev.muster.local;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a {@link LocalServerRefusal} as its one line, without a stack trace. */
final class LocalServerRefusalAnalyzer extends AbstractFailureAnalyzer<LocalServerRefusal> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, LocalServerRefusal refusal) {
    return new FailureAnalysis(String.valueOf(refusal.getMessage()), null, refusal);
  }
}
