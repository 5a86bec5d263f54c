package dev.muster.transport;

/** What a host knows about one key. */
public sealed interface RunState {

  /** The command ended; the exit code was recorded. */
  record Done(int exitCode) implements RunState {}

  /**
   * @param age how long it has run, in hundredths of a second of the host's own clock
   */
  record Running(long age) implements RunState {}

  /** Never started here: safe to start. */
  record NotStarted() implements RunState {}

  /** Never started here, and another key holds the host. */
  record Busy(String holder) implements RunState {}

  /** Started before the host's last boot; the exit code is lost. */
  record Rebooted() implements RunState {}

  /** Its runner was killed before it could record the end; the command is gone. */
  record Interrupted() implements RunState {}

  /** Its runner was killed, the command still runs. */
  record Orphan(long age) implements RunState {}

  /** The key was used for other commands: never touched. */
  record Conflict() implements RunState {}
}
