package dev.muster.step;

import dev.muster.delivery.Courier;
import dev.muster.inventory.Hosts;
import dev.muster.inventory.Hosts.Managed;
import dev.muster.job.InstanceState;
import dev.muster.job.Limits;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.projection.ProgressWriter;
import dev.muster.roster.Claim;
import dev.muster.roster.Gate;
import dev.muster.roster.Grant;
import dev.muster.roster.Instances;
import dev.muster.roster.Instances.Place;
import dev.muster.runbook.BadRunbookException;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.Runbook;
import dev.muster.runbook.Shelf;
import dev.muster.runbook.Tools;
import dev.muster.transport.HostSession;
import dev.muster.transport.Transport;
import dev.muster.transport.TransportException;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationErrorCategory;
import io.temporal.failure.ApplicationFailure;
import io.temporal.spring.boot.ActivityImpl;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * One stage on one host: claim, connect, work, commit. What the host causes is counted and limited
 * by {@link Reason}; what we cause ourselves is left to the engine's retries and burns nothing.
 */
@Component
@ActivityImpl(taskQueues = "muster-ssh")
public class StageActivity implements Stages {

  private static final Logger log = LoggerFactory.getLogger(StageActivity.class);

  private final Instances instances;
  private final RunningStages running;
  private final Workshop workshop;
  private final ProgressWriter writer;
  private final StageSettings settings;
  private final RetryPace pace = new RetryPace(System::nanoTime, Math::random);

  public StageActivity(
      Instances instances,
      RunningStages running,
      Workshop workshop,
      ProgressWriter writer,
      StageSettings settings) {
    this.instances = instances;
    this.running = running;
    this.workshop = workshop;
    this.writer = writer;
    this.settings = settings;
  }

  /** What a stage works with: the inventory, the runbooks and the way to the hosts. */
  @Component
  public record Workshop(
      Hosts hosts,
      Catalog catalog,
      Shelf shelf,
      Transport transport,
      Courier courier,
      Clock clock) {}

  @Override
  public StageReport run(StageOrder order) {
    return switch (instances.claim(order.job(), order.ordinal())) {
      case Claim.Finished finished -> new StageReport(Verdict.DONE, 0, finished.state().name());
      case Claim.Waiting waiting ->
          wait(waiting.place(), waiting.moment(), StageSettings.HELD, waiting.why());
      case Claim.Busy busy -> busy(busy);
      case Claim.Granted granted -> work(granted.grant(), granted.gate());
    };
  }

  private StageReport busy(Claim.Busy busy) {
    String why =
        "held by job %d since %s"
            .formatted(busy.holder().job(), busy.holder().since().truncatedTo(ChronoUnit.SECONDS));
    return switch (busy.onBusy()) {
      case QUEUE -> wait(busy.place(), busy.moment(), settings.lookAgain(), why);
      case SKIP, REJECT -> {
        if (!instances.skip(busy.place(), why)) {
          // Retried after something was started there: the skip came too late.
          yield wait(busy.place(), busy.moment(), settings.lookAgain(), why);
        }
        reporter(busy.place(), busy.moment()).ended(InstanceState.SKIPPED, -1, why);
        yield new StageReport(Verdict.DONE, 0, InstanceState.SKIPPED.name());
      }
    };
  }

  private StageReport wait(Place place, long moment, Duration delay, String why) {
    reporter(place, moment).waiting(InstanceState.PENDING, -1, why);
    return later(delay, why);
  }

  private Reporter reporter(Place place, long moment) {
    return new Reporter(writer::report, workshop.clock(), place, moment);
  }

  private StageReport work(Grant grant, Gate gate) {
    Reporter reporter = reporter(grant.place(), grant.token());
    reporter.running(grant.step(), null);
    try (RunningStages.Running stage =
        running.open(grant.place(), Activity.getExecutionContext(), gate)) {
      return conclude(grant, reporter, attempt(grant, reporter, stage));
    } catch (HandOverException e) {
      throw failure("HAND_OVER", "another attempt goes on with this host", Duration.ofSeconds(1));
    } catch (DataAccessException e) {
      throw failure("DATABASE", "the database does not answer", Duration.ofSeconds(2));
    } catch (ApplicationFailure e) {
      throw e;
    } catch (RuntimeException e) {
      log.error(
          "job {} host {}: a stage failed by our own fault",
          grant.place().job(),
          grant.place().host(),
          e);
      return conclude(
          grant,
          reporter,
          trouble(
              grant, grant.step(), grant.progressed().touched(), Reason.ENGINE, e.toString(), 0));
    }
  }

  private Ending attempt(Grant grant, Reporter reporter, Signals signals) {
    if (signals.stopped() && !grant.progressed().touched()) {
      return stopped(grant.step(), Proof.NEVER_STARTED, "nothing was started here");
    }
    if (signals.gate() instanceof Gate.Late && !grant.progressed().touched()) {
      return failed(grant, Reason.DEADLINE, "its time was over before anything was started");
    }
    Optional<Managed> managed = workshop.hosts().find(grant.place().host());
    if (managed.isEmpty()) {
      return failed(
          grant, Reason.NOT_IN_INVENTORY, "host " + grant.place().host() + " left the inventory");
    }
    Runbook runbook = workshop.shelf().runbook(grant.work().type(), grant.work().runbook());
    return runbook.type().onlyLooks()
        ? look(grant, managed.get(), runbook, reporter, signals)
        : operate(grant, managed.get(), runbook, reporter, signals);
  }

