package dev.muster.inventory;

import dev.muster.host.Condition;
import dev.muster.host.Condition.Addressed;
import dev.muster.host.Condition.Attribute;
import dev.muster.host.Condition.Belongs;
import dev.muster.host.Condition.Has;
import dev.muster.host.Condition.Manual;
import dev.muster.host.Condition.Mentions;
import dev.muster.host.Condition.Owner;
import dev.muster.host.Condition.Place;
import dev.muster.host.Condition.Placed;
import dev.muster.host.Condition.Property;
import dev.muster.host.Condition.Runs;
import dev.muster.host.Condition.Search;
import dev.muster.host.Condition.Text;
import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
import dev.muster.job.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A selector as a condition over the table {@code host h}. Values are bound, never part of the
 * text; every parameter name begins with {@code sel}.
 */
public final class SelectorSql {

  private final List<String> all = new ArrayList<>();
  private final Map<String, Object> parameters = new HashMap<>();

  private SelectorSql() {}

  public static SelectorSql of(HostSelector selector, Set<NodeType> nodeTypes) {
    SelectorSql sql = bounding(selector, nodeTypes);
    if (selector instanceof HostSelector.Matching) {
      sql.all.add("exists (select 1 from process p where p.host_id = h.id and p.kind = 'AGENT')");
    }
    return sql;
  }

  /**
   * No fewer than {@link #of}: whether a host has an agent on record is not asked, which costs more
   * than all the rest.
   */
  static SelectorSql bounding(HostSelector selector, Set<NodeType> nodeTypes) {
    SelectorSql sql = new SelectorSql();
    sql.all.add("h.node_type" + sql.among(nodeTypes.stream().map(Enum::name).toList()));
    switch (selector) {
      case HostSelector.Ids ids -> sql.all.add("h.id" + sql.amongIds(ids.ids()));
      case HostSelector.Matching matching -> sql.matching(matching);
      case HostSelector.Nothing nothing -> sql.all.add("false");
    }
    return sql;
  }

  /** The hosts that meet all of these, whatever part they play, with an agent on record or not. */
  public static SelectorSql meeting(List<Condition> conditions) {
    SelectorSql sql = new SelectorSql();
    sql.all.add("true");
    conditions.forEach(sql::add);
    return sql;
  }

  /** The same, within these businesses only: those fixed when the job was accepted. */
  public SelectorSql within(List<Long> businesses) {
    all.add("h.business_id" + amongIds(businesses));
    return this;
  }

  /** The same, within this scope only. */
  public SelectorSql within(Scope scope) {
    return switch (scope) {
      case Scope.Everywhere everywhere -> this;
      case Scope.Within some -> within(List.copyOf(some.businesses()));
    };
  }

  /** The businesses of a scope as a parameter of other statements; null is no restriction. */
  public static Long @Nullable [] businesses(Scope scope) {
    return switch (scope) {
      case Scope.Everywhere everywhere -> null;
      case Scope.Within within -> within.businesses().toArray(Long[]::new);
    };
  }

  public String text() {
    return String.join(" and ", all);
  }

  public Map<String, Object> parameters() {
    return Map.copyOf(parameters);
  }

  private void matching(HostSelector.Matching matching) {
    if (!matching.businesses().isEmpty()) {
      within(matching.businesses());
    }
    matching.conditions().forEach(this::add);
    if (!matching.excluded().isEmpty()) {
      all.add("h.id <> all (" + ids(matching.excluded()) + ")");
    }
  }

  private void add(Condition condition) {
    switch (condition) {
      case Has has -> all.add(column(has.attribute()) + among(has.values()));
      case Addressed addressed -> all.add(addressed(addressed));
      case Belongs belongs -> {
        if (!belongs.ids().isEmpty() || belongs.to() == Owner.BUSINESS) {
          all.add(column(belongs.to()) + amongIds(belongs.ids()));
        }
      }
      case Manual manual ->
          all.add(
              "h.is_manual = any (cast(:%s as boolean[]))"
                  .formatted(bind(manual.values().toArray(Boolean[]::new))));
      case Placed placed -> all.add(any(placed.places().stream().map(this::place).toList()));
      case Mentions mentions ->
          all.add(any(mentions.searches().stream().map(this::search).toList()));
      case Runs runs -> all.add(process(runs));
    }
  }

