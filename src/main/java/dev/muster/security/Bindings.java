package dev.muster.security;

import com.fasterxml.jackson.annotation.JsonCreator;
import dev.muster.job.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Which user, app or group has which roles where. What is not bound is not permitted. */
@Component
class Bindings {

  private static final Logger log = LoggerFactory.getLogger(Bindings.class);
  private static final int MOST_NAMED = 50;

  private final WatchedFile<Contents> file;

  Bindings(SecuritySettings settings) {
    settings.check();
    file =
        new WatchedFile<>(
            settings.bindings(), Contents.class, new Contents(List.of()), Bindings::tell);
  }

  @Scheduled(fixedDelay = 2_000)
  void look() {
    file.look();
  }

  /** What is given to the user, to the app they ask through and to their groups, all together. */
  Rights rights(Identity.Known known) {
    Contents contents = file.now();
    Map<Role, Scope> scopes = new EnumMap<>(Role.class);
    contents.add(scopes, new Subject("user", known.caller().user()));
    contents.add(scopes, new Subject("app", known.caller().app()));
    for (String group : known.groups()) {
      contents.add(scopes, new Subject("group", group));
    }
    return new Rights(known.caller(), narrowed(scopes, known));
  }

  /** An app that is not good for everything passes on of ADMIN only what it is good for. */
  private static Map<Role, Scope> narrowed(Map<Role, Scope> scopes, Identity.Known known) {
    if (known.permits(Role.ADMIN)) {
      return scopes;
    }
    Scope admin = scopes.getOrDefault(Role.ADMIN, Scope.nowhere());
    Map<Role, Scope> narrowed = new EnumMap<>(Role.class);
    for (Role role : known.permitted()) {
      narrowed.put(role, scopes.getOrDefault(role, Scope.nowhere()).or(admin));
    }
    return narrowed;
  }

  private static void tell(Path path, Contents before, Contents after) {
    Set<String> granted = new TreeSet<>(after.lines());
    Set<String> taken = new TreeSet<>(before.lines());
    granted.removeAll(before.lines());
    taken.removeAll(after.lines());
    log.info("{} changed: granted {}; taken {}", path, some(granted), some(taken));
  }

  private static String some(Collection<String> lines) {
    String named = String.join(", ", lines.stream().limit(MOST_NAMED).toList());
    int more = lines.size() - MOST_NAMED;
    return lines.isEmpty() ? "nothing" : more > 0 ? named + " and %d more".formatted(more) : named;
  }

  private record Subject(String kind, String name) {}

  /** The file. */
  record Contents(List<Binding> bindings) {
    Contents {
      bindings = bindings == null ? List.of() : List.copyOf(bindings);
    }

    private void add(Map<Role, Scope> scopes, Subject subject) {
      for (Binding binding : bindings) {
        if (binding.subject().equals(subject)) {
          binding.roles().forEach(role -> scopes.merge(role, binding.where(), Scope::or));
        }
      }
    }

    private Set<String> lines() {
      Set<String> lines = new HashSet<>();
      bindings.forEach(binding -> binding.lines().forEach(lines::add));
      return lines;
    }
  }

  /** One entry: exactly one of user, app and group. */
  record Binding(
      @Nullable String user,
      @Nullable String app,
      @Nullable String group,
      Set<Role> roles,
      Businesses businesses) {

    Binding {
      if (Stream.of(user, app, group).filter(name -> name != null && !name.isBlank()).count()
          != 1) {
        throw new IllegalArgumentException("a binding names exactly one of user, app and group");
      }
      if (roles == null || roles.isEmpty() || businesses == null) {
        throw new IllegalArgumentException("a binding has roles, and businesses (a list, or all)");
      }
      roles = Set.copyOf(roles);
    }

    private Subject subject() {
      return user != null
          ? new Subject("user", user)
          : app != null ? new Subject("app", app) : new Subject("group", String.valueOf(group));
    }

    private Scope where() {
      return businesses.scope();
    }

    private Stream<String> lines() {
      Subject subject = subject();
      return roles.stream()
          .flatMap(
              role ->
                  places().map(w -> "%s %s %s %s".formatted(subject.kind, subject.name, role, w)));
    }

    private Stream<String> places() {
      return switch (where()) {
        case Scope.Everywhere everywhere -> Stream.of("everywhere");
        case Scope.Within within -> within.businesses().stream().map(b -> "in business " + b);
      };
    }
  }

  /** {@code all}, or a list of numbers. */
  record Businesses(Scope scope) {

    @JsonCreator
    static Businesses of(JsonNode node) {
      if (node.isString() && node.asString().equals("all")) {
        return new Businesses(Scope.everywhere());
      }
      Set<Long> numbers = new HashSet<>();
      for (JsonNode element : node.isArray() ? node.values() : new ArrayList<JsonNode>()) {
        if (element.isIntegralNumber()) {
          numbers.add(element.asLong());
        }
      }
      if (!node.isArray() || numbers.size() != node.size() || numbers.isEmpty()) {
        throw new IllegalArgumentException("businesses is a list of numbers, or all");
      }
      return new Businesses(new Scope.Within(numbers));
    }
  }
}
