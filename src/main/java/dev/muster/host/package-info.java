/** Words about machines: what a host is, how it is reached, which hosts are meant. Pure. */
@NullMarked
package dev.muster.host;

import org.jspecify.annotations.NullMarked;