  private Ending operate(
      Grant grant, Managed host, Runbook runbook, Reporter reporter, Signals signals) {
    Tools tools;
    try {
      tools = workshop.catalog().tools(host.profile(), host.nodeType());
    } catch (BadRunbookException e) {
      return failed(grant, Reason.NO_PROFILE, String.valueOf(e.getMessage()));
    }
    StageRun work = null;
    try (HostSession session = workshop.transport().open(host.access())) {
      String directory = session.directory(runDirectory(grant));
      if (!directory.equals(grant.runDirectory())) {
        instances.recordRunDirectory(grant, directory);
      }
      work =
          new StageRun(
              new OnHost(
                  grant,
                  instances,
                  workshop.hosts(),
                  host.access(),
                  session,
                  tools,
                  new Provision(
                      workshop.courier(), instances, grant, host, tools.software(), directory),
                  reporter,
                  signals));
      return work.run(runbook);
    } catch (TransportException e) {
      boolean touched = grant.progressed().touched() || (work != null && work.touched());
      return broken(grant, grant.step(), touched, signals, e, host.cloud());
    }
  }

  private Ending look(
      Grant grant, Managed host, Runbook runbook, Reporter reporter, Signals signals) {
    CheckRun check = new CheckRun(workshop, host, runbook, runDirectory(grant), reporter, signals);
    try {
      return check.run();
    } catch (TransportException e) {
      return broken(grant, check.step(), false, signals, e, host.cloud());
    }
  }

  private @Nullable String runDirectory(Grant grant) {
    return grant.runDirectory() == null ? settings.runDirectory() : grant.runDirectory();
  }

  private Ending broken(
      Grant grant, int step, boolean touched, Signals signals, TransportException e, long cloud) {
    signals.check();
    String detail = String.valueOf(e.getMessage());
    if (signals.stopped() && !e.reason().permanent()) {
      return stopped(step, touched ? Proof.UNREACHABLE : Proof.NEVER_STARTED, detail);
    }
    return trouble(grant, step, touched, e.reason(), detail, cloud);
  }

  /** The one table of {@link Reason} applied: again, later, or an outcome. */
  private Ending trouble(
      Grant grant, int step, boolean touched, Reason reason, String detail, long cloud) {
    boolean unreachable = reason.unreachable();
    if (!reason.permanent()) {
      int tries = instances.countTry(grant, reason);
      if (tries < triesOf(grant, reason)) {
        Duration delay =
            unreachable ? pace.next(cloud, reason.delayAfter(tries)) : reason.delayAfter(tries);
        if (unreachable && !touched) {
          // Nothing of ours runs there: others have its slot meanwhile.
          return new Ending.Later(delay, detail);
        }
        throw failure(reason.name(), detail, delay);
      }
      if (touched && reason != Reason.ENGINE) {
        Duration unknown = instances.unknownFor(grant);
        if (unknown.compareTo(settings.unknownDeadline()) < 0) {
          return new Ending.Later(
              pace.next(cloud, settings.lookAgain()),
              "a command was started and its end is not known: " + detail);
        }
        return new Ending.Finished(step, new Outcome.Failed(Reason.UNKNOWN, bounded(detail)));
      }
      if (unreachable && grant.work().offline().isPositive()) {
        return new Ending.Later(
            pace.next(cloud, settings.lookAgain()),
            "it is waited for, as it is offline: " + detail);
      }
    }
    return new Ending.Finished(step, Outcome.givenUp(reason, bounded(detail)));
  }

  private static int triesOf(Grant grant, Reason reason) {
    return grant.work().type().onlyLooks()
        ? Math.min(reason.tries(), Limits.CHECK_TRIES)
        : reason.tries();
  }

  private StageReport conclude(Grant grant, Reporter reporter, Ending ending) {
    return switch (ending) {
      case Ending.Later later -> {
        boolean touched = !instances.release(grant);
        reporter.waiting(
            touched ? InstanceState.RUNNING : InstanceState.PENDING, grant.step(), later.why());
        yield later(later.delay(), later.why());
      }
      case Ending.Finished finished -> {
        if (!instances.finish(grant, finished.step(), finished.outcome())) {
          // Somebody else holds the host now or has committed an outcome; it stands.
          throw failure("HAND_OVER", "a newer attempt holds the host", Duration.ofSeconds(1));
        }
        InstanceState state = InstanceState.of(finished.outcome());
        reporter.ended(state, finished.step(), detail(finished.outcome()));
        yield new StageReport(Verdict.DONE, 0, state.name());
      }
    };
  }

  private static StageReport later(Duration delay, String why) {
    return new StageReport(Verdict.LATER, (int) delay.toSeconds(), why);
  }

  private static Ending failed(Grant grant, Reason reason, String detail) {
    return new Ending.Finished(grant.step(), new Outcome.Failed(reason, bounded(detail)));
  }

  private static Ending stopped(int step, Proof proof, String detail) {
    return new Ending.Finished(step, new Outcome.Stopped(proof, bounded(detail)));
  }

  static String detail(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Succeeded s -> "";
      case Outcome.Failed f -> f.detail();
      case Outcome.Unreachable u -> u.detail();
      case Outcome.TimedOut t -> t.detail();
      case Outcome.Skipped s -> s.detail();
      case Outcome.Stopped s -> s.detail();
    };
  }

  /** One line of bounded length, without control characters. */
  static String bounded(String text) {
    String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() <= Limits.DETAIL_CHARS
        ? line
        : line.substring(0, Limits.DETAIL_CHARS - 1) + "…";
  }

  private static ApplicationFailure failure(String type, String message, Duration delay) {
    return ApplicationFailure.newBuilder()
        .setType(type)
        .setMessage(bounded(message))
        .setNextRetryDelay(delay)
        .setCategory(ApplicationErrorCategory.BENIGN)
        .build();
  }
}
