/** Words about jobs: types, states, outcomes and reasons, and the port that operates them. Pure. */
@NullMarked
package dev.muster.job;

import org.jspecify.annotations.NullMarked;
