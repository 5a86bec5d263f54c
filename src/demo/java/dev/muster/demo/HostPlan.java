package dev.muster.demo;

import dev.muster.host.NodeType;

/**
 * One host of the fleet as it is meant to be.
 *
 * @param innerIp what it is known by; it is reached at 127.0.0.1
 */
record HostPlan(
    long id,
    String name,
    NodeType nodeType,
    long business,
    long cloud,
    String innerIp,
    Nature nature) {

  enum Nature {
    SOUND,

    /** Its first restart ends with an error and changes nothing; the next one is fine. */
    FAILS_ONCE,

    /** Its agent runs, but nobody listens at its SSH port. */
    UNREACHABLE
  }
}
