package dev.muster.transport;

import dev.muster.host.Watch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One login on one host, on which commands are run at most once per {@link RunKey} (reliability
 * C3). Not thread-safe. Every call answers within a bounded time or throws {@link
 * TransportException} with reason LINK; after that the session is of no use, while what it started
 * goes on.
 */
public interface HostSession extends AutoCloseable {

  /** How long a permit to start counts, by the host's own clock; the runner has the same number. */
  Duration PERMIT = Duration.ofMillis(900);

  /**
   * Decides where this host keeps its run records; must be the first call.
   *
   * @param recorded the directory decided on earlier, null if none ever was
   * @return the directory in use, to be recorded before anything is started
   * @throws TransportException RUN_DIRECTORY or DISK_FULL if it cannot be used
   */
  String directory(@Nullable String recorded) throws TransportException;

  /** What the host knows about a key. Changes nothing. */
  RunState probe(RunKey key, String digest) throws TransportException;

  /**
   * Starts a command unless its key was ever started. The permit is asked for immediately before,
   * and the host refuses it when it took longer than {@link #PERMIT} to come back: so no command
   * begins later than that after the gate was read.
   */
  StartReply start(RunOrder order, BooleanSupplier permit) throws TransportException;

  /** Waits up to about a second for output beyond the offset or for the end of the command. */
  Followed follow(RunKey key, long offset, int mostBytes) throws TransportException;

  /**
   * Forbids a key to start and ends its command if it runs: TERM to its process group, twice, then
   * KILL.
   *
   * @return true if a running command was ended by this call; what the host knows is then {@link
   *     RunState.Done}
   */
  boolean halt(RunKey key) throws TransportException;

  /**
   * What is seen of the managed process, beside what was seen before the command of this key began.
   */
  Effect effect(RunKey key, Watch watch) throws TransportException;

  /** The user id that commands run under: 0 is root. */
  long uid();

  /** The host's kind of CPU in its own word, as {@code uname -m} says it; empty if it does not. */
  String machine();

  /**
   * Brings a file to the host, where it is kept under its digest. One that was brought is not
   * brought again, one that was cut off goes on where it ended, and the host computes the digest
   * before it gives the file its name. Nothing else may be asked of the session afterwards.
   *
   * @param digest SHA-256 of the file in hex
   * @param goOn asked before every piece: false ends the transfer with reason LINK
   * @return its path on the host
   * @throws TransportException DISK_FULL, in which case nothing of it is left there,
   *     OS_NOT_SUPPORTED if no program there computes a digest, or LINK
   */
  String receive(String digest, Path file, BooleanSupplier goOn) throws TransportException;

  /**
   * What is at a path of the host: nothing, or the SHA-256 of a plain file in hex, or {@code
   * other}.
   */
  Optional<String> file(String path) throws TransportException;

  @Override
  void close();
}
