/** The only Temporal client and worker code: starts, tells and watches over workflows. */
@NullMarked
package dev.muster.temporal;

import org.jspecify.annotations.NullMarked;
