/** Local servers: PostgreSQL and Temporal that muster starts when none is configured. */
@NullMarked
package dev.muster.local;

import org.jspecify.annotations.NullMarked;
