package dev.muster.runbook;

import dev.muster.host.NodeType;
import dev.muster.host.Watch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * How one kind of agent is handled: a template over a few typed variables, whose values are data
 * and never code.
 */
final class Profile {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([a-z_]+)}");
  private static final Pattern UNIT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9:_.@\\\\-]{0,254}");

  private final LocatedYaml yaml;

  Profile(LocatedYaml yaml) {
    this.yaml = yaml;
    for (String role : List.of("agent", "proxy")) {
      references(yaml.root().get(role), "/" + role);
    }
    declared()
        .forEach(
            (name, node) -> {
              if (node.has("default") && !fits(name, node.get("default").asString())) {
                throw yaml.fault("/variables/" + name + "/default", "is not " + meaning(name));
              }
            });
  }

  String name() {
    return yaml.root().get("profile").asString();
  }

  String text() {
    return yaml.text();
  }

  /** A template may only name variables that the profile declares. */
  private void references(JsonNode node, String pointer) {
    if (node.isString()) {
      Matcher matcher = VARIABLE.matcher(node.asString());
      while (matcher.find()) {
        if (!declared().containsKey(matcher.group(1)) && !late(matcher.group(1))) {
          throw yaml.fault(pointer, "names an unknown variable " + matcher.group());
        }
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        references(node.get(i), pointer + "/" + i);
      }
    } else {
      node.properties()
          .forEach(child -> references(child.getValue(), pointer + "/" + child.getKey()));
    }
  }

  /** Of a word that stands for a fact of the job, and not of the host. */
  private static boolean late(String variable) {
    return "${%s}".formatted(variable).equals(Tools.PACKAGE);
  }

  private Map<String, JsonNode> declared() {
    Map<String, JsonNode> declared = new LinkedHashMap<>();
    JsonNode variables = yaml.root().get("variables");
    if (variables != null) {
      variables.properties().forEach(v -> declared.put(v.getKey(), v.getValue()));
    }
    return declared;
  }

  /**
   * The tools for a host.
   *
   * @param arguments values by name; a value without a name is for the first variable
   * @throws BadRunbookException if a value is missing, unknown or not of its type
   */
  Tools bind(Map<String, String> arguments, NodeType nodeType) {
    Map<String, String> values = values(arguments);
    JsonNode role = yaml.root().get(nodeType == NodeType.PROXY ? "proxy" : "agent");
    Map.Entry<String, JsonNode> watch = role.get("watch").properties().iterator().next();
    Map<String, Tools.Command> commands = new HashMap<>();
    role.get("commands").properties().stream()
        .filter(command -> given(command.getValue(), values))
        .forEach(command -> commands.put(command.getKey(), command(command.getValue(), values)));
    return new Tools(
        new Watch(
            Watch.Kind.valueOf(watch.getKey().toUpperCase(Locale.ROOT)),
            fill(watch.getValue().asString(), values)),
        Durations.parse(role.get("settle").asString()),
        commands,
        software(role, values));
  }

  private Tools.Software software(JsonNode role, Map<String, String> values) {
    JsonNode name = role.get("package");
    List<String> leftovers = new ArrayList<>();
    for (JsonNode path : role.path("leftovers")) {
      if (given(path, values)) {
        leftovers.add(fill(path.asString(), values));
      }
    }
    return new Tools.Software(
        name != null && given(name, values) ? fill(name.asString(), values) : null, leftovers);
  }

  /** Whether the host has given all that a template asks for. */
  private boolean given(JsonNode node, Map<String, String> values) {
    if (node.isString()) {
      return VARIABLE
          .matcher(node.asString())
          .results()
          .allMatch(match -> late(match.group(1)) || values.containsKey(match.group(1)));
    }
    return node.valueStream().allMatch(child -> given(child, values));
  }

  private Tools.Command command(JsonNode node, Map<String, String> values) {
    List<List<String>> run = new ArrayList<>();
    for (JsonNode vector : node.get("run")) {
      List<String> words = new ArrayList<>();
      for (JsonNode word : vector) {
        words.addAll(splice(word.asString(), values));
      }
      run.add(words);
    }
    return new Tools.Command(node.has("in") ? fill(node.get("in").asString(), values) : "", run);
  }

  /** A variable of several words stands for as many arguments. */
  private List<String> splice(String template, Map<String, String> values) {
    Matcher whole = VARIABLE.matcher(template);
    if (whole.matches() && type(whole.group(1)).equals("words")) {
      return Arrays.asList(values.getOrDefault(whole.group(1), "").strip().split("\\s+"));
    }
    return List.of(fill(template, values));
  }

  private static String fill(String template, Map<String, String> values) {
    return VARIABLE
        .matcher(template)
        .replaceAll(
            match -> Matcher.quoteReplacement(values.getOrDefault(match.group(1), match.group())));
  }

  private String type(String variable) {
    JsonNode declared = declared().get(variable);
    return declared == null ? "" : declared.get("type").asString();
  }

  private Map<String, String> values(Map<String, String> arguments) {
    Map<String, String> values = new HashMap<>();
    declared()
        .forEach(
            (name, node) -> {
              if (node.has("default")) {
                values.put(name, node.get("default").asString());
              }
            });
    for (Map.Entry<String, String> argument : arguments.entrySet()) {
      String name = argument.getKey().isEmpty() ? first() : argument.getKey();
      if (!declared().containsKey(name)) {
        throw new BadRunbookException(
            "profile %s has no variable %s; it has %s"
                .formatted(name(), name, declared().keySet()));
      }
      values.put(name, checked(name, argument.getValue()));
    }
    for (String name : declared().keySet()) {
      if (!values.containsKey(name) && !declared().get(name).path("optional").asBoolean(false)) {
        throw new BadRunbookException("profile %s needs a value for %s".formatted(name(), name));
      }
    }
    return values;
  }

  private String first() {
    return declared().keySet().stream()
        .findFirst()
        .orElseThrow(() -> new BadRunbookException("profile " + name() + " takes no value"));
  }

  private String checked(String name, String value) {
    if (!fits(name, value)) {
      throw new BadRunbookException(
          "profile %s: %s is not %s: %s".formatted(name(), name, meaning(name), value));
    }
    return value;
  }

  private boolean fits(String name, String value) {
    if (value.isBlank()
        || value.startsWith("-")
        || value.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    return switch (type(name)) {
      case "path" -> value.startsWith("/");
      case "unit" -> UNIT.matcher(value).matches();
      default -> true;
    };
  }

  private String meaning(String name) {
    return switch (type(name)) {
      case "path" -> "a path that begins with /";
      case "unit" -> "the name of a unit";
      default -> "a command and its arguments";
    };
  }
}
