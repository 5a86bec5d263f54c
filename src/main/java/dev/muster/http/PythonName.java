package dev.muster.http;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** What the existing service calls the types of JSON, and how it shows a value. */
final class PythonName {

  private static final int LONGEST_LINE = 100;

  private PythonName() {}

  static String of(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT, POJO -> "dict";
      case ARRAY -> "list";
      case STRING, BINARY -> "str";
      case BOOLEAN -> "bool";
      case NUMBER -> node.isIntegralNumber() ? "int" : "float";
      case NULL, MISSING -> "NoneType";
    };
  }

  /** A value in a message: at most a line of it, and always text that can be sent. */
  static String shown(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> node.asBoolean() ? "True" : "False";
      case STRING, NUMBER -> line(node.asString());
      default -> json(node);
    };
  }

  /** A value as JSON, for where text and numbers must be told apart. */
  static String json(JsonNode node) {
    return line(node.toString());
  }

  /** At most a line of a text, without what cannot be sent. */
  static String line(String text) {
    String line = text.length() <= LONGEST_LINE ? text : text.substring(0, LONGEST_LINE) + "…";
    // Half of a surrogate pair is no text.
    return new String(line.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }
}
