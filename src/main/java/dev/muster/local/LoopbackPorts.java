package dev.muster.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Ports of 127.0.0.1. */
final class LoopbackPorts {

  /** How far from the preferred port a free one is looked for. */
  static final int TRIED = 100;

  private static final int CONNECT_MILLIS = 500;

  private LoopbackPorts() {}

  /** The preferred port or the next free one; empty if {@link #TRIED} in a row are in use. */
  static OptionalInt firstFree(int preferred, Collection<Integer> taken) {
    return IntStream.range(preferred, preferred + TRIED)
        .filter(port -> !taken.contains(port) && isFree(port))
        .findFirst();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(address(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Returns if something listens there.
   *
   * @throws IOException if nothing does
   */
  static void connect(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address(port), CONNECT_MILLIS);
    }
  }

  /** Not the machine's idea of a loopback address, which may be ::1. */
  private static InetSocketAddress address(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }
}
