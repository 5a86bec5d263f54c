/** The read model: progress, counters and logs, written in batches and never decided upon. */
@NullMarked
package dev.muster.projection;

import org.jspecify.annotations.NullMarked;
