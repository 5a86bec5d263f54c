package dev.muster.temporal;

import com.google.protobuf.ByteString;
import dev.muster.job.JobId;
import dev.muster.roster.Jobs;
import dev.muster.workflow.JobWorkflow;
import dev.muster.workflow.JobWorkflow.JobInput;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryReverseRequest;
import io.temporal.client.UpdateOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.client.WorkflowUpdateStage;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The workflows of jobs as the engine has them. */
@Component
class JobWorkflows {

  private static final String UID = "uid";

  private final WorkflowClient client;
  private final SearchAttributes attributes;

  JobWorkflows(WorkflowClient client, SearchAttributes attributes) {
    this.client = client;
    this.attributes = attributes;
  }

  /** How a job's workflow stands. */
  sealed interface Standing {
    record NotFound() implements Standing {}

    /** A workflow with the job's id belongs to another database that shares the namespace. */
    record Foreign(boolean running) implements Standing {}

    record Running() implements Standing {}

    /** It ended by itself. */
    record Ended() implements Standing {}

    /** A person ended it in the engine. */
    record Killed(String how) implements Standing {}
  }

  /**
   * First start, retry, sweeper and restore are this one start; a running workflow is left alone.
   */
  void start(Jobs.Open job) {
    JobWorkflow workflow =
        client.newWorkflowStub(
            JobWorkflow.class,
            WorkflowOptions.newBuilder()
                .setWorkflowId(id(job.id()))
                .setTaskQueue("muster-control")
                .setWorkflowIdReusePolicy(
                    WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
                .setWorkflowIdConflictPolicy(
                    WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING)
                .setMemo(Map.of(UID, job.uid().toString()))
                .setTypedSearchAttributes(attributes.of(job))
                .setStaticSummary("%s by %s".formatted(job.type(), job.caller()))
                .build());
    WorkflowClient.start(workflow::run, new JobInput(job.id().value()));
  }

  /**
   * Tells the job's workflow that verbs were said, up to this version; one that is not running any
   * more is started, and reads them.
   *
   * @return whether it knows now, or is about to
   */
  boolean tell(Jobs.Open job) {
    return switch (standing(job)) {
      case Standing.Running running -> {
        if (!update(job)) {
          start(job);
        }
        yield true;
      }
      case Standing.NotFound missing -> {
        start(job);
        yield true;
      }
      case Standing.Ended ended -> {
        start(job);
        yield true;
      }
      // To a stranger there is nothing to say; and who was killed is stopped by the sweeper first.
      case Standing.Foreign foreign -> false;
      case Standing.Killed killed -> false;
    };
  }

  /**
   * Returns false if it has ended meanwhile: whoever begins after that reads what was committed.
   */
  private boolean update(Jobs.Open job) {
    try {
      client
          .newUntypedWorkflowStub(id(job.id()))
          .startUpdate(
              UpdateOptions.newBuilder(Void.class)
                  .setUpdateName("told")
                  .setUpdateId("told-" + job.version())
                  .setResultClass(Void.class)
                  .setWaitForStage(WorkflowUpdateStage.ACCEPTED)
                  .build(),
              job.version());
      return true;
    } catch (WorkflowUpdateException e) {
      // Rejected: it was told before.
      return true;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  /** Makes a running workflow look at its rows; returns false if it has ended meanwhile. */
  boolean look(Jobs.Open job) {
    try {
      client.newUntypedWorkflowStub(id(job.id())).signal("look");
      return true;
    } catch (WorkflowNotFoundException e) {
      return false;
    }
  }

  Standing standing(Jobs.Open job) {
    WorkflowExecutionInfo info;
    try {
      info =
          client
              .getWorkflowServiceStubs()
              .blockingStub()
              .describeWorkflowExecution(
                  DescribeWorkflowExecutionRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .setExecution(WorkflowExecution.newBuilder().setWorkflowId(id(job.id())))
                      .build())
              .getWorkflowExecutionInfo();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return new Standing.NotFound();
      }
      throw e;
    }
    boolean running = info.getStatus() == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
    if (!uid(info).equals(Optional.of(job.uid().toString()))) {
      return new Standing.Foreign(running);
    }
    return switch (info.getStatus()) {
      case WORKFLOW_EXECUTION_STATUS_TERMINATED ->
          new Standing.Killed("terminated in Temporal" + reason(info));
      case WORKFLOW_EXECUTION_STATUS_CANCELED -> new Standing.Killed("cancelled in Temporal");
      default -> running ? new Standing.Running() : new Standing.Ended();
    };
  }

  private Optional<String> uid(WorkflowExecutionInfo info) {
    Payload payload = info.getMemo().getFieldsMap().get(UID);
    return payload == null
        ? Optional.empty()
        : Optional.ofNullable(
            client
                .getOptions()
                .getDataConverter()
                .fromPayload(payload, String.class, String.class));
  }

  private String reason(WorkflowExecutionInfo info) {
    Optional<HistoryEvent> last =
        client
            .getWorkflowServiceStubs()
            .blockingStub()
            .getWorkflowExecutionHistoryReverse(
                GetWorkflowExecutionHistoryReverseRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .setExecution(info.getExecution())
                    .setNextPageToken(ByteString.EMPTY)
                    .setMaximumPageSize(1)
                    .build())
            .getHistory()
            .getEventsList()
            .stream()
            .findFirst();
    String reason =
        last.map(e -> e.getWorkflowExecutionTerminatedEventAttributes().getReason()).orElse("");
    return reason.isBlank() ? "" : ": " + reason;
  }

  private static String id(JobId id) {
    return "job/" + id.value();
  }
}
