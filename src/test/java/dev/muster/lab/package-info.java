/**
 * Real OpenSSH hosts with a running agent and a ledger of what was done to them, made of namespaces
 * on one machine.
 */
@NullMarked
package dev.muster.lab;

import org.jspecify.annotations.NullMarked;
