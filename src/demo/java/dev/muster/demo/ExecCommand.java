package dev.muster.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/**
 * One exec request: a real process with its three streams on the channel. The end of the channel
 * ends this process, but nothing that it has detached.
 */
final class ExecCommand implements Command {

  /** What a daemon that keeps the output open may delay the exit code by. */
  private static final long LAST_OUTPUT_MILLIS = 500;

  private final Account account;
  private final String command;
  private InputStream input = InputStream.nullInputStream();
  private OutputStream output = OutputStream.nullOutputStream();
  private OutputStream error = OutputStream.nullOutputStream();
  private ExitCallback exit = (code, message, close) -> {};
  private volatile @Nullable Process process;

  ExecCommand(Account account, String command) {
    this.account = account;
    this.command = command;
  }

  @Override
  public void setInputStream(InputStream in) {
    input = in;
  }

  @Override
  public void setOutputStream(OutputStream out) {
    output = out;
  }

  @Override
  public void setErrorStream(OutputStream err) {
    error = err;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    Process started = account.shell(command).start();
    process = started;
    copy("stdin", input, started.getOutputStream());
    Thread out = copy("stdout", started.getInputStream(), output);
    Thread err = copy("stderr", started.getErrorStream(), error);
    thread("exit", () -> awaitExit(started, out, err));
  }

  private static Thread copy(String name, InputStream from, OutputStream to) {
    return thread(name, () -> copy(from, to));
  }

  private static Thread thread(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name("exec-" + name).start(work);
  }

  /** To the end; whoever goes first ends it. */
  private static void copy(InputStream from, OutputStream to) {
    byte[] buffer = new byte[8192];
    try (to) {
      for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
        to.write(buffer, 0, n);
        to.flush();
      }
    } catch (IOException e) {
      // The other end is gone.
    }
  }

  private void awaitExit(Process started, Thread out, Thread err) {
    try {
      int code = started.waitFor();
      out.join(LAST_OUTPUT_MILLIS);
      err.join(LAST_OUTPUT_MILLIS);
      exit.onExit(code);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void destroy(ChannelSession channel) {
    Process started = process;
    if (started != null) {
      // A shell that reads its orders from us reads their end; one that does not is ended.
      started.destroy();
    }
  }

  @Override
  public String toString() {
    return command;
  }
}
