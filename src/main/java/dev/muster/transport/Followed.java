package dev.muster.transport;

import java.nio.ByteBuffer;

/** New output of a command, and what the host knows about its key; the state was read first. */
public record Followed(RunState state, ByteBuffer output) {

  public Followed {
    output = output.asReadOnlyBuffer();
  }
}
