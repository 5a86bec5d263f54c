package dev.muster.step;

import dev.muster.job.InstanceState;
import dev.muster.job.Limits;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.runbook.Step;
import dev.muster.runbook.Tools;
import dev.muster.transport.Followed;
import dev.muster.transport.RunKey;
import dev.muster.transport.RunOrder;
import dev.muster.transport.RunState;
import dev.muster.transport.StartReply;
import dev.muster.transport.TransportException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * One command step: probe, start at most once per execution, follow, verify. What the host has
 * recorded decides, never what we remember.
 */
final class CommandRun {

  private static final Duration BUSY_WAIT = Duration.ofSeconds(5);
  private static final int CHUNK = 32 * 1024;

  /** An offset that no output reaches: waits for the end only. */
  private static final long BEYOND = 1L << 40;

  /** A permit that is late this often in a row says that we are too slow, not the host. */
  private static final int MOST_STALE = 20;

  private final OnHost host;
  private final int index;
  private final Step.Run step;
  private final boolean commandBefore;
  private int execution;
  private boolean touched;
  private int stale;
  private long offset;
  private Utf8Pieces text = new Utf8Pieces();
  private String lastLine = "";

  /**
   * @param commandBefore whether an earlier step of this stage has run a command on the host
   */
  CommandRun(OnHost host, int index, Step.Run step, boolean commandBefore) {
    this.host = host;
    this.index = index;
    this.step = step;
    this.commandBefore = commandBefore;
    this.execution = host.grant().progressed().execution(index);
  }

  boolean touched() {
    return touched;
  }

  StepResult run() throws TransportException {
    Tools.Command ordered = host.tools().commands().get(step.command());
    if (ordered == null) {
      return StepResult.failed(
          Reason.NO_PROFILE, "the host's profile has no command " + step.command());
    }
    if (!ordered.needsPackage()) {
      return run(ordered, false);
    }
    return switch (host.provision().bring(host.session(), host.signals())) {
      case Provision.Brought.There there -> run(ordered.withPackage(there.path()), true);
      case Provision.Brought.Missing missing -> Provision.failed(missing);
    };
  }

  /**
   * @param unpacks a package, of which no process tells whether it was unpacked as a whole
   */
  private StepResult run(Tools.Command command, boolean unpacks) throws TransportException {
    begin();
    while (true) {
      host.signals().check();
      Optional<StepResult> result =
          switch (host.session().probe(key(), digest(command))) {
            case RunState.NotStarted never -> start(command);
            case RunState.Running running -> attend(running.age());
            case RunState.Orphan orphan -> attend(orphan.age());
            case RunState.Done done -> Optional.of(done(done.exitCode()));
            case RunState.Rebooted rebooted -> lost("the host rebooted", true, unpacks);
            case RunState.Interrupted interrupted ->
                lost("the command was cut off", false, unpacks);
            case RunState.Busy busy -> Optional.of(busy(busy.holder()));
            case RunState.Conflict conflict ->
                Optional.of(
                    StepResult.failed(
                        Reason.ENGINE, "this key was used for another command: " + key()));
          };
      if (result.isPresent()) {
        host.reporter().result(index, execution, result.get());
        return result.get();
      }
    }
  }

  private void begin() {
    offset = host.signals().hint().offsetOf(index, execution);
    host.reporter().step(index, execution, InstanceState.RUNNING);
    if (offset == 0) {
      host.reporter().event(index, execution, "begin");
    }
  }

  private RunKey key() {
    return new RunKey(
        host.grant().uid(),
        host.grant().place().ordinal(),
        step.title().code() + "_" + index,
        execution);
  }

  private String digest(Tools.Command command) {
    return DigestUtils.sha256Hex(command.directory() + command.run() + host.tools().watch());
  }

  // ---- not started ----

  private Optional<StepResult> start(Tools.Command command) throws TransportException {
    Optional<StepResult> barred = host.barred(key().step());
    if (barred.isPresent()) {
      return barred;
    }
    if (host.signals().stopped()) {
      // The host itself is told to refuse this key, whoever may still ask.
      host.session().halt(key());
      boolean before = commandBefore || execution > 1;
      return Optional.of(
          StepResult.stopped(
              before ? Proof.FINISHED_FIRST : Proof.NEVER_STARTED,
              "%s was never started".formatted(key().step())));
    }
    RunOrder order =
        new RunOrder(
            key(),
            digest(command),
            host.grant().token(),
            host.tools().watch(),
            command.directory(),
            command.run());
    return switch (host.session().start(order, this::permitted)) {
      case StartReply.Started started -> Optional.empty();
      case StartReply.Withdrawn withdrawn -> withdrawn();
      case StartReply.Refused refused -> refused(refused.why());
    };
  }

  private boolean permitted() {
    boolean permitted = host.instances().permit(host.grant(), index);
    touched |= permitted;
    return permitted;
  }

  private Optional<StepResult> withdrawn() {
    if (!host.instances().holds(host.grant())) {
      throw new HandOverException("a newer attempt holds the host");
    }
    host.signals().gate(host.instances().gate(host.grant().place()));
    return Optional.empty();
  }

