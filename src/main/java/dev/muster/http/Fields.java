package dev.muster.http;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of a request one by one, with the coercions and the words of the existing
 * service (rest.md §1.5, §1.6); every fault is collected, in the order in which the fields are
 * read.
 */
final class Fields {

  private static final Map<String, Boolean> BOOLEANS =
      Map.ofEntries(
          Map.entry("true", true),
          Map.entry("t", true),
          Map.entry("y", true),
          Map.entry("yes", true),
          Map.entry("on", true),
          Map.entry("1", true),
          Map.entry("false", false),
          Map.entry("f", false),
          Map.entry("n", false),
          Map.entry("no", false),
          Map.entry("off", false),
          Map.entry("0", false));

  private final ObjectNode body;
  private final StringBuilder faults = new StringBuilder();

  Fields(ObjectNode body) {
    this.body = body;
  }

  /** Ends the reading: answers with all faults, if there are any. */
  void refuseFaults() {
    if (!faults.isEmpty()) {
      throw ApiException.validation(faults.toString());
    }
  }

  void fault(String label, String field, String why) {
    faults.append(label).append('(').append(field).append("): 1.").append(why).append(' ');
  }

  private Optional<JsonNode> given(String label, String field) {
    JsonNode node = body.get(field);
    if (node == null) {
      return Optional.empty();
    }
    if (node.isNull()) {
      fault(label, field, "该字段不能为 null。");
      return Optional.empty();
    }
    return Optional.of(node);
  }

  /** Exact text, one of these. */
  <T> Optional<T> choice(String label, String field, Function<String, Optional<T>> choices) {
    if (!body.has(field)) {
      fault(label, field, "该字段是必填项。");
      return Optional.empty();
    }
    return given(label, field)
        .flatMap(
            node -> {
              Optional<T> chosen =
                  node.isString() ? choices.apply(node.asString()) : Optional.empty();
              if (chosen.isEmpty()) {
                fault(
                    label,
                    field,
                    "“" + (node.isValueNode() ? node.asString() : node.toString()) + "” 不是合法选项。");
              }
              return chosen;
            });
  }

  /** Any array, elements unchecked. */
  Optional<List<JsonNode>> list(String label, String field) {
    return given(label, field)
        .flatMap(
            node -> {
              if (!node.isArray()) {
                fault(label, field, "期望为一个包含物件的列表，得到的类型是“" + PythonName.of(node) + "”。");
                return Optional.empty();
              }
              return Optional.of(List.copyOf(node.values()));
            });
  }

  /** An array of whole numbers; a wrong element is named. */
  Optional<List<Long>> integers(String label, String field) {
    return list(label, field)
        .map(
            nodes -> {
              List<Long> numbers = new ArrayList<>(nodes.size());
              for (JsonNode node : nodes) {
                Long number = integer(node);
                if (number == null) {
                  fault(label, field, "请填写合法的整数值。 " + node);
                  return List.of();
                }
                numbers.add(number);
              }
              return numbers;
            });
  }

  Optional<Boolean> bool(String label, String field) {
    return given(label, field)
        .flatMap(
            node -> {
              Boolean value = node.isBoolean() ? Boolean.valueOf(node.asBoolean()) : null;
              if (value == null && (node.isString() || node.isIntegralNumber())) {
                value = BOOLEANS.get(node.asString().toLowerCase(Locale.ROOT));
              }
              if (value == null) {
                fault(label, field, "Must be a valid boolean.");
              }
              return Optional.ofNullable(value);
            });
  }

  Optional<String> text(String label, String field) {
    return given(label, field)
        .flatMap(
            node -> {
              if (!node.isString() && !node.isNumber()) {
                fault(label, field, "Not a valid string.");
                return Optional.empty();
              }
              String text = node.asString().strip();
              if (text.isEmpty()) {
                fault(label, field, "该字段不能为空。");
                return Optional.empty();
              }
              return Optional.of(text);
            });
  }

  Optional<Long> number(String label, String field) {
    return given(label, field)
        .flatMap(
            node -> {
              Long number = integer(node);
              if (number == null) {
                fault(label, field, "请填写合法的整数值。");
              }
              return Optional.ofNullable(number);
            });
  }

  Optional<ObjectNode> object(String label, String field) {
    return given(label, field)
        .flatMap(
            node -> {
              if (node instanceof ObjectNode object) {
                return Optional.of(object);
              }
              fault(label, field, "无效数据。期待为字典类型，得到的是 " + PythonName.of(node) + " 。");
              return Optional.empty();
            });
  }

  /** 1, "1", " 7 ", "-1", 1.0 and "1.0" are whole numbers; true, 1.5 and "" are not. */
  static @Nullable Long integer(JsonNode node) {
    if (!node.isNumber() && !node.isString()) {
      return null;
    }
    String text = node.asString().strip();
    if (text.isEmpty() || text.length() > 25) {
      return null;
    }
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }
}
