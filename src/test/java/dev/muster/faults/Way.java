package dev.muster.faults;

/** How muster reaches the hosts. */
enum Way {
  /** As it does in production. */
  SSH,
  /** The same runner, fed by a local shell inside the host. */
  SH
}
