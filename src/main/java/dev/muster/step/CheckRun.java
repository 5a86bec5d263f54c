package dev.muster.step;

import dev.muster.inventory.Hosts.Managed;
import dev.muster.job.InstanceState;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.runbook.BadRunbookException;
import dev.muster.runbook.Runbook;
import dev.muster.runbook.Step;
import dev.muster.runbook.Tools;
import dev.muster.step.StageActivity.Workshop;
import dev.muster.transport.HostSession;
import dev.muster.transport.Inspection;
import dev.muster.transport.Inspection.Login;
import dev.muster.transport.TransportException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a check on a host that nobody holds for it: each only looks. Every attempt begins at
 * the first step, for what was seen once may have changed.
 */
final class CheckRun {

  /** The fastest of a few answers says most about both clocks and the link. */
  private static final int QUESTIONS = 3;

  private final Workshop workshop;
  private final Managed host;
  private final List<Step.Inspect> steps;
  private final @Nullable String directory;
  private final Reporter reporter;
  private final Signals signals;
  private int at;
  private @Nullable Login login;

  /**
   * @param directory where run records live, if that was decided
   */
  CheckRun(
      Workshop workshop,
      Managed host,
      Runbook runbook,
      @Nullable String directory,
      Reporter reporter,
      Signals signals) {
    this.workshop = workshop;
    this.host = host;
    this.steps = runbook.steps().stream().map(Step.Inspect.class::cast).toList();
    this.directory = directory;
    this.reporter = reporter;
    this.signals = signals;
  }

  /** The step that was reached. */
  int step() {
    return Math.min(at, steps.size() - 1);
  }

  Ending run() throws TransportException {
    begin();
    try (Inspection inspection = workshop.transport().inspect(host.access(), this::loggedIn)) {
      while (at < steps.size()) {
        signals.check();
        StepResult result =
            signals.stopped()
                ? StepResult.stopped(Proof.NEVER_STARTED, "nothing was started here")
                : look(inspection, steps.get(at).subject());
        if (result instanceof StepResult.Ended ended) {
          reporter.result(at, 1, result);
          return new Ending.Finished(at, ended.outcome());
        }
        done();
      }
      return new Ending.Finished(step(), new Outcome.Succeeded());
    } catch (TransportException e) {
      String detail = String.valueOf(e.getMessage());
      reporter.result(step(), 1, StepResult.failed(e.reason(), detail));
      throw e;
    }
  }

  /** From here on it is not the connection that fails. */
  private void loggedIn(Login accepted) {
    login = accepted;
    if (steps.get(at).subject() == Step.Subject.CONNECTION) {
      say(Finding.connection(accepted));
      done();
    }
  }

  private void begin() {
    reporter.running(at, null);
    reporter.step(at, 1, InstanceState.RUNNING);
    reporter.event(at, 1, "begin");
  }

  private void done() {
    reporter.result(at, 1, new StepResult.Done());
    if (++at < steps.size()) {
      begin();
    }
  }

  private void say(Finding finding) {
    reporter.event(at, 1, "note " + StageActivity.bounded(finding.line()));
  }

  private StepResult look(Inspection inspection, Step.Subject subject) throws TransportException {
    Login accepted = Objects.requireNonNull(login);
    Finding finding =
        switch (subject) {
          case CONNECTION -> Finding.connection(accepted);
          case PRIVILEGE -> Finding.privilege(host.access(), accepted, inspection.uid());
          case CLOCK -> clock(inspection);
          case RUN_DIRECTORY -> Finding.room(inspection.room(directory));
          case AGENT -> agent(inspection);
        };
    if (finding.fault() != null) {
      return StepResult.failed(finding.fault(), finding.line());
    }
    say(finding);
    return new StepResult.Done();
  }

  private Finding clock(Inspection inspection) throws TransportException {
    Duration ahead = Duration.ZERO;
    Duration fastest = HostSession.PERMIT.multipliedBy(100);
    for (int i = 0; i < QUESTIONS; i++) {
      Instant asked = workshop.clock().instant();
      Instant there = inspection.date();
      Duration took = Duration.between(asked, workshop.clock().instant());
      if (took.compareTo(fastest) < 0) {
        fastest = took;
        ahead = Duration.between(asked.plus(took.dividedBy(2)), there);
      }
    }
    if (fastest.compareTo(HostSession.PERMIT) > 0) {
      throw new TransportException(
          Reason.LINK,
          "the link is too slow: an answer takes %d ms, and a permit to start counts for %d ms"
              .formatted(fastest.toMillis(), HostSession.PERMIT.toMillis()));
    }
    return Finding.clock(ahead, fastest);
  }

  private Finding agent(Inspection inspection) throws TransportException {
    try {
      Tools tools = workshop.catalog().tools(host.profile(), host.nodeType());
      return Finding.agent(
          tools.watch(), inspection.process(tools.watch()), workshop.clock().instant());
    } catch (BadRunbookException e) {
      return new Finding(Reason.NO_PROFILE, String.valueOf(e.getMessage()));
    }
  }
}
