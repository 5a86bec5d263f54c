package dev.muster.http;

import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.JobRequest;
import dev.muster.job.Mandate;
import dev.muster.job.Preview;
import dev.muster.job.Preview.Verdict;
import dev.muster.job.Scope;
import dev.muster.job.Submission;
import dev.muster.job.Verb;
import dev.muster.job.Verb.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** Notes what it was asked for, and answers or throws what a test has told it to. */
final class FakeOperator implements JobOperator {

  private Function<JobRequest, Submission> submission = FakeOperator::accept;
  private Answer answer = new Answer.Acknowledged(1);
  private Optional<RuntimeException> failure = Optional.empty();
  private Optional<JobRequest> asked = Optional.empty();
  private Optional<Preview> preview = Optional.empty();
  private Optional<JobId> stopped = Optional.empty();
  private Optional<Caller> stopper = Optional.empty();
  private Optional<Verb> verb = Optional.empty();
  private Hold.Answer holding = new Hold.Answer.Held(9);
  private Optional<Hold> held = Optional.empty();
  private OptionalLong lifted = OptionalLong.empty();
  private List<Hold> holds = List.of();

  void forget() {
    submission = FakeOperator::accept;
    answers(new Answer.Acknowledged(1));
    verb = Optional.empty();
    holding = new Hold.Answer.Held(9);
    held = Optional.empty();
    lifted = OptionalLong.empty();
    holds = List.of();
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

  /** To every verb. */
  void answers(Answer answer) {
    this.answer = answer;
  }

  /** The last verb that was said. */
  Optional<Verb> verb() {
    return verb;
  }

  /** To whoever asks for a hold. */
  void answers(Hold.Answer answer) {
    holding = answer;
  }

  /** These are in force. */
  void holds(List<Hold> inForce) {
    holds = List.copyOf(inForce);
  }

  /** The last area that was to be held, as the hold that it asked for. */
  Optional<Hold> held() {
    return held;
  }

  /** The last hold that was to be lifted. */
  OptionalLong lifted() {
    return lifted;
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
  public Answer say(JobId id, Verb said, Mandate mandate) {
    verb = Optional.of(said);
    stopped = Optional.of(id);
    stopper = Optional.of(mandate.caller());
    if (failure.isPresent()) {
      throw failure.get();
    }
    return answer;
  }

  @Override
  public Hold.Answer hold(Hold.Area area, Verb.Mode mode, String why, Caller by) {
    held = Optional.of(new Hold(9, area, mode, why, by, Instant.EPOCH));
    return holding;
  }

  @Override
  public void lift(long hold, Caller by) {
    lifted = OptionalLong.of(hold);
  }

  @Override
  public Optional<Hold> hold(long id) {
    return holds.stream().filter(hold -> hold.id() == id).findFirst();
  }

  @Override
  public List<Hold> holds() {
    return holds;
  }
}
