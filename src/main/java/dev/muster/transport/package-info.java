/** Reaches one host and runs one command there at most once: the run protocol over SSH. */
@NullMarked
package dev.muster.transport;

import org.jspecify.annotations.NullMarked;