  private Optional<StepResult> refused(StartReply.Why why) throws TransportException {
    return switch (why) {
      case BUSY -> Optional.of(busy("another command"));
      case DISK_FULL ->
          Optional.of(
              StepResult.failed(
                  Reason.DISK_FULL, "no room for the exit code; nothing was started"));
      case CANCELLED -> {
        if (!host.signals().stopped()) {
          nextExecution();
        }
        yield Optional.empty();
      }
      case STALE -> {
        if (++stale >= MOST_STALE) {
          throw new TransportException(
              Reason.LINK, "the link is too slow: no permit reached the host in time");
        }
        yield Optional.empty();
      }
      case FENCED -> {
        if (!host.instances().holds(host.grant())) {
          throw new HandOverException("a newer attempt holds the host");
        }
        throw new TransportException(Reason.FENCED, "the host has seen a newer order than ours");
      }
      case DIED -> throw new TransportException(Reason.INTERRUPTED, "the runner did not come up");
    };
  }

  private StepResult busy(String holder) {
    if (host.instances().countTry(host.grant(), Reason.BUSY) >= Reason.BUSY.tries()) {
      return StepResult.failed(Reason.BUSY, "the host stayed busy with " + holder);
    }
    return new StepResult.Later(BUSY_WAIT, "the host is busy with " + holder);
  }

  private void nextExecution() {
    host.instances().nextExecution(host.grant(), index, execution);
    execution++;
    offset = 0;
    text = new Utf8Pieces();
    host.reporter().step(index, execution, InstanceState.RUNNING);
  }

  // ---- running ----

  private Optional<StepResult> attend(long ageHundredths) throws TransportException {
    if (host.signals().cut()) {
      return halt(new Outcome.Stopped(Proof.STOPPED, "the running command was ended"));
    }
    if (ageHundredths * 10 >= step.timeout().toMillis()) {
      return halt(
          new Outcome.TimedOut(
              "%s ran longer than %d s".formatted(step.command(), step.timeout().toSeconds())));
    }
    follow();
    return Optional.empty();
  }

  /** If the command ended first, the next probe says how. */
  private Optional<StepResult> halt(Outcome outcome) throws TransportException {
    boolean ended = host.session().halt(key());
    follow();
    return ended ? Optional.of(new StepResult.Ended(outcome)) : Optional.empty();
  }

  /** Reads on, as long as anything is to be kept. */
  private int follow() throws TransportException {
    boolean wanted = offset < Limits.LOG_BYTES;
    Followed followed = host.session().follow(key(), wanted ? offset : BEYOND, CHUNK);
    ByteBuffer output = followed.output();
    int bytes = output.remaining();
    if (bytes > 0) {
      offset += bytes;
      keep(text.add(output));
      // The next attempt reads a cut character from its beginning.
      host.signals().hint(new Signals.Hint(index, execution, offset - text.held()));
    }
    return bytes;
  }

  private void keep(String piece) {
    host.reporter().output(index, execution, offset, piece);
    lastLine = piece.strip().lines().reduce((a, b) -> b).orElse(lastLine);
  }

  // ---- ended ----

  private Effects effects() {
    return new Effects(
        host, key(), step, seen -> host.reporter().event(index, execution, "note " + seen));
  }

  private StepResult done(int exitCode) throws TransportException {
    while (offset < Limits.LOG_BYTES && follow() > 0) {
      host.signals().check();
    }
    if (text.held() > 0) {
      keep(text.end());
    }
    if (exitCode == 0) {
      return effects().proven();
    }
    if (host.signals().cut() && exitCode > 128) {
      return StepResult.stopped(Proof.STOPPED, "the running command was ended");
    }
    String said = lastLine.isBlank() ? "" : ": " + lastLine;
    return StepResult.failed(Reason.EXIT_CODE, "exit code " + exitCode + said);
  }

  /**
   * The exit code is lost. If the effect is there, it was done; if it is not, it was not, and a new
   * execution may try again; nothing is guessed.
   */
  private Optional<StepResult> lost(String why, boolean rebooted, boolean unpacks)
      throws TransportException {
    if (host.signals().stopped()) {
      return Optional.of(StepResult.stopped(Proof.STOPPED, why + "; nothing of it runs"));
    }
    if (!unpacks && effects().there(rebooted)) {
      host.reporter().event(index, execution, "note " + why + ", its effect is there");
      return Optional.of(new StepResult.Done());
    }
    Reason reason = rebooted ? Reason.REBOOT : Reason.INTERRUPTED;
    if (host.instances().countTry(host.grant(), reason) >= reason.tries()) {
      return Optional.of(StepResult.failed(reason, why + ", and its effect is not there"));
    }
    host.reporter()
        .event(index, execution, "failed " + why + ", its effect is not there: once more");
    host.reporter().step(index, execution, InstanceState.FAILED);
    nextExecution();
    return Optional.empty();
  }
}
