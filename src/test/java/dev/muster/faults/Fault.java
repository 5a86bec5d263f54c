package dev.muster.faults;

import dev.muster.lab.Behaviour;
import java.time.Duration;
import java.util.Locale;

/** Something that goes wrong, and for how long. */
sealed interface Fault {

  /** What the report counts it as: {@code KillRunner} is "kill runner". */
  default String kind() {
    return getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  /** Of muster's own processes and servers; at most one at a time. */
  sealed interface OfProcess extends Fault {}

  /** kill -9 of one muster, which is started again. */
  record KillMuster(int which) implements OfProcess {}

  /** kill -9 of both musters, which are started again. */
  record KillAllMusters() implements OfProcess {}

  /** kill -9 of the muster that next accepts a job, at the moment of its answer. */
  record KillAtAcceptance() implements OfProcess {}

  /** SIGTERM to one muster after the other, each started again: a deployment under load. */
  record RollingRestart() implements OfProcess {}

  /** SIGSTOP of a muster past its heartbeat, then SIGCONT: its stages are others' by then. */
  record PauseMuster(int which, Duration pause) implements OfProcess {}

  record KillTemporal() implements OfProcess {}

  record KillPostgres() implements OfProcess {}

  /** SIGSTOP of all of PostgreSQL: connections stay open and nothing answers. */
  record PausePostgres(Duration pause) implements OfProcess {}

  /** Of one host; several hosts may have one each at the same time. */
  sealed interface OfHost extends Fault {
    int host();
  }

  /** kill -9 of a runner while its command runs. */
  record KillRunner(int host) implements OfHost {}

  /** kill -9 of a command, as when memory runs out. */
  record KillCommand(int host) implements OfHost {}

  /** kill -9 of the host's ends of all open sessions. */
  record CutSessions(int host) implements OfHost {}

  /** The cable is out: no reset, no refusal. */
  record SilentLink(int host, Duration pause) implements OfHost {}

  /** The next connections are reset when so many bytes have passed. */
  record ResetLink(int host, int bytes, Duration pause) implements OfHost {}

  /** The next connections stall when so many bytes have passed, but stay open. */
  record StallLink(int host, int bytes, Duration pause) implements OfHost {}

  /** No SSH server: connections are refused. */
  record RefuseLogins(int host, Duration pause) implements OfHost {}

  /** All processes gone, another boot id. */
  record Reboot(int host) implements OfHost {}

  /** No power. */
  record DeadHost(int host, Duration pause) implements OfHost {}

  /** No room where the runner keeps its records. */
  record FullDisk(int host, Duration pause) implements OfHost {}

  /** Commands take seconds instead of milliseconds. */
  record SlowHost(int host, Duration pause) implements OfHost {}

  /** Commands fail, lie or never end. */
  record Misbehaviour(int host, Behaviour.Kind how, Duration pause) implements OfHost {}
}
