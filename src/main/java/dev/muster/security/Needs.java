package dev.muster.security;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What an endpoint needs: one of these roles in at least one business; none at all if the list is
 * empty, so that everybody may call it, known or not. An endpoint without this annotation answers
 * nobody. Which businesses it takes is for the endpoint to check, by the {@link Rights} it is
 * given.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Needs {
  Role[] value();

  /**
   * The endpoint alone looks whether the caller has the role: what is wrong with a request is told
   * before what is not permitted (rest.md §1.4).
   */
  boolean seenToByEndpoint() default false;
}
