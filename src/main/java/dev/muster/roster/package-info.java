/**
 * The rows that are true: jobs, their instances, leases and gates; every decision is committed
 * here.
 */
@NullMarked
package dev.muster.roster;

import org.jspecify.annotations.NullMarked;
