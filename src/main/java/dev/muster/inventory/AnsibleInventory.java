package dev.muster.inventory;

import dev.muster.inventory.Format.Taker;
import dev.muster.inventory.HostPattern.BadInventoryException;
import dev.muster.job.Limits;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hosts, groups and variables of an Ansible inventory, held in memory because a variable may stand
 * after the hosts that it is for. What holds for a host: variables of {@code all}, then of its
 * other groups from the outermost to the innermost, then its own; the last one wins.
 *
 * <p>Names of Ansible become ours: {@code ansible_host} is where muster logs in, and so on. A
 * variable with one of our own names is taken as it is, but for those that Ansible has a name for:
 * {@code port} may be anybody's.
 */
final class AnsibleInventory {

  static final String ALL = "all";

  private static final Set<String> OVER_SSH = Set.of("ssh", "smart", "paramiko", "paramiko_ssh");

  /** Our fields that Ansible has names for, the one that counts first. */
  private static final Map<String, List<String>> NAMES =
      Map.of(
          "login_ip", List.of("ansible_host", "ansible_ssh_host"),
          "port", List.of("ansible_port", "ansible_ssh_port"),
          "account", List.of("ansible_user", "ansible_ssh_user"),
          "identity", List.of("ansible_ssh_private_key_file", "ansible_private_key_file"),
          "become", List.of());

  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private final Map<Set<String>, Map<String, String>> inherited = new HashMap<>();

  private static final class Group {
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Set<String> parents = new LinkedHashSet<>();
  }

  private static final class Host {
    private final long line;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Set<String> groups = new LinkedHashSet<>();

    Host(long line) {
      this.line = line;
    }
  }

  AnsibleInventory() {
    group(ALL);
  }

  boolean knows(String group) {
    return groups.containsKey(group);
  }

  void group(String name) {
    groups.computeIfAbsent(name, n -> new Group());
  }

  void variable(String group, String name, String value) {
    groups.computeIfAbsent(group, n -> new Group()).variables.put(name, value);
  }

  /**
   * Makes a group part of another one.
   *
   * @throws BadInventoryException if the other one is part of it already
   */
  void child(String parent, String child) {
    group(parent);
    group(child);
    if (parent.equals(child) || withAncestors(Set.of(parent)).contains(child)) {
      throw new BadInventoryException(
          "%s cannot be a child of %s, which is in %1$s itself".formatted(child, parent));
    }
    if (!parent.equals(ALL)) {
      groupOf(child).parents.add(parent);
    }
  }

  void hosts(String group, HostPattern pattern, long line, Map<String, String> variables) {
    group(group);
    for (String name : pattern.names()) {
      Host host = hosts.computeIfAbsent(name, n -> new Host(line));
      host.groups.add(group);
      if (pattern.port() != null) {
        host.variables.put("ansible_port", pattern.port());
      }
      host.variables.putAll(variables);
      if (hosts.size() > Limits.HOSTS_IN_INVENTORY) {
        throw new BadInventoryException(
            "the inventory names more than %d hosts".formatted(Limits.HOSTS_IN_INVENTORY));
      }
    }
  }

  /** Tells every host by the line that names it first. */
  void tell(Taker taker) {
    hosts.forEach(
        (name, host) -> {
          Map<String, String> variables =
              new LinkedHashMap<>(inherited.computeIfAbsent(host.groups, this::inherited));
          variables.putAll(host.variables);
          try {
            taker.take(host.line, fields(name, variables));
          } catch (BadInventoryException bad) {
            taker.reject(host.line, bad.why());
          }
        });
  }

  private Map<String, String> inherited(Set<String> direct) {
    Map<String, String> variables = new LinkedHashMap<>(groupOf(ALL).variables);
    withAncestors(direct).stream()
        .filter(name -> !name.equals(ALL))
        .sorted(
            Comparator.<String>comparingInt(this::depth)
                .thenComparingInt(this::priority)
                .thenComparing(Comparator.naturalOrder()))
        .forEach(name -> variables.putAll(groupOf(name).variables));
    return variables;
  }

  private Set<String> withAncestors(Collection<String> names) {
    Set<String> all = new HashSet<>();
    names.forEach(name -> addWithAncestors(name, all));
    return all;
  }

  private void addWithAncestors(String name, Set<String> all) {
    if (all.add(name)) {
      groupOf(name).parents.forEach(parent -> addWithAncestors(parent, all));
    }
  }

  private int depth(String name) {
    return 1 + groupOf(name).parents.stream().mapToInt(this::depth).max().orElse(0);
  }

  private int priority(String name) {
    try {
      return Integer.parseInt(groupOf(name).variables.getOrDefault("ansible_group_priority", "1"));
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  private Group groupOf(String name) {
    Group group = groups.get(name);
    if (group == null) {
      throw new IllegalArgumentException("no group " + name);
    }
    return group;
  }

  private static Map<String, String> fields(String name, Map<String, String> variables) {
    refuseWhatIsNotSsh(variables);
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put(ImportLine.HOST_NAME, name);
    variables.forEach(
        (variable, value) -> {
          if (ImportLine.isOurs(variable) && !NAMES.containsKey(variable)) {
            fields.put(variable, value);
          }
        });
    fields.put("login_ip", name);
    NAMES.forEach(
        (field, theirs) -> {
          String value = first(variables, theirs);
          if (value != null && value.contains("{{")) {
            throw new BadInventoryException(
                "%s: %s is a template; write the value itself".formatted(theirs.getFirst(), value));
          }
          if (value != null) {
            fields.put(field, value);
          }
        });
    String become = become(variables);
    if (become != null) {
      fields.put("become", become);
    }
    return fields;
  }

  private static void refuseWhatIsNotSsh(Map<String, String> variables) {
    String connection = variables.getOrDefault("ansible_connection", "ssh");
    String kind = connection.substring(connection.lastIndexOf('.') + 1);
    if (!OVER_SSH.contains(kind)) {
      throw new BadInventoryException(
          "ansible_connection: muster reaches hosts by ssh, not by %s; leave this host out"
              .formatted(connection));
    }
  }

  private static @Nullable String become(Map<String, String> variables) {
    String become = first(variables, List.of("ansible_become"));
    if (become == null) {
      return null;
    }
    return switch (become.toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on", "1", "y", "t" -> {
        String user = variables.getOrDefault("ansible_become_user", "root");
        if (!user.equals("root")) {
          throw new BadInventoryException(
              "ansible_become_user: muster becomes root, not %s".formatted(user));
        }
        yield variables.getOrDefault("ansible_become_method", "sudo");
      }
      case "false", "no", "off", "0", "n", "f" -> "none";
      default ->
          throw new BadInventoryException(
              "ansible_become: %s is not true or false".formatted(become));
    };
  }

  private static @Nullable String first(Map<String, String> variables, List<String> names) {
    for (String name : names) {
      String value = variables.getOrDefault(name, "");
      if (!value.isBlank()) {
        return value;
      }
    }
    return null;
  }
}
