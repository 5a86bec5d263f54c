package dev.muster.transport;

/** One host of a transport, as far as every transport has one. */
interface Subject {

  /** A new session with its directory decided; closed by whoever owns this. */
  HostSession session() throws TransportException;

  /** A new key. */
  RunKey key();

  /** A command that leaves one effect at once and then takes about two seconds. */
  RunOrder order(RunKey key);

  /** How many effects there are of this key. */
  int effects(RunKey key);
}
