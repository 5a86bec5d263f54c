package dev.muster.http;

import dev.muster.host.Condition;
import dev.muster.host.Condition.Addressed;
import dev.muster.host.Condition.Attribute;
import dev.muster.host.Condition.Belongs;
import dev.muster.host.Condition.Has;
import dev.muster.host.Condition.Kind;
import dev.muster.host.Condition.Manual;
import dev.muster.host.Condition.Mentions;
import dev.muster.host.Condition.Owner;
import dev.muster.host.Condition.Place;
import dev.muster.host.Condition.Placed;
import dev.muster.host.Condition.Property;
import dev.muster.host.Condition.Runs;
import dev.muster.host.Condition.Search;
import dev.muster.host.Condition.Text;
import dev.muster.host.Condition.Trait;
import dev.muster.http.ApiException.Said;
import dev.muster.inventory.Hosts;
import dev.muster.job.Limits;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;

/**
 * Reads conditions (resolution.md §3). What its author may not have meant is refused, for a
 * condition that is passed over selects more hosts.
 */
final class Conditions {

  private static final List<String> KEYS =
      List.of(
          "inner_ip",
          "inner_ipv6",
          "ip",
          "node_from",
          "node_type",
          "bk_addressing",
          "bk_host_name",
          "bk_agent_id",
          "os_type",
          "status",
          "version",
          "is_manual",
          "bk_cloud_id",
          "bk_biz_id",
          "install_channel_id",
          "topology",
          "query",
          "source_id",
          "plugin_name",
          "${plugin_name}",
          "${plugin_name}_status");

  private static final String STATUS_SUFFIX = "_status";

  private static final Map<String, Text> SEARCHED =
      new TreeMap<>(
          Map.of(
              "inner_ip", Text.INNER_IP,
              "inner_ipv6", Text.INNER_IPV6,
              "bk_host_name", Text.NAME,
              "bk_agent_id", Text.AGENT_ID,
              "os_type", Text.OS_TYPE,
              "status", Text.AGENT_STATUS,
              "version", Text.AGENT_VERSION,
              "bk_cloud_name", Text.CLOUD_NAME));

  private final List<Condition> all = new ArrayList<>();

  // What stands in several conditions and is one: traits of one process, alternatives.
  private final List<Trait> agent = new ArrayList<>();
  private final List<Trait> anyPlugin = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private final List<Search> searches = new ArrayList<>();

  /** Keys that may be made of a plugin's name. */
  private final List<Other> others = new ArrayList<>();

  private int values;
  private int words;

  private record Other(String key, List<JsonNode> values) {}

  private Conditions() {}

  /**
   * The filters that these objects mean.
   *
   * @param inventory knows the names of plugins, each of which makes two keys
   */
  static List<Condition> read(List<JsonNode> objects, Hosts inventory) {
    if (objects.size() > Limits.CONDITIONS) {
      throw ApiException.validation(Message.TOO_MANY_CONDITIONS, Limits.CONDITIONS);
    }
    Conditions conditions = new Conditions();
    for (JsonNode object : objects) {
      if (!object.path("key").isString() || !object.has("value")) {
        throw ApiException.validation(Message.NOT_A_CONDITION, PythonName.json(object));
      }
      conditions.add(object.get("key").asString(), object);
    }
    return conditions.together(inventory);
  }

  private void add(String key, JsonNode object) {
    JsonNode value = object.get("value");
    List<JsonNode> list = elements(key, value);
    switch (key) {
      case "inner_ip" -> all.add(new Addressed(texts(key, list), List.of()));
      case "inner_ipv6" -> all.add(new Addressed(List.of(), texts(key, list)));
      case "ip" -> all.add(addressed(texts(key, list)));
      case "node_from" -> all.add(new Has(Attribute.NODE_FROM, texts(key, list)));
      case "node_type" -> all.add(new Has(Attribute.NODE_TYPE, texts(key, list)));
      case "bk_addressing" -> all.add(addressing(key, list));
      case "bk_host_name" -> all.add(new Has(Attribute.NAME, texts(key, list)));
      case "bk_agent_id" -> all.add(new Has(Attribute.AGENT_ID, texts(key, list)));
      case "os_type" -> all.add(system(texts(key, list)));
      case "status" -> agent.add(new Trait(Property.STATUS, some(key, texts(key, list))));
      case "version" -> agent.add(new Trait(Property.VERSION, some(key, texts(key, list))));
      case "is_manual" -> all.add(manual(key, list));
      case "bk_cloud_id" -> all.add(new Belongs(Owner.CLOUD, numbers(key, list)));
      case "bk_biz_id" -> all.add(new Belongs(Owner.BUSINESS, numbers(key, list)));
      case "install_channel_id" -> all.add(new Belongs(Owner.INSTALL_CHANNEL, numbers(key, list)));
      case "topology" -> places.add(place(key, value));
      case "query" -> query(key, object);
      case "source_id" -> anyPlugin.add(new Trait(Property.SOURCE, texts(key, list)));
      case "plugin_name" -> anyPlugin.add(new Trait(Property.NAME, texts(key, list)));
      default -> others.add(new Other(key, list));
    }
  }

