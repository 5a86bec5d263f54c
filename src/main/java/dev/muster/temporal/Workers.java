package dev.muster.temporal;

import io.grpc.StatusRuntimeException;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.WorkerFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Starts the workers once Temporal answers, so that muster itself starts and accepts while Temporal
 * is away; on shutdown takes no more work and waits until what runs was handed over.
 */
@Component
class Workers implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Workers.class);
  private static final long HAND_OVER_SECONDS = 20;

  private final WorkerFactory factory;
  private final WorkflowClient client;
  private final SearchAttributes attributes;
  private volatile boolean running;

  Workers(WorkerFactory factory, WorkflowClient client, SearchAttributes attributes) {
    this.factory = factory;
    this.client = client;
    this.attributes = attributes;
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().daemon().name("workers-start").start(this::awaitTemporal);
  }

  private void awaitTemporal() {
    boolean said = false;
    while (running) {
      try {
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .withDeadlineAfter(3, TimeUnit.SECONDS)
            .describeNamespace(
                DescribeNamespaceRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .build());
        attributes.register();
        startFactory();
        return;
      } catch (StatusRuntimeException e) {
        if (!said) {
          log.warn(
              "Temporal does not answer ({}); jobs are accepted and wait", e.getStatus().getCode());
          said = true;
        }
        pause();
      }
    }
  }

  /** Not once stopping has begun. */
  private synchronized void startFactory() {
    if (running) {
      factory.start();
      log.info("working on jobs");
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void stop() {
    synchronized (this) {
      running = false;
      factory.shutdown();
    }
    factory.awaitTermination(HAND_OVER_SECONDS, TimeUnit.SECONDS);
    if (!factory.isTerminated()) {
      factory.shutdownNow();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 1_000;
  }
}
