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

  /** Looks at the agent's process until it is as it should be. */
  record Await(Title title, Should should, Duration every, Duration within) implements Step {}

  /** Brings the package of the host's profile to the host, where later commands find it. */
  record Deliver(Title title) implements Step {}

  /** Says how the host was reached. */
  record Tell(Title title, About about) implements Step {}

  /** Writes to the inventory that nothing of the agent is left, as a step before has proved. */
  record Forget(Title title) implements Step {}

  /** What a process should be. */
  enum Should {
    RUN,
    BE_ABSENT
  }

  enum About {
    /** The account that was accepted. */
    LOGIN,
    /** Directly, or by a proxy. */
    WAY
  }

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
    /** The agent's process runs, and is the one from before. */
    RELOADED,
    /** The agent's process does not run, and nothing is left of what its profile names. */
    REMOVED,
    /**
     * What the command says is the agent's version: that of the package, if the job has brought
     * one.
     */
    VERSION
  }
}
