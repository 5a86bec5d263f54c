package dev.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.Watch;
import dev.muster.job.Reason;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How answers are read that no machine of the tests gives. */
class AttendantTest {

  private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor();

  @AfterEach
  void end() {
    deadlines.shutdownNow();
  }

  private record Canned(InputStream fromHost, OutputStream toHost) implements Wire {

    @Override
    public String complaint() {
      return "";
    }

    @Override
    public void abort() {}
  }

  private Attendant answering(String greeting, String... lines) throws TransportException {
    String text = "muster-runner 1 " + greeting + "\n" + String.join("\n", lines) + "\n";
    InputStream in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return Attendant.greet(new Canned(in, OutputStream.nullOutputStream()), deadlines);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "date 1700000000.123456789, 2023-11-14T22:13:20.123456789Z",
    "date 1700000000.%N, 2023-11-14T22:13:20Z",
    "date 1700000000.N, 2023-11-14T22:13:20Z",
    "date 1700000000., 2023-11-14T22:13:20Z",
    "date 1700000000, 2023-11-14T22:13:20Z"
  })
  void a_date_is_read_with_or_without_parts_of_a_second(String line, Instant date)
      throws Exception {
    assertThat(answering("Linux 0 boot -", line, "ok").date()).isEqualTo(date);
  }

  @ParameterizedTest
  @ValueSource(strings = {"date ", "date never", "", "date -5", "refused unknown verb"})
  void what_is_no_date_is_no_answer(String line) throws Exception {
    Attendant attendant = answering("Linux 0 boot -", line, "ok");
    assertThatThrownBy(attendant::date)
        .asInstanceOf(InstanceOfAssertFactories.type(TransportException.class))
        .extracting(TransportException::reason)
        .isEqualTo(Reason.LINK);
  }

  @Test
  void a_unit_may_run_without_a_process_that_has_an_age() throws Exception {
    Attendant attendant = answering("Linux 4242 boot -", "now 5000", "is running 0 0 aaaa", "ok");
    assertThat(attendant.uid()).isEqualTo(4242);
    assertThat(attendant.process(Watch.NOTHING)).contains(new Inspection.Found(0, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Linux  boot -", "Linux root boot -"})
  void a_host_that_does_not_know_its_user_is_served_all_the_same(String greeting) throws Exception {
    assertThat(answering(greeting).uid()).isEqualTo(-1);
  }
}
