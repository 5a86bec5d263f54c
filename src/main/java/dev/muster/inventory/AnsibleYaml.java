package dev.muster.inventory;

import dev.muster.inventory.Format.Taker;
import dev.muster.inventory.HostPattern.BadInventoryException;
import dev.muster.job.Limits;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * An Ansible inventory in YAML: each group has {@code hosts}, {@code vars} and {@code children}.
 * Nodes are read as they are written, so that a value with a tag of Ansible's own ({@code !vault})
 * does no harm.
 */
final class AnsibleYaml {

  /** Groups within groups, and aliases of the whole text: far more than an inventory has. */
  private static final int DEEPEST = 50;

  private static final int MOST_ALIASES = 1_000;

  /**
   * Mappings that are walked, each as often as it is referred to: what the text can hold without
   * aliases.
   */
  private static final int MOST_MAPPINGS = Limits.ANSIBLE_CHARS / 32;

  private final AnsibleInventory inventory = new AnsibleInventory();
  private final Taker taker;
  private int mappings;

  private AnsibleYaml(Taker taker) {
    this.taker = taker;
  }

  static void read(Reader text, Taker taker) throws IOException {
    char[] all = new char[Limits.ANSIBLE_CHARS + 1];
    int length = 0;
    for (int read = 0; read >= 0 && length < all.length; length += Math.max(0, read)) {
      read = text.read(all, length, all.length - length);
    }
    if (length > Limits.ANSIBLE_CHARS) {
      taker.reject(1, AnsibleIni.tooLongBecause());
      return;
    }
    new AnsibleYaml(taker).read(new String(all, 0, length));
  }

  private void read(String text) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Limits.ANSIBLE_CHARS);
    options.setNestingDepthLimit(DEEPEST);
    options.setMaxAliasesForCollections(MOST_ALIASES);
    Node root;
    try {
      root = new Yaml(options).compose(new StringReader(text));
    } catch (MarkedYAMLException bad) {
      long line = bad.getProblemMark() == null ? 1 : bad.getProblemMark().getLine() + 1L;
      taker.reject(line, "not YAML: " + bad.getProblem());
      return;
    } catch (YAMLException bad) {
      taker.reject(1, "not YAML: " + bad.getMessage());
      return;
    }
    if (root == null) {
      return;
    }
    entries(root, "an inventory", (name, group) -> group(text(name), group, 0));
    inventory.tell(taker);
  }

  private void group(String name, Node group, int depth) {
    if (depth > DEEPEST) {
      throw new BadInventoryException("groups within groups without end");
    }
    if (name.equals("plugin") && group instanceof ScalarNode) {
      throw new BadInventoryException(
          "plugin: this asks a service for hosts; send what ansible-inventory --list --yaml prints");
    }
    inventory.group(name);
    entries(
        group,
        "group " + name,
        (key, value) -> {
          switch (text(key)) {
            case "hosts" -> entries(value, "hosts", (host, own) -> host(name, host, own));
            case "vars" -> variables(value).forEach((k, v) -> inventory.variable(name, k, v));
            case "children" ->
                entries(
                    value,
                    "children",
                    (child, inner) -> {
                      inventory.child(name, text(child));
                      group(text(child), inner, depth + 1);
                    });
            default ->
                throw new BadInventoryException(
                    "%s: a group has hosts, vars and children".formatted(text(key)));
          }
        });
  }

  private void host(String group, Node name, Node own) {
    inventory.hosts(group, HostPattern.parse(text(name)), line(name), variables(own));
  }

  /** Plain values only: what is a list or a mapping says nothing about how to reach a host. */
  private Map<String, String> variables(Node node) {
    Map<String, String> variables = new LinkedHashMap<>();
    entries(
        node,
        "variables",
        (name, value) -> {
          if (value instanceof ScalarNode scalar) {
            variables.put(text(name), scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue());
          } else if (value instanceof SequenceNode list
              && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
            variables.put(
                text(name), String.join(" ", list.getValue().stream().map(this::text).toList()));
          }
        });
    return variables;
  }

  /** Each pair of a mapping, those of merged ones first; what is wrong is told by its line. */
  private void entries(Node node, String what, BiConsumer<Node, Node> each) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL)) {
      return;
    }
    if (!(node instanceof MappingNode mapping)) {
      taker.reject(line(node), "%s must be a mapping, as in web: {hosts: {…}}".formatted(what));
      return;
    }
    if (++mappings >= MOST_MAPPINGS) {
      if (mappings == MOST_MAPPINGS) {
        taker.reject(line(node), "too many mappings; nothing from here on was read");
      }
      return;
    }
    for (NodeTuple pair : mapping.getValue()) {
      if (pair.getKeyNode().getTag().equals(Tag.MERGE)) {
        merged(pair.getValueNode(), what, each);
      }
    }
    for (NodeTuple pair : mapping.getValue()) {
      if (pair.getKeyNode().getTag().equals(Tag.MERGE)) {
        continue;
      }
      try {
        each.accept(pair.getKeyNode(), pair.getValueNode());
      } catch (BadInventoryException bad) {
        taker.reject(line(pair.getKeyNode()), bad.why());
      }
    }
  }

  private void merged(Node node, String what, BiConsumer<Node, Node> each) {
    if (node instanceof SequenceNode several) {
      several.getValue().reversed().forEach(one -> entries(one, what, each));
    } else {
      entries(node, what, each);
    }
  }

  private String text(Node node) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw new BadInventoryException("a name must be plain text");
  }

  private static long line(Node node) {
    return node.getStartMark().getLine() + 1L;
  }
}
