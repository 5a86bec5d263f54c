package dev.muster.http;

import dev.muster.http.ApiException.Said;
import dev.muster.job.Limits;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of a request one by one, with the coercions and the words of the existing
 * service (rest.md §1.5, §1.6); every fault is collected, in the order in which the fields are
 * read.
 */
final class Fields {

  private static final Set<String> TRUE =
      Set.of("t", "T", "y", "Y", "yes", "YES", "true", "True", "TRUE", "on", "On", "ON", "1");

  private static final Set<String> FALSE =
      Set.of("f", "F", "n", "N", "no", "NO", "false", "False", "FALSE", "off", "Off", "OFF", "0");

  private static final Pattern INTEGER = Pattern.compile("([+-]?[0-9]{1,25})(\\.0*)?");

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");

  private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /** Faulty elements that are told of: after these their author has understood. */
  private static final int MOST_ITEMS_TOLD = 10;

  private static final Map<String, String> ENGLISH =
      Map.ofEntries(
          Map.entry("agent_setup_info", "Agent setup info"),
          Map.entry("name", "Name"),
          Map.entry("job_type", "Job type"),
          Map.entry("bk_biz_id", "Business ID"),
          Map.entry("version", "Version"),
          Map.entry("conditions", "Conditions"),
          Map.entry("bk_host_id", "Host ID"),
          Map.entry("exclude_hosts", "Excluded hosts"),
          Map.entry("hosts", "Hosts"),
          Map.entry("ap_id", "Access point ID"),
          Map.entry("bk_cloud_id", "Cloud area ID"),
          Map.entry("inner_ip", "Inner IP"),
          Map.entry("inner_ipv6", "Inner IPv6"),
          Map.entry("is_use_ap_map", "Use the access point mapping"),
          Map.entry("is_need_inject_ap_id", "Inject the access point ID"),
          Map.entry("is_install_latest_plugins", "Install the latest plugins"),
          Map.entry("is_install_other_agent", "Install another agent"),
          Map.entry("op_type", "Operation type"),
          Map.entry("node_type", "Node type"),
          Map.entry("bk_host_ids", "Host IDs"),
          Map.entry("bk_biz_scope", "Business IDs"),
          Map.entry("window", "Hosts at once"),
          Map.entry("retry_failed", "Rounds for failed hosts"),
          Map.entry("instance_id_list", "Instance IDs"),
          Map.entry("instance_id", "Instance ID"),
          Map.entry("is_uninstall", "Uninstall"),
          Map.entry("job_id", "Job ID"),
          Map.entry("status", "Status"),
          Map.entry("created_by", "Executor"),
          Map.entry("inner_ip_list", "IP list"),
          Map.entry("step_type", "Step type"),
          Map.entry("policy_name", "Policy name"),
          Map.entry("hide_auto_trigger_job", "Hide what was triggered automatically"),
          Map.entry("start_time", "Start time"),
          Map.entry("end_time", "End time"),
          Map.entry("sort", "Sort"),
          Map.entry("head", "Sort by"),
          Map.entry("sort_type", "Order"),
          Map.entry("page", "Page"),
          Map.entry("pagesize", "Page size"),
          Map.entry("start", "Start"));

  private final ObjectNode body;
  private final List<Said> faults = new ArrayList<>();

  Fields(ObjectNode body) {
    this.body = body;
  }

  /** Ends the reading: answers with all faults, if there are any. */
  void refuseFaults() {
    if (faulty()) {
      throw ApiException.of(HttpStatus.OK, ApiException.VALIDATION, together(faults), null);
    }
  }

  boolean faulty() {
    return !faults.isEmpty();
  }

  void fault(String label, String field, Message why, Object... values) {
    fault(label, field, why.with(values));
  }

  void fault(String label, String field, String why) {
    fault(label, field, language -> why);
  }

  private void fault(String label, String field, Said why) {
    faults.add(named(label, field, language -> "1." + why.in(language) + " "));
  }

  private static Said named(String label, String field, Said what) {
    return language ->
        switch (language) {
              case ZH -> label;
              case EN -> ENGLISH.getOrDefault(field, field);
            }
            + ("(" + field + "): ")
            + what.in(language);
  }

  private static Said together(List<Said> faults) {
    List<Said> all = List.copyOf(faults);
    return language -> all.stream().map(f -> f.in(language)).collect(Collectors.joining());
  }

  private Optional<JsonNode> given(String label, String field) {
    JsonNode node = body.get(field);
    if (node == null) {
      return Optional.empty();
    }
    if (node.isNull()) {
      fault(label, field, Message.NULL);
      return Optional.empty();
    }
    return Optional.of(node);
  }

  /** A value of whatever type, or empty if its reader finds it wrong. */
  private <T> Optional<T> value(
      String label, String field, Message wrong, Function<JsonNode, Optional<T>> reader) {
    return given(label, field)
        .flatMap(
            node -> {
              Optional<T> value = reader.apply(node);
              if (value.isEmpty()) {
                fault(label, field, wrong);
              }
              return value;
            });
  }

  /** Exact text, one of these, and not to be left out. */
  <T> Optional<T> choice(String label, String field, Function<String, Optional<T>> choices) {
    if (!body.has(field)) {
      fault(label, field, Message.REQUIRED);
      return Optional.empty();
    }
    return option(label, field, choices);
  }

