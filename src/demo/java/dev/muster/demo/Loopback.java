package dev.muster.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.stream.IntStream;

/** 127.0.0.1 and its ports: nothing of the demo is reached from outside. */
final class Loopback {

  static final String ADDRESS = "127.0.0.1";

  private static final int TRIED = 100;

  private Loopback() {}

  /** Not the machine's idea of a loopback address, which may be ::1. */
  static InetSocketAddress at(int port) throws IOException {
    return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
  }

  /** The wanted port or the next free one; the wanted one if none is. */
  static int firstFree(int wanted) {
    return IntStream.range(wanted, wanted + TRIED)
        .filter(Loopback::isFree)
        .findFirst()
        .orElse(wanted);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(at(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
