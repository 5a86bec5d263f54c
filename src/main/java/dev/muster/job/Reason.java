package dev.muster.job;

import java.time.Duration;

/**
 * Why a host did not succeed: one reason per remedy, with what is done about it. This is the one
 * table of retries; a reason with one try is permanent. Tries are counted per host and reason and
 * are host-caused only: a worker or an engine that dies burns none (design, section 2).
 */
public enum Reason {
  NO_ADDRESS(
      1,
      0,
      "The host has neither a login nor an inner address.",
      "Give it an inner_ip or a login_ip."),
  NOT_IN_INVENTORY(1, 0, "The host left the inventory.", "Import it again, then retry."),
  NOT_ALLOWED(
      1, 0, "The host may no longer be operated.", "Correct it in the inventory, then ask again."),
  OS_NOT_SUPPORTED(1, 0, "There is no runner for this system.", "Operate it by hand."),
  NO_PROFILE(1, 0, "The host's profile cannot do this.", "Correct the profile in the inventory."),
  CONNECT(4, 1, "The host does not answer.", "Check power, network, port and firewall."),
  LINK(10, 2, "The connection broke.", "Check the network; the command itself goes on."),
  AUTH(1, 0, "The host refused the login.", "Install the public key for this account."),
  HOST_KEY(
      1, 0, "The host's key is unknown or changed.", "Check the fingerprint, then enrol the key."),
  PRIVILEGE(1, 0, "The account may not become root.", "Install the sudoers line in the detail."),
  RUN_DIRECTORY(
      1, 0, "The run directory cannot be used.", "Correct its owner or choose a local one."),
  DISK_FULL(1, 0, "The host's disk is full; nothing was started.", "Free some space, then retry."),
  BUSY(60, 5, "Another command holds the host.", "Wait for it, or look at it on the host."),
  FENCED(3, 2, "A newer order reached the host first.", "Look at the other job of this host."),
  TIMEOUT(
      1, 0, "The step ran longer than it may and was ended.", "See the log; raise its timeout."),
  EXIT_CODE(1, 0, "The command failed.", "See the log of the step."),
  VERIFY(1, 0, "The command said yes, the effect is not there.", "See the agent's own log."),
  AGENT_NOT_FOUND(
      1, 0, "The agent does not run on the host.", "Start it, or correct the host's profile."),
  CLOCK(1, 0, "The host's clock is far off.", "Let the host keep time (chrony, NTP)."),
  INTERRUPTED(3, 2, "The command was cut off before its effect.", "Retry when the host is stable."),
  UNKNOWN(1, 0, "Nobody could learn what became of the command.", "Look at the host, then retry."),
  STOPPED(1, 0, "The job was stopped.", "See the proof beside the host."),
  ENGINE(5, 5, "muster failed, not the host.", "See muster's log for this job.");

  private final int tries;
  private final int delaySeconds;
  private final String meaning;
  private final String hint;

  Reason(int tries, int delaySeconds, String meaning, String hint) {
    this.tries = tries;
    this.delaySeconds = delaySeconds;
    this.meaning = meaning;
    this.hint = hint;
  }

  /** How often a host may meet this before it is given up. */
  public int tries() {
    return tries;
  }

  public boolean permanent() {
    return tries == 1;
  }

  /** How long to wait after the n-th try (from 1): doubled each time, one minute at most. */
  public Duration delayAfter(int attempt) {
    long factor = 1L << Math.min(Math.max(attempt - 1, 0), 6);
    return Duration.ofSeconds(Math.min(delaySeconds * factor, 60));
  }

  public String meaning() {
    return meaning;
  }

  /** What the operator can do about it. */
  public String hint() {
    return hint;
  }
}
