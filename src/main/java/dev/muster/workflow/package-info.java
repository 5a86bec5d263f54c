/** Everything that is replayed, and nothing else. */
@NullMarked
package dev.muster.workflow;

import org.jspecify.annotations.NullMarked;
