package dev.muster.transport;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;

/** An exec channel as a wire; ending the wire ends the session. */
final class SshWire implements Wire {

  private static final int COMPLAINT_BYTES = 400;

  private final ClientSession session;
  private final ChannelExec channel;
  private final Bounded complaint = new Bounded();

  SshWire(ClientSession session, ChannelExec channel) {
    this.session = session;
    this.channel = channel;
    channel.setErr(complaint);
  }

  @Override
  public InputStream fromHost() {
    return channel.getInvertedOut();
  }

  @Override
  public OutputStream toHost() {
    return channel.getInvertedIn();
  }

  @Override
  public String complaint() {
    return complaint.toString();
  }

  /** Whether the far end ended by itself, with an exit code. */
  boolean ended() {
    channel.waitFor(
        EnumSet.of(ClientChannelEvent.EXIT_STATUS, ClientChannelEvent.CLOSED),
        Duration.ofSeconds(1));
    return channel.getExitStatus() != null;
  }

  @Override
  public void abort() {
    session.close(true);
  }

  /** Keeps the first bytes, drops the rest. */
  private static final class Bounded extends OutputStream {

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int b) {
      if (kept.size() < COMPLAINT_BYTES) {
        kept.write(b);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      kept.write(bytes, offset, Math.min(length, Math.max(0, COMPLAINT_BYTES - kept.size())));
    }

    @Override
    public synchronized String toString() {
      return kept.toString(StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    }
  }
}