  /** Exact text, one of these. */
  <T> Optional<T> option(String label, String field, Function<String, Optional<T>> choices) {
    return given(label, field)
        .flatMap(
            node -> {
              Optional<T> chosen =
                  node.isString() ? choices.apply(node.asString()) : Optional.empty();
              if (chosen.isEmpty()) {
                fault(label, field, Message.NOT_A_CHOICE, PythonName.shown(node));
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
                fault(label, field, Message.NOT_A_LIST, PythonName.of(node));
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
                  fault(label, field, Message.NOT_AN_INTEGER_IN_LIST, PythonName.json(node));
                  return List.of();
                }
                numbers.add(number);
              }
              return numbers;
            });
  }

  /** An array of objects; the faults of each are told with its place, counted from 1. */
  <T> Optional<List<T>> objects(String label, String field, Function<Fields, T> reader) {
    return list(label, field)
        .map(
            nodes -> {
              List<T> items = new ArrayList<>(nodes.size());
              List<Said> wrong = new ArrayList<>();
              for (int i = 0; i < nodes.size() && wrong.size() < 2 * MOST_ITEMS_TOLD; i++) {
                List<Said> own = new ArrayList<>();
                nested(nodes.get(i), own, reader).ifPresent(items::add);
                if (!own.isEmpty()) {
                  wrong.add(Message.ITEM.with(i + 1));
                  wrong.add(together(own));
                }
              }
              if (!wrong.isEmpty()) {
                faults.add(named(label, field, together(wrong)));
              }
              return items;
            });
  }

  <T> Optional<T> object(String label, String field, Function<Fields, T> reader) {
    return given(label, field)
        .flatMap(
            node -> {
              List<Said> wrong = new ArrayList<>();
              Optional<T> value = nested(node, wrong, reader);
              if (!wrong.isEmpty()) {
                faults.add(named(label, field, together(wrong)));
              }
              return value;
            });
  }

  private static <T> Optional<T> nested(
      JsonNode node, List<Said> faults, Function<Fields, T> reader) {
    if (!(node instanceof ObjectNode object)) {
      Said why = Message.NOT_A_DICTIONARY.with(PythonName.of(node));
      faults.add(language -> "non_field_errors: [\"%s\"] ".formatted(escaped(why.in(language))));
      return Optional.empty();
    }
    Fields fields = new Fields(object);
    T value = reader.apply(fields);
    faults.addAll(fields.faults);
    return Optional.of(value);
  }

  /** As the existing service writes what belongs to no field: JSON in ASCII. */
  private static String escaped(String text) {
    return text.chars()
        .mapToObj(c -> c < 0x7f ? String.valueOf((char) c) : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }

  Optional<Boolean> bool(String label, String field) {
    return value(label, field, Message.NOT_A_BOOLEAN, Fields::truth);
  }

  private static Optional<Boolean> truth(JsonNode node) {
    if (node.isBoolean()) {
      return Optional.of(node.asBoolean());
    }
    String text = node.isString() ? node.asString() : String.valueOf(integer(node));
    return TRUE.contains(text)
        ? Optional.of(true)
        : FALSE.contains(text) ? Optional.of(false) : Optional.empty();
  }

  /** Trimmed, not blank, of a length and of letters that can be kept. */
  Optional<String> text(String label, String field) {
    return given(label, field)
        .flatMap(
            node -> {
              if (!node.isString() && !node.isNumber()) {
                fault(label, field, Message.NOT_A_STRING);
                return Optional.empty();
              }
              String text = node.asString().strip();
              if (text.isEmpty()) {
                fault(label, field, Message.BLANK);
                return Optional.empty();
              }
              Optional<Said> unfit = unfit(text);
              unfit.ifPresent(why -> fault(label, field, why));
              return unfit.isPresent() ? Optional.empty() : Optional.of(text);
            });
  }

  /** Why this text can be neither kept nor found. */
  static Optional<Said> unfit(String text) {
    if (text.length() > Limits.TEXT_CHARS) {
      return Optional.of(Message.TEXT_TOO_LONG.with(text.length(), Limits.TEXT_CHARS));
    }
    if (text.indexOf('\0') >= 0) {
      return Optional.of(Message.TEXT_WITH_NUL.with());
    }
    return StandardCharsets.UTF_8.newEncoder().canEncode(text)
        ? Optional.empty()
        : Optional.of(Message.TEXT_NOT_UNICODE.with());
  }

  Optional<Long> number(String label, String field) {
    return value(label, field, Message.NOT_AN_INTEGER, node -> Optional.ofNullable(integer(node)));
  }

  Optional<String> ipv4(String label, String field) {
    return value(
        label, field, Message.NOT_AN_IPV4, node -> literal(node).filter(IPV4.asMatchPredicate()));
  }

  Optional<String> ipv6(String label, String field) {
    return value(label, field, Message.NOT_AN_IPV6, node -> literal(node).filter(Fields::isIpv6));
  }

  private static Optional<String> literal(JsonNode node) {
    return node.isString() ? Optional.of(node.asString().strip()) : Optional.empty();
  }

  private static boolean isIpv6(String text) {
    try {
      // With a colon it is never taken for a name, hence never looked up.
      return IPV6_LETTERS.matcher(text).matches() && InetAddress.getByName(text) != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** 1, "1", " 7 ", "-1", 1.0 and "1.0" are whole numbers; true, 1.5, "1e2" and "" are not. */
  static @Nullable Long integer(JsonNode node) {
    String text = node.isNumber() || node.isString() ? node.asString().strip() : "";
    if (!node.isNumber()) {
      if (!INTEGER.matcher(text).matches()) {
        return null;
      }
    } else if (text.length() > 25) {
      return null;
    }
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }
}
