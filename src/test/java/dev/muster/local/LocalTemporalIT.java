package dev.muster.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.SearchAttributes;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@NeedsTemporal
class LocalTemporalIT {

  @TempDir Path temp;
  private final Path executable = NeedsTemporal.Executable.path();
  private Home home;

  @BeforeEach
  void open() {
    home = Home.open(temp);
  }

  @AfterEach
  void stopWhatIsRecorded() {
    RecordedServer.read(home.run().resolve("temporal.properties"))
        .ifPresent(server -> server.process().stop("TERM", Duration.ofSeconds(10)));
    home.close();
  }

  @Test
  void serves_with_its_web_interface_and_the_search_attributes() throws Exception {
    try (LocalTemporal temporal = LocalTemporal.start(home, executable)) {
      assertThat(searchAttributes(temporal))
          .contains("MusterJobId", "MusterJobType", "MusterCaller");
      startWorkflow(temporal, "job/1");
      assertThat(isRunning(temporal, "job/1")).isTrue();
      try (HttpClient http = HttpClient.newHttpClient()) {
        HttpRequest page = HttpRequest.newBuilder(URI.create(temporal.ui())).build();
        assertThat(http.send(page, BodyHandlers.discarding()).statusCode()).isLessThan(400);
      }
    }
    assertThat(home.run().resolve("temporal.properties")).doesNotExist();
  }

  @Test
  void comes_back_on_the_same_port_with_its_data_after_kill_9() {
    try (LocalTemporal temporal = LocalTemporal.start(home, executable)) {
      String target = temporal.target();
      startWorkflow(temporal, "job/1");
      OsProcess first = temporal.process();
      first.stop("KILL", Duration.ofSeconds(1));
      await().atMost(Duration.ofSeconds(30)).until(() -> !temporal.process().equals(first));
      assertThat(temporal.target()).isEqualTo(target);
      assertThat(isRunning(temporal, "job/1")).isTrue();
    }
  }

  @Test
  void is_adopted_after_muster_was_killed() throws Exception {
    home.close();
    long pid = OtherMuster.startsTemporalAndIsKilled(temp, executable);
    home = Home.open(temp);
    try (LocalTemporal temporal = LocalTemporal.start(home, executable)) {
      assertThat(temporal.process().pid()).isEqualTo(pid);
      startWorkflow(temporal, "job/1");
    }
    try (LocalTemporal again = LocalTemporal.start(home, executable)) {
      assertThat(again.process().pid()).isNotEqualTo(pid);
      assertThat(isRunning(again, "job/1")).isTrue();
    }
  }

  @Test
  void takes_the_next_ports_when_the_preferred_ones_are_in_use() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LocalTemporal temporal =
            LocalTemporal.start(
                home,
                executable,
                LogFactory.getLog(LocalTemporalIT.class),
                List.of(busy.getLocalPort(), busy.getLocalPort()))) {
      assertThat(temporal.target()).doesNotEndWith(":" + busy.getLocalPort());
      assertThat(temporal.ui()).doesNotEndWith(":" + busy.getLocalPort());
      startWorkflow(temporal, "job/1");
    }
  }

  private static Iterable<String> searchAttributes(LocalTemporal temporal) {
    WorkflowServiceStubs service = service(temporal);
    try {
      return OperatorServiceGrpc.newBlockingStub(service.getRawChannel())
          .listSearchAttributes(
              ListSearchAttributesRequest.newBuilder().setNamespace("default").build())
          .getCustomAttributesMap()
          .keySet();
    } finally {
      service.shutdownNow();
    }
  }

  private static void startWorkflow(LocalTemporal temporal, String id) {
    WorkflowServiceStubs service = service(temporal);
    try {
      WorkflowOptions options =
          WorkflowOptions.newBuilder()
              .setWorkflowId(id)
              .setTaskQueue("nobody-listens")
              .setTypedSearchAttributes(
                  SearchAttributes.newBuilder()
                      .set(SearchAttributeKey.forLong("MusterJobId"), 1L)
                      .build())
              .build();
      WorkflowClient.newInstance(service).newUntypedWorkflowStub("Waits", options).start();
    } finally {
      service.shutdownNow();
    }
  }

  private static boolean isRunning(LocalTemporal temporal, String id) {
    WorkflowServiceStubs service = service(temporal);
    try {
      WorkflowStub workflow = WorkflowClient.newInstance(service).newUntypedWorkflowStub(id);
      return workflow.describe().getStatus()
          == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    } finally {
      service.shutdownNow();
    }
  }

  private static WorkflowServiceStubs service(LocalTemporal temporal) {
    return WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder().setTarget(temporal.target()).build());
  }
}
