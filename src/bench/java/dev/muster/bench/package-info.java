/** Measures muster on this machine; no part of the product. */
@NullMarked
package dev.muster.bench;

import org.jspecify.annotations.NullMarked;
