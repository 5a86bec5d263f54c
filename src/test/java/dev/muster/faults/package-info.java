/**
 * Kills, silences, fills and stops everything that a job needs, at random from a seed, and judges
 * by what the hosts themselves have recorded.
 */
@NullMarked
package dev.muster.faults;

import org.jspecify.annotations.NullMarked;
