package dev.muster.step;

import dev.muster.delivery.Build;
import dev.muster.host.Sighting;
import dev.muster.host.Watch;
import dev.muster.job.InstanceState;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.runbook.Runbook;
import dev.muster.runbook.Step;
import dev.muster.transport.RunKey;
import dev.muster.transport.TransportException;
import java.util.List;
import java.util.Optional;

/** The steps of a stage on a host that we hold, in order. */
final class StageRun {

  private final OnHost host;
  private boolean touched;

  StageRun(OnHost host) {
    this.host = host;
  }

  /** Whether a start was permitted in this run. */
  boolean touched() {
    return touched;
  }

  Ending run(Runbook runbook) throws TransportException {
    List<Step> steps = runbook.steps();
    for (int i = host.grant().step(); i < steps.size(); i++) {
      host.reporter().running(i, null);
      StepResult result = step(i, steps.get(i), commandBefore(steps, i));
      switch (result) {
        case StepResult.Done done -> {
          if (host.signals().stopped() && i < steps.size() - 1) {
            return new Ending.Finished(i, stopped().outcome());
          }
        }
        case StepResult.Later later -> {
          return new Ending.Later(later.delay(), later.why());
        }
        case StepResult.Ended ended -> {
          return new Ending.Finished(i, ended.outcome());
        }
      }
    }
    return new Ending.Finished(steps.size() - 1, new Outcome.Succeeded());
  }

  /** A stop that met no command: none was ever begun, or the last one had ended. */
  private StepResult.Ended stopped() {
    return touched || host.grant().progressed().touched()
        ? StepResult.stopped(
            Proof.FINISHED_FIRST, "the command had ended before the stop; later steps were not run")
        : StepResult.stopped(Proof.NEVER_STARTED, "nothing was started here");
  }

  private StepResult step(int index, Step step, boolean commandBefore) throws TransportException {
    if (step instanceof Step.Run run) {
      CommandRun command = new CommandRun(host, index, run, commandBefore);
      try {
        return command.run();
      } finally {
        touched |= command.touched();
      }
    }
    host.reporter().step(index, 1, InstanceState.RUNNING);
    host.reporter().event(index, 1, "begin");
    StepResult result =
        switch (step) {
          case Step.Pause pause -> pause();
          case Step.Await await -> await(await);
          case Step.Deliver deliver -> deliver(index);
          case Step.Tell tell -> tell(index, tell.about());
          case Step.Forget forget -> forget();
          case Step.Run run -> throw new IllegalStateException("handled above");
          case Step.Inspect inspect -> throw new IllegalStateException("only a check inspects");
        };
    host.reporter().result(index, 1, result);
    return result;
  }

  private static boolean commandBefore(List<Step> steps, int index) {
    return steps.subList(0, index).stream().anyMatch(Step.Run.class::isInstance);
  }

  private StepResult pause() {
    host.pause(host.tools().settle());
    return new StepResult.Done();
  }

  private StepResult deliver(int index) throws TransportException {
    Optional<StepResult> barred = host.barred("the delivery");
    if (barred.isPresent()) {
      return barred.get();
    }
    try {
      return switch (host.provision().bring(host.session(), host.signals())) {
        case Provision.Brought.There there -> {
          Build build = there.build();
          note(
              index,
              "%s %s for %s, SHA-256 %s"
                  .formatted(
                      build.target().name(),
                      build.target().version(),
                      build.target().cpu(),
                      build.sha256()));
          yield new StepResult.Done();
        }
        case Provision.Brought.Missing missing -> Provision.failed(missing);
      };
    } catch (TransportException e) {
      if (host.signals().stopped()) {
        return stopped();
      }
      throw e;
    }
  }

  private StepResult tell(int index, Step.About about) {
    note(
        index,
        switch (about) {
          case LOGIN -> "login accepted, with user id " + host.session().uid();
          case WAY -> host.way();
        });
    return new StepResult.Done();
  }

  private StepResult forget() {
    host.saw(Sighting.uninstalled());
    return new StepResult.Done();
  }

  private void note(int index, String text) {
    host.reporter().event(index, 1, "note " + StageActivity.bounded(text));
  }

  private StepResult await(Step.Await await) throws TransportException {
    Watch watch = host.tools().watch();
    RunKey key = new RunKey(host.grant().uid(), host.grant().place().ordinal(), "await", 1);
    long until = System.nanoTime() + await.within().toNanos();
    while (true) {
      boolean running = host.session().effect(key, watch).running();
      if (running == (await.should() == Step.Should.RUN)) {
        host.saw(running ? Sighting.running() : Sighting.absent());
        return new StepResult.Done();
      }
      if (host.signals().stopped()) {
        return stopped();
      }
      if (System.nanoTime() >= until) {
        return StepResult.failed(
            Reason.VERIFY,
            "%s %s after %d s"
                .formatted(
                    watch.subject(),
                    running ? "still runs" : "does not run",
                    await.within().toSeconds()));
      }
      host.pause(await.every());
    }
  }
}
