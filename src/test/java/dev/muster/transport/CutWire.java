package dev.muster.transport;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A wire that is cut when a given number of bytes went to the host. */
final class CutWire implements Wire {

  private final Wire wire;
  private final Counted toHost;

  CutWire(Wire wire) {
    this.wire = wire;
    this.toHost = new Counted(wire);
  }

  /** Cuts it when this many more bytes were sent. */
  void cutAfter(long bytes) {
    toHost.left = bytes;
  }

  /** How many bytes were sent so far. */
  long sent() {
    return toHost.sent;
  }

  @Override
  public InputStream fromHost() {
    return wire.fromHost();
  }

  @Override
  public OutputStream toHost() {
    return toHost;
  }

  @Override
  public String complaint() {
    return wire.complaint();
  }

  @Override
  public void abort() {
    wire.abort();
  }

  private static final class Counted extends FilterOutputStream {

    private final Wire wire;
    private long left = Long.MAX_VALUE;
    private long sent;

    Counted(Wire wire) {
      super(wire.toHost());
      this.wire = wire;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int some = (int) Math.min(left, length);
      out.write(bytes, offset, some);
      sent += some;
      left -= some;
      if (left == 0) {
        out.flush();
        wire.abort();
      }
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }
  }
}
