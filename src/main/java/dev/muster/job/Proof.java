package dev.muster.job;

/** What a stop found on a host. */
public enum Proof {
  /** No command of this job was ever started there. */
  NEVER_STARTED,
  /** A command was running; it was ended, and the host recorded its end. */
  STOPPED,
  /** The command had ended before the stop reached it; later steps were not run. */
  FINISHED_FIRST,
  /** The host could not be reached to look; what runs there is not known. */
  UNREACHABLE
}
