package dev.muster.transport;

import dev.muster.host.Access;

/** Opens sessions to hosts. Thread-safe; one for the process. */
public interface Transport {

  /**
   * Connects, logs in, becomes root if the access says so, and greets the runner.
   *
   * @throws TransportException CONNECT, AUTH, HOST_KEY, PRIVILEGE, NO_ADDRESS, OS_NOT_SUPPORTED or
   *     LINK
   */
  HostSession open(Access access) throws TransportException;
}
