package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.projection.Language;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Scalars are coerced as the existing service coerces them (rest.md §1.6). */
class FieldsTest {

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | 1",
        "\"1\" | 1",
        "\" 7 \" | 7",
        "\"-1\" | -1",
        "1.0 | 1",
        "\"1.0\" | 1",
        "1e2 | 100",
        "0 | 0",
        "9223372036854775807 | 9223372036854775807",
        "\"-9223372036854775808\" | -9223372036854775808"
      })
  void whole_numbers_are_taken_in_every_spelling(String json, long number) {
    assertThat(read(json).number("N", "x")).contains(number);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "1.5",
        "true",
        "\"abc\"",
        "\"\"",
        "\" \"",
        "[]",
        "{}",
        "\"1 2\"",
        "\"0x10\"",
        "9223372036854775808",
        "\"123456789012345678901234567890\"",
        "\"1e30\"",
        "\"1e2\"",
        "\"1_0\"",
        "1e400",
        "1e-1"
      })
  void what_is_no_whole_number_is_refused(String json) {
    Fields fields = read(json);
    assertThat(fields.number("N", "x")).isEmpty();
    refuses(fields, "N(x): 1.请填写合法的整数值。 ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "true",
        "1",
        "1.0",
        "\"true\"",
        "\"True\"",
        "\"TRUE\"",
        "\"t\"",
        "\"T\"",
        "\"y\"",
        "\"Y\"",
        "\"yes\"",
        "\"YES\"",
        "\"on\"",
        "\"On\"",
        "\"ON\"",
        "\"1\""
      })
  void every_word_for_true_is_true(String json) {
    assertThat(read(json).bool("B", "x")).contains(true);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "false",
        "0",
        "\"false\"",
        "\"False\"",
        "\"FALSE\"",
        "\"f\"",
        "\"F\"",
        "\"n\"",
        "\"N\"",
        "\"no\"",
        "\"NO\"",
        "\"off\"",
        "\"Off\"",
        "\"OFF\"",
        "\"0\""
      })
  void every_word_for_false_is_false(String json) {
    assertThat(read(json).bool("B", "x")).contains(false);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "2",
        "-1",
        "0.5",
        "\"Yes\"",
        "\"tRUE\"",
        "\"1.0\"",
        "\" on\"",
        "\"abc\"",
        "\"\"",
        "[]",
        "{}"
      })
  void any_other_word_is_no_truth(String json) {
    Fields fields = read(json);
    assertThat(fields.bool("B", "x")).isEmpty();
    refuses(fields, "B(x): 1.Must be a valid boolean. ");
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {"\"a\" | a", "\"  a b \" | a b", "5 | 5", "1.5 | 1.5", "\"重启\" | 重启"})
  void text_is_trimmed_and_numbers_are_text(String json, String text) {
    assertThat(read(json).text("T", "x")).contains(text);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"true", "[]", "{}"})
  void what_is_neither_text_nor_number_is_no_text(String json) {
    Fields fields = read(json);
    assertThat(fields.text("T", "x")).isEmpty();
    refuses(fields, "T(x): 1.Not a valid string. ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"\"\"", "\"  \"", "\"\\n\""})
  void blank_text_is_refused(String json) {
    Fields fields = read(json);
    assertThat(fields.text("T", "x")).isEmpty();
    refuses(fields, "T(x): 1.该字段不能为空。 ");
  }

  @Test
  void a_field_that_was_not_given_is_no_fault() {
    Fields fields = new Fields(JsonMapper.shared().createObjectNode());
    assertThat(fields.number("N", "x")).isEmpty();
    assertThat(fields.bool("B", "x")).isEmpty();
    assertThat(fields.text("T", "x")).isEmpty();
    assertThat(fields.list("L", "x")).isEmpty();
    assertThat(fields.integers("I", "x")).isEmpty();
    assertThat(fields.object("O", "x", Function.identity())).isEmpty();
    fields.refuseFaults();
  }

  @Test
  void a_choice_must_be_given_and_its_faults_name_what_was_chosen() {
    Fields missing = new Fields(JsonMapper.shared().createObjectNode());
    assertThat(missing.choice("C", "x", Optional::of)).isEmpty();
    refuses(missing, "C(x): 1.该字段是必填项。 ");
    Fields wrong = read("\"b\"");
    assertThat(wrong.choice("C", "x", text -> Optional.of(text).filter("a"::equals))).isEmpty();
    refuses(wrong, "C(x): 1.“b” 不是合法选项。 ");
  }

  @Test
  void faults_are_told_together_in_the_order_of_reading() {
    Fields fields = read("[]");
    assertThat(fields.number("A", "x")).isEmpty();
    assertThat(fields.bool("B", "x")).isEmpty();
    assertThat(fields.object("C", "x", Function.identity())).isEmpty();
    refuses(
        fields,
        "A(x): 1.请填写合法的整数值。 B(x): 1.Must be a valid boolean. C(x): non_field_errors: [\"\\u65e0\\u6548\\u6570\\u636e\\u3002\\u671f\\u5f85\\u4e3a\\u5b57\\u5178\\u7c7b\\u578b\\uff0c\\u5f97\\u5230\\u7684\\u662f list \\u3002\"] ");
  }

  private static Fields read(String json) {
    return new Fields((ObjectNode) JsonMapper.shared().readTree("{\"x\":" + json + "}"));
  }

  private static void refuses(Fields fields, String message) {
    assertThatThrownBy(fields::refuseFaults)
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.message(Language.ZH)).isEqualTo(message));
  }
}
