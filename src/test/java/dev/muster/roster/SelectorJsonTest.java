package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.HostSelector.Ids;
import dev.muster.host.HostSelector.Matching;
import dev.muster.host.HostSelector.Nothing;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows written by an earlier release are read by a later one, so the text is fixed here. */
class SelectorJsonTest {

  static Stream<Arguments> selectors() {
    return Stream.of(
        Arguments.of(new Ids(List.of()), "{\"ids\":[]}"),
        Arguments.of(new Ids(List.of(3L, 1L)), "{\"ids\":[3,1]}"),
        Arguments.of(new Nothing(), "{\"nothing\":true}"),
        Arguments.of(
            new Matching(List.of(), List.of(), List.of()),
            "{\"businesses\":[],\"excluded\":[],\"conditions\":[]}"),
        Arguments.of(
            new Matching(
                List.of(2L),
                List.of(
                    new Condition.InnerIp(List.of("10.0.0.1", "\"")),
                    new Condition.InnerIp(List.of()),
                    new Condition.Cloud(List.of(0L)),
                    new Condition.Business(List.of(5L, 6L))),
                List.of(Long.MAX_VALUE)),
            "{\"businesses\":[2],\"excluded\":[9223372036854775807],\"conditions\":[{\"inner_ip\":[\"10.0.0.1\",\"\\\"\"]},"
                + "{\"inner_ip\":[]},{\"cloud\":[0]},{\"business\":[5,6]}]}"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("selectors")
  void a_selector_comes_back_from_its_row_as_it_was(HostSelector selector, String json) {
    assertThat(SelectorJson.write(selector)).isEqualTo(json);
    assertThat(SelectorJson.read(json)).isEqualTo(selector);
  }
}
