package dev.muster.projection;

import dev.muster.projection.InstanceFilter.Wanted;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A filter as a condition on {@code instance_progress p} of the job {@code :job}. A prepared
 * statement does not know how long a list will be: it would look an array through for every row,
 * and a joined list too. Within {@code coalesce} a list that may be long is not joined but hashed
 * once.
 *
 * @param text begins with {@code and}, or is empty
 */
record InstanceSql(String text, Map<String, Object> parameters) {

  /** So many are found by the index one by one. */
  private static final int FEW = 100;

  static InstanceSql of(InstanceFilter filter) {
    StringBuilder text = new StringBuilder();
    Map<String, Object> parameters = new HashMap<>();
    List<Wanted> all = filter.all();
    for (int i = 0; i < all.size(); i++) {
      text.append(" and ").append(condition(all.get(i), "wanted" + i, parameters));
    }
    return new InstanceSql(text.toString(), parameters);
  }

  private static String condition(Wanted wanted, String name, Map<String, Object> parameters) {
    return switch (wanted) {
      case Wanted.InState(var states) -> {
        parameters.put(name, states.stream().map(Enum::name).toArray(String[]::new));
        yield "p.state = any (cast(:%s as text[]))".formatted(name);
      }
      case Wanted.Because(var reasons) -> {
        parameters.put(name, texts(reasons));
        yield """
            exists (select 1 from job_instance i where i.job_id = p.job_id and i.ordinal = p.ordinal
              and i.reason = any (cast(:%s as text[])))"""
            .formatted(name);
      }
      case Wanted.OfHosts(var hosts) -> {
        parameters.put(name, hosts.toArray(Long[]::new));
        yield hosts.size() <= FEW
            ? "p.host_id = any (cast(:%s as bigint[]))".formatted(name)
            : "coalesce(p.host_id in (select unnest(cast(:%s as bigint[]))), false)"
                .formatted(name);
      }
      case Wanted.NotOfHosts(var hosts) -> {
        parameters.put(name, hosts.toArray(Long[]::new));
        yield "p.host_id not in (select unnest(cast(:%s as bigint[])))".formatted(name);
      }
      case Wanted.At(var whole, var parts) -> {
        parameters.put(name, texts(whole));
        if (parts.isEmpty()) {
          yield "coalesce(p.host_id in (" + at(name) + "), false)";
        }
        parameters.put(name + "parts", texts(parts));
        yield "coalesce(p.host_id in (%s union all %s), false)"
            .formatted(at(name), near(name + "parts"));
      }
    };
  }

  private static String at(String name) {
    return """
        select id from host where inner_ip in (select unnest(cast(:%1$s as text[])))
        union all select id from host where inner_ipv6 in (select unnest(cast(:%1$s as text[])))
        union all select host_id from job_instance
          where job_id = :job and coalesce(label in (select unnest(cast(:%1$s as text[]))), false)"""
        .formatted(name);
  }

  /** The label stands for the address of a host that has none, or has left. */
  private static String near(String name) {
    return """
        select i.host_id from job_instance i left join host h on h.id = i.host_id
        where i.job_id = :job and exists (
          select 1 from unnest(cast(:%s as text[])) part
          where position(part in h.inner_ip) > 0 or position(part in h.inner_ipv6) > 0
            or coalesce(h.inner_ip, h.inner_ipv6) is null and position(part in i.label) > 0)"""
        .formatted(name);
  }

  private static String[] texts(Collection<String> texts) {
    return texts.toArray(String[]::new);
  }
}
