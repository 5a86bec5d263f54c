package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.HostSelector.Ids;
import dev.muster.host.HostSelector.Matching;
import dev.muster.host.HostSelector.Nothing;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
            new Matching(List.of(2L), List.of(), List.of(Long.MAX_VALUE)),
            "{\"businesses\":[2],\"excluded\":[9223372036854775807],\"conditions\":[]}"),
        meets(
            new Condition.Has(Condition.Attribute.OS_TYPE, List.of("", "\"")),
            "{\"has\":{\"attribute\":\"OS_TYPE\",\"values\":[\"\",\"\\\"\"]}}"),
        meets(
            new Condition.Addressed(List.of("10.0.0.1"), List.of("::1")),
            "{\"addressed\":{\"v4\":[\"10.0.0.1\"],\"v6\":[\"::1\"]}}"),
        meets(
            new Condition.Belongs(Condition.Owner.INSTALL_CHANNEL, List.of(0L)),
            "{\"belongs\":{\"to\":\"INSTALL_CHANNEL\",\"ids\":[0]}}"),
        meets(new Condition.Manual(Set.of(true)), "{\"manual\":{\"values\":[true]}}"),
        meets(
            new Condition.Placed(
                List.of(new Condition.Place(2, List.of(3L), List.of(Long.MIN_VALUE)))),
            "{\"placed\":{\"places\":[{\"business\":2,\"sets\":[3],\"modules\":[-9223372036854775808]}]}}"),
        meets(
            new Condition.Mentions(
                List.of(new Condition.Search(List.of("%"), Set.of(Condition.Text.CLOUD_NAME)))),
            "{\"mentions\":{\"searches\":[{\"words\":[\"%\"],\"texts\":[\"CLOUD_NAME\"]}]}}"),
        meets(
            new Condition.Runs(
                Condition.Kind.PLUGIN,
                List.of(new Condition.Trait(Condition.Property.VERSION, List.of("1.0")))),
            "{\"runs\":{\"kind\":\"PLUGIN\",\"traits\":[{\"of\":\"VERSION\",\"values\":[\"1.0\"]}]}}"));
  }

  private static Arguments meets(Condition condition, String json) {
    return Arguments.of(
        new Matching(List.of(), List.of(condition), List.of()),
        "{\"businesses\":[],\"excluded\":[],\"conditions\":[" + json + "]}");
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("selectors")
  void a_selector_comes_back_from_its_row_as_it_was(HostSelector selector, String json) {
    assertThat(SelectorJson.write(selector)).isEqualTo(json);
    assertThat(SelectorJson.read(json)).isEqualTo(selector);
  }

  @Test
  void conditions_of_the_first_release_are_still_understood() {
    assertThat(
            SelectorJson.read(
                "{\"businesses\":[],\"excluded\":[],\"conditions\":[{\"inner_ip\":[\"10.0.0.1\"]},"
                    + "{\"inner_ip\":[]},{\"cloud\":[0]},{\"cloud\":[]},{\"business\":[5,6]}]}"))
        .isEqualTo(
            new Matching(
                List.of(),
                List.of(
                    new Condition.Addressed(List.of("10.0.0.1"), List.of()),
                    new Condition.Addressed(List.of(), List.of()),
                    new Condition.Belongs(Condition.Owner.CLOUD, List.of(0L)),
                    new Condition.Belongs(Condition.Owner.CLOUD, List.of()),
                    new Condition.Belongs(Condition.Owner.BUSINESS, List.of(5L, 6L))),
                List.of()));
  }
}
