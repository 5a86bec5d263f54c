package dev.muster.transport;

/** What came of asking a host to start a command. */
public sealed interface StartReply {

  /** It runs, or ran: under this key it is started exactly once. */
  record Started() implements StartReply {}

  /** The permit was not given; nothing was started. */
  record Withdrawn() implements StartReply {}

  /** Nothing was started. */
  record Refused(Why why) implements StartReply {}

  enum Why {
    /** Another key holds the host. */
    BUSY,
    /** The host has seen a newer lease token. */
    FENCED,
    /** A stop came first. */
    CANCELLED,
    /** The permit came back too late; ask again. */
    STALE,
    DISK_FULL,
    /** The runner said nothing; probe again. */
    DIED
  }
}