  private List<Condition> together(Hosts inventory) {
    if (!agent.isEmpty()) {
      all.add(new Runs(Kind.AGENT, agent));
    }
    if (!places.isEmpty()) {
      all.add(new Placed(places));
    }
    if (!searches.isEmpty()) {
      all.add(new Mentions(searches));
    }
    Map<String, List<Trait>> plugins = plugins(inventory);
    if (plugins.isEmpty() && !anyPlugin.isEmpty()) {
      all.add(new Runs(Kind.PLUGIN, anyPlugin));
    }
    plugins.forEach(
        (name, traits) -> {
          List<Trait> own = new ArrayList<>(traits);
          own.add(new Trait(Property.NAME, List.of(name)));
          // Of several plugins none is meant but those that are named.
          own.addAll(anyPlugin);
          all.add(new Runs(Kind.PLUGIN, own));
        });
    return all;
  }

  private Map<String, List<Trait>> plugins(Hosts inventory) {
    Map<String, List<Trait>> plugins = new LinkedHashMap<>();
    if (others.isEmpty()) {
      return plugins;
    }
    Set<String> known =
        inventory.plugins(
            others.stream()
                .map(Other::key)
                .filter(key -> Fields.unfit(key).isEmpty())
                .flatMap(key -> Stream.of(key, withoutStatus(key)))
                .distinct()
                .toList());
    for (Other other : others) {
      String key = other.key();
      String name = known.contains(key) ? key : withoutStatus(key);
      if (!known.contains(name)) {
        throw ApiException.validation(
            Message.UNKNOWN_CONDITION, PythonName.line(key), String.join(", ", KEYS));
      }
      plugins
          .computeIfAbsent(name, n -> new ArrayList<>())
          .add(
              name.equals(key)
                  ? new Trait(Property.VERSION, versions(key, other.values()))
                  : new Trait(Property.STATUS, texts(key, other.values())));
    }
    return plugins;
  }

  private static String withoutStatus(String key) {
    return key.endsWith(STATUS_SUFFIX)
        ? key.substring(0, key.length() - STATUS_SUFFIX.length())
        : key;
  }

  /** The values of a condition; what is no list is a list of one. */
  private List<JsonNode> elements(String key, JsonNode value) {
    List<JsonNode> elements = value.isArray() ? List.copyOf(value.values()) : List.of(value);
    values += elements.size();
    if (values > Limits.CONDITION_VALUES) {
      throw refused(key, Message.TOO_MANY_VALUES.with(values, Limits.CONDITION_VALUES));
    }
    return elements;
  }

  /** An address with a colon is IPv6, anything else is not. */
  private static Addressed addressed(List<String> texts) {
    Predicate<String> v6 = text -> text.contains(":");
    return new Addressed(
        texts.stream().filter(v6.negate()).toList(), texts.stream().filter(v6).toList());
  }

  private static Has addressing(String key, List<JsonNode> list) {
    List<String> texts = new ArrayList<>();
    for (JsonNode node : list) {
      Long number = Fields.integer(node);
      texts.add(
          number != null && number == 0
              ? "static"
              : number != null && number == 1 ? "dynamic" : text(key, node, Message.ADDRESSINGS));
    }
    return new Has(Attribute.ADDRESSING, texts);
  }

  private static Has system(List<String> texts) {
    return new Has(Attribute.OS_TYPE, texts.stream().map(t -> t.equals("none") ? "" : t).toList());
  }

