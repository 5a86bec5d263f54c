package dev.muster.http;

import dev.muster.job.Caller;
import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.JobRequest;
import dev.muster.job.Mandate;
import dev.muster.job.Preview;
import dev.muster.job.Preview.Verdict;
import dev.muster.job.Scope;
import dev.muster.job.Stop;
import dev.muster.job.Submission;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Notes what it was asked for, and answers or throws what a test has told it to. */
final class FakeOperator implements JobOperator {

  private Function<JobRequest, Submission> submission = FakeOperator::accept;
  private Stop stop = new Stop.Acknowledged();
  private Optional<RuntimeException> failure = Optional.empty();
  private Optional<JobRequest> asked = Optional.empty();
  private Optional<Preview> preview = Optional.empty();
  private Optional<JobId> stopped = Optional.empty();
  private Optional<Caller> stopper = Optional.empty();

  void forget() {
    submission = FakeOperator::accept;
    answers(new Stop.Acknowledged());
    failure = Optional.empty();
    asked = Optional.empty();
    stopped = Optional.empty();
    stopper = Optional.empty();
  }

  void answers(Submission answer) {
    submission = request -> answer;
  }

  /** Jobs are accepted or refused by this. */
  void asks(Function<JobRequest, Submission> acceptance) {
    submission = acceptance;
  }

  private static Submission accept(JobRequest request) {
    return new Submission.Accepted(new JobId(7));
  }

  void answers(Stop answer) {
    stop = answer;
  }

  void previews(Preview answer) {
    preview = Optional.of(answer);
  }

  void fails(RuntimeException with) {
    failure = Optional.of(with);
  }

  /** The last job that was asked for. */
  Optional<JobRequest> asked() {
    return asked;
  }

  /** The last job that was to be stopped. */
  Optional<JobId> stopped() {
    return stopped;
  }

  Optional<Caller> stopper() {
    return stopper;
  }

  @Override
  public Submission submit(JobRequest request) {
    asked = Optional.of(request);
    if (failure.isPresent()) {
      throw failure.get();
    }
    return submission.apply(request);
  }

  @Override
  public Preview preview(JobRequest request) {
    return preview.orElseThrow();
  }

  @Override
  public Optional<Map<Verdict, List<Long>>> verdicts(JobId id, Scope known) {
    return Optional.empty();
  }

  @Override
  public Stop stop(JobId id, Mandate mandate) {
    stopped = Optional.of(id);
    stopper = Optional.of(mandate.caller());
    if (failure.isPresent()) {
      throw failure.get();
    }
    return stop;
  }
}
