/** Which steps, in which order, a job type means, and what they are for each kind of agent. */
@NullMarked
package dev.muster.runbook;

import org.jspecify.annotations.NullMarked;
