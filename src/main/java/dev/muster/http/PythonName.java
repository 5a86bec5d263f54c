package dev.muster.http;

import tools.jackson.databind.JsonNode;

/** What the existing service calls the types of JSON. */
final class PythonName {

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
}
