/** Who asks, and what they may do where. */
@NullMarked
package dev.muster.security;

import org.jspecify.annotations.NullMarked;
