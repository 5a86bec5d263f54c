package dev.muster.runbook;

import java.time.Duration;

/** One thing to do on one host. */
public sealed interface Step {

  Title title();

  /**
   * Runs a command of the host's profile, at most once per execution.
   *
   * @param command its name in the profile
   * @param timeout after which it is ended, counted on the host from its start
   * @param effect what must be seen before the step counts as done
   * @param within how long the effect may take to be seen once the command has ended
   */
  record Run(Title title, String command, Duration timeout, Effect effect, Duration within)
      implements Step {}

  /** Waits as long as the host's profile says its agent needs to settle. */
  record Pause(Title title) implements Step {}

  /** Looks at the agent's process until it runs. */
  record Await(Title title, Duration every, Duration within) implements Step {}

  /** Looks at one thing of the host, and changes nothing. */
  record Inspect(Title title, Subject subject) implements Step {}

  /** What a check looks at. */
  enum Subject {
    /** It is reached, proves its key, and accepts the login. */
    CONNECTION,
    /** The account becomes root where it is meant to, and the runner comes up. */
    PRIVILEGE,
    /** Its date, and how long its answers take. */
    CLOCK,
    /** Run records could be written. */
    RUN_DIRECTORY,
    /** The agent's process runs. */
    AGENT
  }

  /** What a command is meant to achieve, beyond its exit code. */
  enum Effect {
    NONE,
    /** The agent's process runs and began after the command did. */
    RESTARTED,
    /** None; what the command says is the agent's version. */
    VERSION
  }
}
