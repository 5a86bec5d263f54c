package dev.muster.transport;

import dev.muster.host.Access;
import java.util.function.Consumer;

/** Opens sessions to hosts. Thread-safe; one for the process. */
public interface Transport {

  /**
   * Whether a connection is accepted where the host should be, found out within seconds and without
   * a login; also true where that cannot be said, as for a host behind a jump.
   */
  default boolean answers(Access access) {
    return true;
  }

  /**
   * Connects, logs in, becomes root if the access says so, and greets the runner.
   *
   * @throws TransportException CONNECT, AUTH, HOST_KEY, PRIVILEGE, NO_ADDRESS, OS_NOT_SUPPORTED or
   *     LINK
   */
  HostSession open(Access access) throws TransportException;

  /**
   * The same, only to look.
   *
   * @param loggedIn told as soon as the host has accepted the login: what fails after that is not
   *     the connection
   */
  Inspection inspect(Access access, Consumer<Inspection.Login> loggedIn) throws TransportException;
}