  /** As in the existing service, a word for no truth is passed over; none is left: nothing. */
  private static Manual manual(String key, List<JsonNode> list) {
    Set<Boolean> truths = new HashSet<>();
    for (JsonNode node : list) {
      if (node.isNull() || node.isContainer()) {
        throw wrong(key, Message.TRUTHS, node);
      }
      switch (node.isNumber() ? String.valueOf(Fields.integer(node)) : node.asString()) {
        case "true", "True", "1" -> truths.add(true);
        case "false", "False", "0" -> truths.add(false);
        default -> {
          // No host is installed in any third way.
        }
      }
    }
    return new Manual(truths);
  }

  private static Place place(String key, JsonNode value) {
    Long business = Fields.integer(value.path("bk_biz_id"));
    if (!value.isObject() || business == null) {
      throw wrong(key, Message.TOPOLOGY, value);
    }
    return new Place(business, parts(key, value, "bk_set_ids"), parts(key, value, "bk_module_ids"));
  }

  private static List<Long> parts(String key, JsonNode value, String field) {
    JsonNode ids = value.path(field);
    if (ids.isMissingNode() || ids.isNull()) {
      return List.of();
    }
    return numbers(key + "." + field, ids.isArray() ? List.copyOf(ids.values()) : List.of(ids));
  }

  /** Texts must all be found; lists of them are one list, of which one must be found. */
  private void query(String key, JsonNode object) {
    JsonNode value = object.get("value");
    List<String> sought =
        texts(key, value.isArray() ? value.valueStream().toList() : List.of(value));
    words += sought.size();
    if (words > Limits.SEARCH_WORDS) {
      throw refused(key, Message.TOO_MANY_VALUES.with(words, Limits.SEARCH_WORDS));
    }
    Search search = new Search(sought, searched(object.path("fuzzy_search_fields")));
    if (!value.isArray()) {
      all.add(new Mentions(List.of(search)));
    } else if (!sought.isEmpty()) {
      searches.add(search);
    }
  }

  private static Set<Text> searched(JsonNode fields) {
    if (fields.isMissingNode() || fields.isNull()) {
      return EnumSet.allOf(Text.class);
    }
    Set<Text> texts = EnumSet.noneOf(Text.class);
    for (JsonNode field : fields) {
      Text text = field.isString() ? SEARCHED.get(field.asString()) : null;
      if (text == null) {
        throw wrongFields(field);
      }
      texts.add(text);
    }
    if (!fields.isArray() || texts.isEmpty()) {
      throw wrongFields(fields);
    }
    return texts;
  }

  private static ApiException wrongFields(JsonNode found) {
    return wrong(
        "fuzzy_search_fields",
        Message.SEARCH_FIELDS.with(String.join(", ", SEARCHED.keySet())),
        found);
  }

  /** The number -1 stands for the empty version. */
  private static List<String> versions(String key, List<JsonNode> list) {
    List<String> texts = new ArrayList<>();
    for (JsonNode node : list) {
      Long number = node.isNumber() ? Fields.integer(node) : null;
      texts.add(number != null && number == -1 ? "" : text(key, node, Message.PLUGIN_VERSIONS));
    }
    return texts;
  }

  private static <T> List<T> some(String key, List<T> list) {
    if (list.isEmpty()) {
      throw ApiException.validation(Message.NO_VALUES, key);
    }
    return list;
  }

  private static List<String> texts(String key, List<JsonNode> list) {
    return list.stream().map(node -> text(key, node, Message.TEXTS)).toList();
  }

  private static String text(String key, JsonNode node, Message expected) {
    if (!node.isString()) {
      throw wrong(key, expected, node);
    }
    Fields.unfit(node.asString())
        .ifPresent(
            why -> {
              throw refused(key, why);
            });
    return node.asString();
  }

  private static List<Long> numbers(String key, List<JsonNode> list) {
    List<Long> numbers = new ArrayList<>(list.size());
    for (JsonNode node : list) {
      Long number = Fields.integer(node);
      if (number == null) {
        throw wrong(key, Message.WHOLE_NUMBERS, node);
      }
      numbers.add(number);
    }
    return numbers;
  }

  private static ApiException wrong(String key, Message expected, JsonNode found) {
    return wrong(key, expected.with(), found);
  }

  private static ApiException wrong(String key, Said expected, JsonNode found) {
    return refused(
        language ->
            Message.WRONG_VALUE.in(language, key, expected.in(language), PythonName.json(found)));
  }

  private static ApiException refused(String key, Said why) {
    return refused(
        language -> Message.WRONG_TEXT.in(language, PythonName.line(key), why.in(language)));
  }

  private static ApiException refused(Said why) {
    return ApiException.of(HttpStatus.OK, ApiException.VALIDATION, why, null);
  }
}
