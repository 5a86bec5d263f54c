/** The demo: muster itself, a fleet of SSH hosts on this machine, and three jobs on them. */
@NullMarked
package dev.muster.demo;

import org.jspecify.annotations.NullMarked;
