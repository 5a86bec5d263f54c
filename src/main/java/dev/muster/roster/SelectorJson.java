package dev.muster.roster;

import dev.muster.host.Condition;
import dev.muster.host.Condition.Addressed;
import dev.muster.host.Condition.Belongs;
import dev.muster.host.Condition.Has;
import dev.muster.host.Condition.Manual;
import dev.muster.host.Condition.Mentions;
import dev.muster.host.Condition.Owner;
import dev.muster.host.Condition.Placed;
import dev.muster.host.Condition.Runs;
import dev.muster.host.HostSelector;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A selector as it is kept in its job's row. A condition is an object with one key, its kind, and
 * the components of its record as value.
 */
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
          conditions.addObject().set(kind(condition), JSON.valueToTree(condition));
        }
      }
    }
    return JSON.writeValueAsString(node);
  }

  private static String kind(Condition condition) {
    return switch (condition) {
      case Has has -> "has";
      case Addressed addressed -> "addressed";
      case Belongs belongs -> "belongs";
      case Manual manual -> "manual";
      case Placed placed -> "placed";
      case Mentions mentions -> "mentions";
      case Runs runs -> "runs";
    };
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
    String kind = one.propertyNames().iterator().next();
    JsonNode value = one.get(kind);
    return switch (kind) {
      case "has" -> JSON.treeToValue(value, Has.class);
      case "addressed" -> JSON.treeToValue(value, Addressed.class);
      case "belongs" -> JSON.treeToValue(value, Belongs.class);
      case "manual" -> JSON.treeToValue(value, Manual.class);
      case "placed" -> JSON.treeToValue(value, Placed.class);
      case "mentions" -> JSON.treeToValue(value, Mentions.class);
      case "runs" -> JSON.treeToValue(value, Runs.class);
      // These three were written until the first release that knew more conditions.
      case "inner_ip" ->
          new Addressed(value.valueStream().map(JsonNode::asString).toList(), List.of());
      case "cloud" -> new Belongs(Owner.CLOUD, longs(value));
      case "business" -> new Belongs(Owner.BUSINESS, longs(value));
      default -> throw new IllegalStateException("a selector with an unknown condition: " + kind);
    };
  }

  private static void numbers(ArrayNode array, List<Long> numbers) {
    numbers.forEach(array::add);
  }

  private static List<Long> longs(JsonNode array) {
    return array.valueStream().map(JsonNode::asLong).toList();
  }
}
