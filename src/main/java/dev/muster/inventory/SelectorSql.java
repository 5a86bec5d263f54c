package dev.muster.inventory;

import dev.muster.host.Condition;
import dev.muster.host.HostSelector;
import dev.muster.host.NodeType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A selector as a condition over the table {@code host h}. Values are bound, never part of the
 * text; every parameter name begins with {@code sel}.
 */
public final class SelectorSql {

  private final List<String> all = new ArrayList<>();
  private final Map<String, Object> parameters = new HashMap<>();

  private SelectorSql() {}

  public static SelectorSql of(HostSelector selector, Set<NodeType> nodeTypes) {
    SelectorSql sql = new SelectorSql();
    sql.inText("h.node_type", nodeTypes.stream().map(Enum::name).toList());
    switch (selector) {
      case HostSelector.Ids ids -> sql.in("h.id", ids.ids());
      case HostSelector.Matching matching -> sql.matching(matching);
      case HostSelector.Nothing nothing -> sql.all.add("false");
    }
    return sql;
  }

  /** The same, within these businesses only: those fixed when the job was accepted. */
  public SelectorSql within(List<Long> businesses) {
    in("h.business_id", businesses);
    return this;
  }

  public String text() {
    return String.join(" and ", all);
  }

  public Map<String, Object> parameters() {
    return Map.copyOf(parameters);
  }

  private void matching(HostSelector.Matching matching) {
    all.add("exists (select 1 from process p where p.host_id = h.id and p.kind = 'AGENT')");
    if (!matching.businesses().isEmpty()) {
      in("h.business_id", matching.businesses());
    }
    for (Condition condition : matching.conditions()) {
      switch (condition) {
        case Condition.InnerIp ip -> inText("h.inner_ip", ip.addresses());
        case Condition.Business business -> in("h.business_id", business.ids());
        case Condition.Cloud cloud -> {
          if (!cloud.ids().isEmpty()) {
            in("h.cloud_id", cloud.ids());
          }
        }
      }
    }
    if (!matching.excluded().isEmpty()) {
      String name = bind(matching.excluded().toArray(Long[]::new));
      all.add("h.id <> all (cast(:" + name + " as bigint[]))");
    }
  }

  private void in(String column, List<Long> values) {
    all.add(column + " = any (cast(:" + bind(values.toArray(Long[]::new)) + " as bigint[]))");
  }

  private void inText(String column, List<String> values) {
    all.add(column + " = any (cast(:" + bind(values.toArray(String[]::new)) + " as text[]))");
  }

  private String bind(Object array) {
    String name = "sel" + parameters.size();
    parameters.put(name, array);
    return name;
  }
}
