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

  /**
   * As a runner says it: {@code state <word> [<argument>]}.
   *
   * @throws IllegalStateException if it is none
   */
  static RunState read(String answer) {
    String[] words = answer.split(" ", -1);
    if (!words[0].equals("state") || words.length < 2) {
      throw new IllegalStateException("not a state: " + answer);
    }
    String argument = words.length > 2 ? words[2] : "";
    return switch (words[1]) {
      case "DONE" -> new Done(Integer.parseInt(argument));
      case "RUNNING" -> new Running(Long.parseLong(argument));
      case "ORPHAN" -> new Orphan(Long.parseLong(argument));
      case "NOT_STARTED" -> new NotStarted();
      case "BUSY" -> new Busy(argument);
      case "REBOOTED" -> new Rebooted();
      case "INTERRUPTED" -> new Interrupted();
      case "CONFLICT" -> new Conflict();
      default -> throw new IllegalStateException("not a state: " + answer);
    };
  }
}
