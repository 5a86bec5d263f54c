package dev.muster.security;

import dev.muster.job.Caller;
import dev.muster.job.Mandate;
import dev.muster.job.Scope;
import java.util.Map;

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
    return given(role).or(given(Role.ADMIN));
  }

  private Scope given(Role role) {
    return scopes.getOrDefault(role, Scope.nowhere());
  }

  /** Whether this role is theirs in any business. */
  public boolean somewhere(Role role) {
    return !scope(role).equals(Scope.nowhere());
  }

  /** ADMIN in every business. */
  public boolean superuser() {
    return given(Role.ADMIN) instanceof Scope.Everywhere;
  }

  /** What they bring along when they say a verb to a job. */
  public Mandate mandate() {
    return new Mandate(caller, scope(Role.VIEW), scope(Role.CONTROL));
  }
}
