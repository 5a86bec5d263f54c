package dev.muster.roster;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A selector as it is kept in its job's row. */
final class SelectorJson {

  private static final JsonMapper JSON = JsonMapper.shared();

  private SelectorJson() {}

  static String write(HostSelector selector) {
    ObjectNode node = JSON.createObjectNode();
    switch (selector) {
      case HostSelector.Ids ids -> numbers(node.putArray("ids"), ids.ids());
      case HostSelector.Nothing nothing -> node.put("nothing", true);
      case HostSelector.Matching matching -> {
        numbers(node.putArray("businesses"), matching.businesses());
        numbers(node.putArray("excluded"), matching.excluded());
        ArrayNode conditions = node.putArray("conditions");
        for (Condition condition : matching.conditions()) {
          ObjectNode one = conditions.addObject();
          switch (condition) {
            case Condition.InnerIp ip -> ip.addresses().forEach(one.putArray("inner_ip")::add);
            case Condition.Cloud cloud -> numbers(one.putArray("cloud"), cloud.ids());
            case Condition.Business business -> numbers(one.putArray("business"), business.ids());
          }
        }
      }
    }
    return JSON.writeValueAsString(node);
  }

  static HostSelector read(String json) {
    JsonNode node = JSON.readTree(json);
    if (node.has("ids")) {
      return new HostSelector.Ids(longs(node.get("ids")));
    }
    if (node.has("nothing")) {
      return new HostSelector.Nothing();
    }
    List<Condition> conditions = new ArrayList<>();
    for (JsonNode one : node.get("conditions")) {
      conditions.add(condition(one));
    }
    return new HostSelector.Matching(
        longs(node.get("businesses")), conditions, longs(node.get("excluded")));
  }

  private static Condition condition(JsonNode one) {
    String key = one.propertyNames().iterator().next();
    return switch (key) {
      case "inner_ip" ->
          new Condition.InnerIp(one.get(key).valueStream().map(JsonNode::asString).toList());
      case "cloud" -> new Condition.Cloud(longs(one.get(key)));
      case "business" -> new Condition.Business(longs(one.get(key)));
      default -> throw new IllegalStateException("a selector with an unknown condition: " + key);
    };
  }

  private static void numbers(ArrayNode array, List<Long> numbers) {
    numbers.forEach(array::add);
  }

  private static List<Long> longs(JsonNode array) {
    return array.valueStream().map(JsonNode::asLong).toList();
  }
}
