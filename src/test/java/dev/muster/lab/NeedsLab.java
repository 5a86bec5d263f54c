package dev.muster.lab;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks tests that start a {@link Lab}. Where no lab can run they are skipped, and the report says
 * why and what to install; with {@code CI=true} in the environment they fail instead, so that a
 * build machine never passes by skipping.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsLabCondition.class)
public @interface NeedsLab {}
