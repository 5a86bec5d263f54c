package dev.muster.step;

import dev.muster.host.Sighting;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.runbook.Step;
import dev.muster.transport.Effect;
import dev.muster.transport.Effect.Seen;
import dev.muster.transport.RunKey;
import dev.muster.transport.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks for what a command was meant to achieve, and gives it the time that its step allows: the
 * exit code alone is never success.
 */
final class Effects {

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int VERSION_BYTES = 4 * 1024;

  private final OnHost host;
  private final RunKey key;
  private final Step.Run step;
  private final Consumer<String> note;

  /**
   * @param note told what was seen, for people
   */
  Effects(OnHost host, RunKey key, Step.Run step, Consumer<String> note) {
    this.host = host;
    this.key = key;
    this.step = step;
    this.note = note;
  }

  /** Of a command that has ended with 0. */
  StepResult proven() throws TransportException {
    return switch (step.effect()) {
      case NONE -> new StepResult.Done();
      case RESTARTED -> awaited(Effect::restarted, "was not restarted");
      case RELOADED -> awaited(Effect::same, "was not reloaded in place");
      case REMOVED -> removed();
      case VERSION -> version();
    };
  }

  /**
   * Of a command whose end nobody knows.
   *
   * @param rebooted nothing of before the command is left; what runs now may need a moment
   */
  boolean there(boolean rebooted) throws TransportException {
    return switch (step.effect()) {
      case RESTARTED -> rebooted ? cameBack() : effect().restarted();
      case REMOVED -> !effect().running() && leftover().isEmpty();
      case NONE, RELOADED, VERSION -> false;
    };
  }

  private boolean cameBack() throws TransportException {
    long until = System.nanoTime() + step.within().toNanos();
    while (!effect().running()) {
      if (host.signals().cut() || System.nanoTime() >= until) {
        return false;
      }
      host.pause(LOOK);
    }
    return true;
  }

  private interface Wish {
    boolean fulfilled(Effect effect);
  }

  private StepResult awaited(Wish wish, String otherwise) throws TransportException {
    long until = System.nanoTime() + step.within().toNanos();
    while (true) {
      Effect effect = effect();
      if (wish.fulfilled(effect)) {
        note.accept(described(effect.is()));
        return new StepResult.Done();
      }
      if (host.signals().cut()) {
        return StepResult.stopped(
            Proof.FINISHED_FIRST, "the command had ended; its effect was not waited for");
      }
      if (System.nanoTime() >= until) {
        return StepResult.failed(
            Reason.VERIFY,
            "%s %s: %s".formatted(host.tools().watch().subject(), otherwise, instead(effect)));
      }
      host.pause(LOOK);
    }
  }

  private static String instead(Effect effect) {
    if (!(effect.is() instanceof Seen.Running running)) {
      return "it does not run";
    }
    return effect.same()
        ? "pid %d is the one from before".formatted(running.pid())
        : "pid %d is not the one from before".formatted(running.pid());
  }

  private StepResult removed() throws TransportException {
    StepResult absent = awaited(effect -> !effect.running(), "was not removed: it still runs");
    Optional<String> leftover = leftover();
    return absent instanceof StepResult.Done && leftover.isPresent()
        ? StepResult.failed(Reason.VERIFY, leftover.get() + " is still there")
        : absent;
  }

  private Optional<String> leftover() throws TransportException {
    for (String path : host.tools().software().leftovers()) {
      if (host.session().file(path).isPresent()) {
        return Optional.of(path);
      }
    }
    return Optional.empty();
  }

  /** Read from its beginning, which an earlier attempt may have had. */
  private StepResult version() throws TransportException {
    ByteBuffer output = host.session().follow(key, 0, VERSION_BYTES).output();
    Optional<Sighting> said = Sighting.saying(StandardCharsets.UTF_8.decode(output).toString());
    said.ifPresent(host::saw);
    Optional<String> given = host.provision().version();
    if (given.isEmpty() || given.equals(said.map(Sighting::version))) {
      return new StepResult.Done();
    }
    return StepResult.failed(
        Reason.VERIFY,
        "version %s was installed, and the agent says %s"
            .formatted(given.get(), said.map(Sighting::version).orElse("none")));
  }

  private Effect effect() throws TransportException {
    return host.session().effect(key, host.tools().watch());
  }

  private static String described(Seen seen) {
    return seen instanceof Seen.Running running ? "runs as pid " + running.pid() : "does not run";
  }
}
