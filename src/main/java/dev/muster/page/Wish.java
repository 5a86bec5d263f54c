package dev.muster.page;

import dev.muster.projection.InstanceFilter;
import dev.muster.projection.Language;
import org.jspecify.annotations.Nullable;

/**
 * What one viewer wants to see.
 *
 * @param offset first row of the window
 * @param host whose log is open, null for none
 */
record Wish(
    long job,
    InstanceFilter filter,
    long offset,
    int rows,
    @Nullable Long host,
    Language language) {}
