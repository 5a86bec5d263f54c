package dev.muster.demo;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** All hosts of the demo. Close from any thread, more than once if need be. */
final class Fleet implements AutoCloseable {

  /** More would only wait for each other. */
  private static final int AT_ONCE = 8;

  private final List<DemoHost> hosts;

  private Fleet(List<DemoHost> hosts) {
    this.hosts = List.copyOf(hosts);
  }

  /** Starts every host; if one does not come up, none stays. */
  static Fleet start(DemoHome home) throws IOException {
    List<DemoHost> up = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE)) {
      PublicKey caller = Keys.of(home.identity()).getPublic();
      List<Callable<DemoHost>> starts = new ArrayList<>();
      for (HostPlan plan : Blueprint.hosts()) {
        starts.add(() -> DemoHost.start(plan, home.hosts().resolve(plan.name()), caller));
      }
      IOException failed = null;
      for (Future<DemoHost> start : executor.invokeAll(starts)) {
        try {
          up.add(start.get());
        } catch (ExecutionException e) {
          Throwable cause = e.getCause();
          failed = cause instanceof IOException known ? known : new IOException(e);
        }
      }
      Fleet fleet = new Fleet(up);
      if (failed != null) {
        fleet.close();
        throw failed;
      }
      return fleet;
    } catch (GeneralSecurityException e) {
      throw new IOException("no key pair can be made: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the fleet was started", e);
    }
  }

  List<DemoHost> hosts() {
    return hosts;
  }

  @Override
  public void close() {
    hosts.forEach(DemoHost::close);
  }
}
