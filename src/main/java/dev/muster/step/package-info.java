/** One stage on one host: gate and lease, session, steps, verified effect, outcome. */
@NullMarked
package dev.muster.step;

import org.jspecify.annotations.NullMarked;
