/** The software that hosts are given: kept, chosen for a host, and brought there. */
@NullMarked
package dev.muster.delivery;

import org.jspecify.annotations.NullMarked;
