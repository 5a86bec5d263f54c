package dev.muster.faults;

import java.util.Set;

/**
 * A time in which nothing may start on some hosts, because a client was answered so.
 *
 * @param fromNs when the stop or the hold was answered
 * @param untilNs before the retry or the lift was asked; {@link Long#MAX_VALUE} if it never was
 */
record Ban(Set<Long> hosts, long fromNs, long untilNs) {

  Ban {
    hosts = Set.copyOf(hosts);
  }

  static Ban since(Set<Long> hosts, long fromNs) {
    return new Ban(hosts, fromNs, Long.MAX_VALUE);
  }

  /** Of a ban that is not over yet. */
  Ban endedAt(long ns) {
    return new Ban(hosts, fromNs, Math.min(untilNs, ns));
  }

  /** Whether this began in spite of it. */
  boolean forbids(Execution command) {
    return hosts.contains(command.host())
        && fromNs < command.fromNs()
        && command.fromNs() < untilNs;
  }
}
