package dev.muster.demo;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.springframework.boot.SpringApplication;

/** A fleet that starts beside muster, and ends with it however far it came. */
final class Starting {

  private final FutureTask<Fleet> task;

  Starting(DemoHome home) {
    this.task = new FutureTask<>(() -> Fleet.start(home));
  }

  void begin() {
    Thread.ofPlatform().name("fleet").start(task);
    SpringApplication.getShutdownHandlers().add(this::end);
  }

  Fleet get() throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the fleet was started", e);
    }
  }

  private void end() {
    try {
      get().close();
    } catch (IOException e) {
      // It was told, and nothing of it is left.
    }
  }
}
