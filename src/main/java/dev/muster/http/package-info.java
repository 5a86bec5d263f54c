/** The REST edge, and the only place where the names of the existing service are spoken. */
@NullMarked
package dev.muster.http;

import org.jspecify.annotations.NullMarked;
