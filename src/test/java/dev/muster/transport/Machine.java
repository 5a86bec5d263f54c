package dev.muster.transport;

import dev.muster.host.Access;
import dev.muster.lab.Executed;

/** A machine that a transport reaches, and a way to it that is not the transport's. */
interface Machine extends AutoCloseable {

  Transport transport();

  Access access();

  /** Runs a program there as root, with an empty input. */
  Executed exec(String... argv);

  byte[] file(String path);

  @Override
  void close();
}
