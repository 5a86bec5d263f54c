/** The whole service against a real Temporal server, a real PostgreSQL and real sshd hosts. */
package dev.muster.it;
