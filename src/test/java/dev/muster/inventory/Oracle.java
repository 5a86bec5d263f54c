package dev.muster.inventory;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
import dev.muster.inventory.Sample.Host;
import dev.muster.inventory.Sample.Program;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a selector means, said once more in plain Java over lists. */
final class Oracle {

  private Oracle() {}

  static boolean selects(HostSelector selector, Set<NodeType> nodeTypes, Host host) {
    return nodeTypes.contains(NodeType.valueOf(host.nodeType()))
        && switch (selector) {
          case HostSelector.Nothing nothing -> false;
          case HostSelector.Ids ids -> ids.ids().contains(host.id());
          case HostSelector.Matching matching ->
              host.processes().stream().anyMatch(p -> p.kind().equals("AGENT"))
                  && (matching.businesses().isEmpty()
                      || matching.businesses().contains(host.business()))
                  && !matching.excluded().contains(host.id())
                  && matching.conditions().stream().allMatch(c -> meets(c, host));
        };
  }

  private static boolean meets(Condition condition, Host host) {
    return switch (condition) {
      case Condition.Has has -> in(has.values(), text(has.attribute(), host));
      case Condition.Addressed addressed ->
          in(addressed.v4(), host.v4())
              || addressed.v6().stream().anyMatch(written -> same(written, host.v6()));
      case Condition.Belongs belongs -> belongs(belongs, host);
      case Condition.Manual manual -> manual.values().contains(host.manual());
      case Condition.Placed placed -> placed.places().stream().anyMatch(p -> isIn(p, host));
      case Condition.Mentions mentions ->
          mentions.searches().stream()
              .anyMatch(
                  search ->
                      search.words().stream()
                          .anyMatch(
                              word ->
                                  search.texts().stream().anyMatch(t -> mentions(word, t, host))));
      case Condition.Runs runs ->
          host.processes().stream()
              .filter(p -> p.kind().equals(runs.kind().name()))
              .anyMatch(
                  p -> runs.traits().stream().allMatch(t -> in(t.values(), property(t.of(), p))));
    };
  }

  private static boolean in(Collection<?> values, @Nullable Object value) {
    return value != null && values.contains(value);
  }

  private static @Nullable String text(Condition.Attribute attribute, Host host) {
    return switch (attribute) {
      case NAME -> host.name();
      case AGENT_ID -> host.agentId();
      case OS_TYPE -> host.system();
      case NODE_TYPE -> host.nodeType();
      case NODE_FROM -> host.nodeFrom();
      case ADDRESSING -> host.addressing();
    };
  }

  private static @Nullable String property(Condition.Property property, Program program) {
    return switch (property) {
      case NAME -> program.name();
      case STATUS -> program.status();
      case VERSION -> program.version();
      case SOURCE -> program.source();
    };
  }

  private static boolean belongs(Condition.Belongs belongs, Host host) {
    return switch (belongs.to()) {
      case BUSINESS -> in(belongs.ids(), host.business());
      case CLOUD -> belongs.ids().isEmpty() || in(belongs.ids(), host.cloud());
      case INSTALL_CHANNEL -> belongs.ids().isEmpty() || in(belongs.ids(), host.channel());
    };
  }

  private static boolean isIn(Condition.Place place, Host host) {
    if (place.business() != host.business()) {
      return false;
    }
    if (!place.modules().isEmpty()) {
      return host.modules().stream().anyMatch(place.modules()::contains);
    }
    return place.sets().isEmpty() || host.sets().stream().anyMatch(place.sets()::contains);
  }

  private static boolean mentions(String word, Condition.Text text, Host host) {
    return switch (text) {
      case INNER_IP -> contains(host.v4(), word);
      case INNER_IPV6 -> contains(host.v6(), word) || same(word, host.v6());
      case NAME -> contains(host.name(), word);
      case AGENT_ID -> contains(host.agentId(), word);
      case OS_TYPE -> contains(host.system(), word);
      case AGENT_STATUS ->
          host.processes().stream()
              .anyMatch(p -> p.kind().equals("AGENT") && contains(p.status(), word));
      case AGENT_VERSION ->
          host.processes().stream()
              .anyMatch(p -> p.kind().equals("AGENT") && contains(p.version(), word));
      case CLOUD_NAME -> contains(Sample.CLOUDS.get(host.cloud()), word);
    };
  }

  private static boolean contains(@Nullable String text, String word) {
    return text != null && text.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT));
  }

  private static boolean same(@Nullable String one, @Nullable String other) {
    Optional<InetAddress> first = address(one);
    return first.isPresent() && first.equals(address(other));
  }

  private static Optional<InetAddress> address(@Nullable String text) {
    if (text == null || !text.contains(":") || text.contains("/")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  static List<Long> selected(HostSelector selector, Set<NodeType> nodeTypes, List<Host> hosts) {
    return hosts.stream().filter(h -> selects(selector, nodeTypes, h)).map(Host::id).toList();
  }
}
