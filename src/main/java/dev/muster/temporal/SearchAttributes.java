package dev.muster.temporal;

import dev.muster.roster.Jobs;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What the engine's own page can search jobs by; without them everything works, but the search. */
@Component
class SearchAttributes {

  private static final Logger log = LoggerFactory.getLogger(SearchAttributes.class);

  private static final SearchAttributeKey<Long> JOB = SearchAttributeKey.forLong("MusterJobId");
  private static final SearchAttributeKey<String> TYPE =
      SearchAttributeKey.forKeyword("MusterJobType");
  private static final SearchAttributeKey<String> CALLER =
      SearchAttributeKey.forKeyword("MusterCaller");

  private final WorkflowClient client;
  private volatile boolean registered;

  SearchAttributes(WorkflowClient client) {
    this.client = client;
  }

  /** Registers them where that is allowed; else one line says how. */
  void register() {
    Map<String, IndexedValueType> wanted =
        Map.of(
            JOB.getName(),
            JOB.getValueType(),
            TYPE.getName(),
            TYPE.getValueType(),
            CALLER.getName(),
            CALLER.getValueType());
    String namespace = client.getOptions().getNamespace();
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setChannel(client.getWorkflowServiceStubs().getRawChannel())
                .validateAndBuildWithDefaults());
    try {
      Map<String, IndexedValueType> missing = new HashMap<>(wanted);
      missing
          .keySet()
          .removeAll(
              operator
                  .blockingStub()
                  .listSearchAttributes(
                      ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build())
                  .getCustomAttributesMap()
                  .keySet());
      if (!missing.isEmpty()) {
        operator
            .blockingStub()
            .addSearchAttributes(
                AddSearchAttributesRequest.newBuilder()
                    .setNamespace(namespace)
                    .putAllSearchAttributes(missing)
                    .build());
      }
      registered = true;
    } catch (StatusRuntimeException e) {
      log.warn(
          "jobs cannot be searched in Temporal ({}); to register: temporal operator search-attribute create"
              + " --namespace {} --name MusterJobId --type Int --name MusterJobType --type Keyword"
              + " --name MusterCaller --type Keyword",
          e.getStatus().getCode(),
          namespace);
    }
  }

  io.temporal.common.SearchAttributes of(Jobs.Open job) {
    if (!registered) {
      return io.temporal.common.SearchAttributes.EMPTY;
    }
    return io.temporal.common.SearchAttributes.newBuilder()
        .set(JOB, job.id().value())
        .set(TYPE, job.type())
        .set(CALLER, job.caller())
        .build();
  }
}
