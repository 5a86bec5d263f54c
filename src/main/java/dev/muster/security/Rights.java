package dev.muster.security;

import dev.muster.job.Caller;
import dev.muster.job.Scope;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Who asks, and in which businesses each role is theirs. */
public record Rights(Caller caller, Map<Role, Scope> scopes) {

  public Rights {
    scopes = Map.copyOf(scopes);
  }

  /** All rights everywhere. */
  public static Rights admin(Caller caller) {
    return new Rights(caller, Map.of(Role.ADMIN, Scope.everywhere()));
  }

  /** Where this role is theirs: where it was given, and where they are ADMIN. */
  public Scope scope(Role role) {
    Scope own = scopes.getOrDefault(role, Scope.nowhere());
    Scope admin = scopes.getOrDefault(Role.ADMIN, Scope.nowhere());
    if (own instanceof Scope.Within some && admin instanceof Scope.Within more) {
      Set<Long> both = new HashSet<>(some.businesses());
      both.addAll(more.businesses());
      return new Scope.Within(both);
    }
    return Scope.everywhere();
  }

  /** ADMIN in every business. */
  public boolean superuser() {
    return scopes.getOrDefault(Role.ADMIN, Scope.nowhere()) instanceof Scope.Everywhere;
  }
}
