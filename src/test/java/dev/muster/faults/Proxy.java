package dev.muster.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A way to one host over a port of 127.0.0.1, that resets or stalls connections after so many bytes
 * of both directions together. Safe for use by several threads.
 */
final class Proxy implements AutoCloseable {

  /** What is done to the connections made from now on. */
  sealed interface Mischief {}

  record None() implements Mischief {}

  /** RST in both directions after so many bytes. */
  record Reset(long bytes) implements Mischief {}

  /**
   * Nothing passes after so many bytes, until the mischief changes: the connection is reset then.
   */
  record Stall(long bytes, CountDownLatch over) implements Mischief {}

  private static final int CONNECT_MILLIS = 10_000;

  private final InetSocketAddress target;
  private final ServerSocket server;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private volatile Mischief mischief = new None();

  Proxy(String address, int port) {
    this.target = new InetSocketAddress(address, port);
    try {
      this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** From the next connection on; ends a stall. */
  void mischief(Mischief next) {
    Mischief before = mischief;
    mischief = next;
    if (before instanceof Stall stall) {
      stall.over().countDown();
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> pass(client));
      } catch (IOException e) {
        // Closed.
        return;
      }
    }
  }

  private void pass(Socket client) {
    Passage passage = new Passage(client, new Socket(), mischief);
    passages.add(passage);
    try {
      passage.host().connect(target, CONNECT_MILLIS);
      Thread back = Thread.ofVirtual().start(() -> passage.copy(passage.host(), client));
      passage.copy(client, passage.host());
      back.join();
    } catch (IOException e) {
      // The host refuses or is silent: the client is told by a reset.
      passage.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      passage.reset();
      passages.remove(passage);
    }
  }

  @Override
  public void close() {
    mischief(new None());
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    passages.forEach(Passage::reset);
  }

  /** One connection. */
  private record Passage(Socket client, Socket host, Mischief mischief, AtomicLong passed) {

    Passage(Socket client, Socket host, Mischief mischief) {
      this(client, host, mischief, new AtomicLong());
    }

    void copy(Socket from, Socket to) {
      byte[] buffer = new byte[8_192];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          int some = allowed(n);
          out.write(buffer, 0, some);
          if (some < n) {
            misbehave();
            return;
          }
        }
        to.shutdownOutput();
      } catch (IOException e) {
        // One side is gone: so is the other.
        reset();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    /** How many of the next n bytes pass. */
    private int allowed(int n) {
      long limit =
          switch (mischief) {
            case None none -> Long.MAX_VALUE;
            case Reset reset -> reset.bytes();
            case Stall stall -> stall.bytes();
          };
      long before = passed.getAndAdd(n);
      return Math.clamp(limit - before, 0, n);
    }

    private void misbehave() throws InterruptedException {
      if (mischief instanceof Stall stall) {
        stall.over().await();
      }
      reset();
    }

    void reset() {
      reset(client);
      reset(host);
    }

    /** With a linger of zero a close is a reset. */
    private static void reset(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException e) {
        // Closed already.
        return;
      }
    }
  }
}
