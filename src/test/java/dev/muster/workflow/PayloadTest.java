package dev.muster.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.muster.roster.Roster;
import dev.muster.step.Scouts;
import dev.muster.step.Stages;
import dev.muster.temporal.TemporalConfiguration;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What workflows and activities are told and tell, as it stands in histories: a job that was begun
 * by an earlier release reads it in a later one. The texts are payloads/*.json.
 */
class PayloadTest {

  private static final DataConverter CONVERTER = TemporalConfiguration.payloads();
  private static final JsonMapper JSON = JsonMapper.shared();

  static Stream<Record> payloads() {
    return Stream.of(
        new JobWorkflow.JobInput(42),
        new JobWorkflow.JobResult("PARTIALLY_FAILED", 1_190, 7, 3),
        new WaveWorkflow.WaveInput(42, 3, 1_000, 1_199, 100, 40, 7, true),
        new WaveWorkflow.WaveResult(198, 2),
        new Stages.StageOrder(42, 1_007),
        new Stages.StageReport(Stages.Verdict.LATER, 30, "the host is held by job 41"),
        new Scouts.ScoutOrder(42, 1_000, 1_199),
        new Scouts.Absent(List.of(1_003, 1_100)),
        new Roster.Resolved(1_200, "RESTART_AGENT", "restart", "admin"),
        new Roster.Plan(
            List.of(new Roster.WaveRange(1, 0, 499, 500), new Roster.WaveRange(2, 600, 980, 7)),
            Roster.Order.HOLD,
            100),
        new Roster.Brief("restart", List.of(new Roster.Participant(7, "10.0.0.7"))),
        new Roster.Round(2, 600, 7, true),
        new Roster.Ended("RUNNING", 1, 2, 3, 4));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void a_payload_is_written_as_it_always_was(Record payload) {
    Payload written = CONVERTER.toPayload(payload).orElseThrow();
    assertThat(written.getData().toStringUtf8()).isEqualTo(golden(payload));
    assertThat(written.getMetadataOrThrow("encoding").toStringUtf8()).isEqualTo("json/plain");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void a_payload_that_was_written_before_is_read(Record payload) {
    assertThat(read(golden(payload), payload)).isEqualTo(payload);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void what_a_later_release_adds_is_passed_over(Record payload) {
    ObjectNode grown = (ObjectNode) JSON.readTree(golden(payload));
    grown.put("added_later", 1).putObject("and_this").put("x", "y");
    assertThat(read(grown.toString(), payload)).isEqualTo(payload);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void a_single_value_that_an_earlier_release_did_not_write_is_read_as_none(Record payload) {
    JsonNode golden = JSON.readTree(golden(payload));
    for (String name : golden.propertyNames()) {
      if (golden.get(name).isArray()) {
        continue;
      }
      ObjectNode smaller = (ObjectNode) golden.deepCopy();
      smaller.remove(name);
      Record read = read(smaller.toString(), payload);
      assertThat(read).as("without %s", name).isNotNull().isNotEqualTo(payload);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("payloads")
  void a_payload_is_small(Record payload) {
    assertThat(golden(payload)).hasSizeLessThan(200);
  }

  private static Record read(String json, Record like) {
    Payload payload =
        Payload.newBuilder()
            .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
            .setData(ByteString.copyFromUtf8(json))
            .build();
    return Objects.requireNonNull(CONVERTER.fromPayload(payload, like.getClass(), like.getClass()));
  }

  private static String golden(Record payload) {
    String name = "/payloads/" + payload.getClass().getSimpleName() + ".json";
    try (InputStream in =
        Objects.requireNonNull(PayloadTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
  }
}
