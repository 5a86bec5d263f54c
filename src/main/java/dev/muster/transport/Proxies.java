package dev.muster.transport;

import dev.muster.host.Access;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.forward.ExplicitPortForwardingTracker;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Logins on proxies, each shared by all who are on their way through it, and closed when nobody was
 * for a while. A proxy passes bytes on and no more: logins on hosts are made here, and no agent is
 * forwarded.
 */
final class Proxies {

  private static final long IDLE_SECONDS = 30;
  private static final SshdSocketAddress ANY_PORT = new SshdSocketAddress("127.0.0.1", 0);

  /** How a proxy itself is logged in on. */
  @FunctionalInterface
  interface Login {
    ClientSession logIn(Access proxy) throws TransportException;
  }

  private final Login login;
  private final ScheduledExecutorService clock;
  private final Map<Access, Shared> shared = new HashMap<>();

  Proxies(Login login, ScheduledExecutorService clock) {
    this.login = login;
    this.clock = clock;
  }

  /** One proxy; its lock is held while somebody logs in, so that everybody else waits for that. */
  private static final class Shared {
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ClientSession session;
    private int users;
  }

  /**
   * A way to one host through one proxy, until it is closed.
   *
   * @param entrance what to connect to on this machine
   */
  record Way(SshdSocketAddress entrance, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /**
   * @throws TransportException if the proxy cannot be logged in on
   */
  Way way(Access proxy, SshdSocketAddress target) throws TransportException, IOException {
    Shared through = use(proxy);
    try {
      ExplicitPortForwardingTracker tracker =
          session(proxy, through).createLocalPortForwardingTracker(ANY_PORT, target);
      return new Way(
          tracker.getBoundAddress(),
          () -> {
            try {
              tracker.close();
            } catch (IOException e) {
              // The proxy is gone, and the way with it.
              tracker.getBoundAddress();
            } finally {
              leave(proxy, through);
            }
          });
    } catch (IOException | TransportException | RuntimeException e) {
      leave(proxy, through);
      throw e;
    }
  }

  private ClientSession session(Access proxy, Shared through) throws TransportException {
    through.lock.lock();
    try {
      ClientSession session = through.session;
      if (session == null || !session.isOpen()) {
        session = login.logIn(proxy);
        through.session = session;
      }
      return session;
    } finally {
      through.lock.unlock();
    }
  }

  private synchronized Shared use(Access proxy) {
    Shared through = shared.computeIfAbsent(proxy, p -> new Shared());
    through.users++;
    return through;
  }

  private synchronized void leave(Access proxy, Shared through) {
    if (--through.users == 0) {
      var unused =
          clock.schedule(() -> closeIfIdle(proxy, through), IDLE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private synchronized void closeIfIdle(Access proxy, Shared through) {
    if (through.users == 0 && shared.remove(proxy, through) && through.session != null) {
      through.session.close(false);
    }
  }
}
