package dev.muster.transport;

import java.io.InputStream;
import java.io.OutputStream;

/** A shell at the other end of two streams: an SSH channel, or a local process. */
public interface Wire {

  /**
   * The request that starts the attendant: valid in any login shell, and the same for every host
   * and step.
   */
  String BOOTSTRAP =
      "/bin/sh -c 'IFS= read -r m && script=$(printf %b \"$m\") && eval \"$script\"'";

  InputStream fromHost();

  OutputStream toHost();

  /**
   * What the far end wrote to its standard error and how it ended, once it has; for messages only.
   */
  String complaint();

  /** Cuts the line at once, from any thread; blocked reads fail. */
  void abort();
}
