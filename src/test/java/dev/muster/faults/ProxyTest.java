package dev.muster.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Before a server that sends back what it gets. */
class ProxyTest {

  private ServerSocket echo;
  private Proxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    proxy = new Proxy("127.0.0.1", echo.getLocalPort());
    Thread.ofVirtual()
        .start(
            () -> {
              while (true) {
                try (Socket socket = echo.accept()) {
                  socket.getInputStream().transferTo(socket.getOutputStream());
                } catch (IOException e) {
                  if (echo.isClosed()) {
                    return;
                  }
                }
              }
            });
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(1_000);
    return socket;
  }

  private static byte[] echoed(Socket socket, int bytes) throws IOException {
    socket.getOutputStream().write(new byte[bytes]);
    return socket.getInputStream().readNBytes(bytes);
  }

  @Test
  void passesEverything() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echoed(socket, 100_000)).hasSize(100_000);
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void resetsAfterSoManyBytes() throws IOException {
    proxy.mischief(new Proxy.Reset(30));
    try (Socket socket = connect()) {
      assertThat(echoed(socket, 10)).hasSize(10);
      assertThatThrownBy(() -> echoed(socket, 20)).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void stallsAfterSoManyBytesAndResetsInTheEnd() throws IOException {
    proxy.mischief(new Proxy.Stall(15, new CountDownLatch(1)));
    try (Socket socket = connect()) {
      assertThatThrownBy(() -> echoed(socket, 10)).isInstanceOf(SocketTimeoutException.class);
      proxy.mischief(new Proxy.None());
      assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
          .isInstanceOf(SocketException.class);
    }
    try (Socket socket = connect()) {
      assertThat(echoed(socket, 50)).hasSize(50);
    }
  }
}
