package dev.muster.it;

import dev.muster.Muster;
import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.JobRequest;
import dev.muster.job.Stop;
import dev.muster.job.Submission;
import dev.muster.runbook.Catalog;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/** muster that takes what the app {@code check} asks for as a check of the same hosts. */
final class CheckingMuster {

  private CheckingMuster() {}

  public static void main(String[] arguments) {
    SpringApplication.run(new Class<?>[] {Muster.class, Parts.class}, arguments);
  }

  /** Not annotated, so that only {@link #main} takes it in. */
  static class Parts {

    @Bean
    @Primary
    static JobOperator checkingOperator(
        @Qualifier("temporalJobOperator") JobOperator operator, Catalog catalog) {
      return new JobOperator() {
        @Override
        public Submission submit(JobRequest request) {
          return operator.submit(
              request.caller().app().equals("check") ? check(request, catalog) : request);
        }

        @Override
        public Stop stop(JobId id, Caller caller) {
          return operator.stop(id, caller);
        }
      };
    }

    private static JobRequest check(JobRequest asked, Catalog catalog) {
      return new JobRequest(
          asked.type().checked(),
          catalog.runbook(asked.type().checked()).orElseThrow().digest(),
          asked.selector(),
          asked.options(),
          asked.caller(),
          asked.permit(),
          asked.digest(),
          asked.idempotencyKey());
    }
  }
}
