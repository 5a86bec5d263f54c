package dev.muster.temporal;

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
import dev.muster.roster.Acceptance;
import dev.muster.roster.DryRun;
import dev.muster.roster.Holds;
import dev.muster.roster.Verbs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Commits each verb to the roster, answers, and then tells the engine. An engine that does not
 * listen delays a job; the {@link Sweeper} tells it again until it does.
 */
@Component
class TemporalJobOperator implements JobOperator {

  private final Acceptance acceptance;
  private final DryRun dryRun;
  private final Verbs verbs;
  private final Holds holds;
  private final Teller teller;

  TemporalJobOperator(
      Acceptance acceptance, DryRun dryRun, Verbs verbs, Holds holds, Teller teller) {
    this.acceptance = acceptance;
    this.dryRun = dryRun;
    this.verbs = verbs;
    this.holds = holds;
    this.teller = teller;
  }

  @Override
  public Submission submit(JobRequest request) {
    Submission submission = acceptance.accept(request);
    if (submission instanceof Submission.Accepted accepted) {
      teller.start(accepted.id());
    }
    return submission;
  }

  @Override
  public Preview preview(JobRequest request) {
    return dryRun.preview(request);
  }

  @Override
  public Optional<Map<Verdict, List<Long>>> verdicts(JobId id, Scope known) {
    return dryRun.verdicts(id.value(), known);
  }

  @Override
  public Verb.Answer say(JobId id, Verb verb, Mandate mandate) {
    Verb.Answer answer = verbs.say(id, verb, mandate);
    if (answer instanceof Verb.Answer.Acknowledged) {
      teller.tell(id);
    }
    return answer;
  }

  @Override
  public Hold.Answer hold(Hold.Area area, Verb.Mode mode, String why, Caller by) {
    return holds.hold(area, mode, why, by);
  }

  @Override
  public void lift(long hold, Caller by) {
    holds.lift(hold, by);
  }

  @Override
  public Optional<Hold> hold(long id) {
    return holds.find(id);
  }

  @Override
  public List<Hold> holds() {
    return holds.inForce();
  }
}