  private String addressed(Addressed addressed) {
    return "(h.inner_ip%s or h.ipv6 = any (array(select ipv6(a) from unnest(%s) a)))"
        .formatted(among(addressed.v4()), texts(addressed.v6()));
  }

  private String place(Place place) {
    String business = "h.business_id" + amongIds(List.of(place.business()));
    if (!place.modules().isEmpty()) {
      return business + " and h.module_ids && " + ids(place.modules());
    }
    return place.sets().isEmpty() ? business : business + " and h.set_ids && " + ids(place.sets());
  }

  private String search(Search search) {
    return "exists (select 1 from unnest(%s) w where %s)"
        .formatted(texts(search.words()), any(search.texts().stream().map(this::mention).toList()));
  }

  /** Whether a text of the host contains the word {@code w}, of which no character is special. */
  private String mention(Text text) {
    return switch (text) {
      case INNER_IP -> contains("h.inner_ip");
      case INNER_IPV6 -> contains("h.inner_ipv6") + " or h.ipv6 = ipv6(w)";
      case NAME -> contains("h.name");
      case AGENT_ID -> contains("h.agent_id");
      case OS_TYPE -> contains("h.os_type");
      case AGENT_STATUS -> agentContains("p.status");
      case AGENT_VERSION -> agentContains("p.version");
      case CLOUD_NAME ->
          "exists (select 1 from cloud c where c.id = h.cloud_id and %s)"
              .formatted(contains("c.name"));
    };
  }

  private static String contains(String column) {
    return "strpos(lower(" + column + "), lower(w)) > 0";
  }

  private static String agentContains(String column) {
    return "exists (select 1 from process p where p.host_id = h.id and p.kind = 'AGENT' and %s)"
        .formatted(contains(column));
  }

  private String process(Runs runs) {
    String traits =
        runs.traits().stream()
            .map(trait -> " and " + column(trait.of()) + among(trait.values()))
            .collect(Collectors.joining());
    return "exists (select 1 from process p where p.host_id = h.id and p.kind = '%s'%s)"
        .formatted(runs.kind(), traits);
  }

  private static String column(Attribute attribute) {
    return switch (attribute) {
      case NAME -> "h.name";
      case AGENT_ID -> "h.agent_id";
      case OS_TYPE -> "h.os_type";
      case NODE_TYPE -> "h.node_type";
      case NODE_FROM -> "h.node_from";
      case ADDRESSING -> "h.addressing";
    };
  }

  private static String column(Owner owner) {
    return switch (owner) {
      case BUSINESS -> "h.business_id";
      case CLOUD -> "h.cloud_id";
      case INSTALL_CHANNEL -> "h.install_channel_id";
    };
  }

  private static String column(Property property) {
    return switch (property) {
      case NAME -> "p.name";
      case STATUS -> "p.status";
      case VERSION -> "p.version";
      case SOURCE -> "p.source_id";
    };
  }

  private static String any(List<String> alternatives) {
    return alternatives.isEmpty()
        ? "false"
        : alternatives.stream().collect(Collectors.joining(" or ", "(", ")"));
  }

  private String among(List<String> values) {
    return " = any (" + texts(values) + ")";
  }

  private String amongIds(List<Long> values) {
    return " = any (" + ids(values) + ")";
  }

  private String texts(Collection<String> values) {
    return "cast(:" + bind(values.toArray(String[]::new)) + " as text[])";
  }

  private String ids(Collection<Long> values) {
    return "cast(:" + bind(values.toArray(Long[]::new)) + " as bigint[])";
  }

  private String bind(Object array) {
    String name = "sel" + parameters.size();
    parameters.put(name, array);
    return name;
  }
}
