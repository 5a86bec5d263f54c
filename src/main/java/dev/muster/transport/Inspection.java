package dev.muster.transport;

import dev.muster.host.Watch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One login on one host that only looks: nothing is started and nothing is left behind, and it
 * disturbs no {@link HostSession}. Not thread-safe. Every call answers within a bounded time or
 * throws {@link TransportException} with reason LINK.
 */
public interface Inspection extends AutoCloseable {

  /**
   * A login that the host has accepted.
   *
   * @param hostKey type and fingerprint of the key that the host has proved to own
   */
  record Login(String account, String address, int port, String hostKey) {}

  /**
   * Where run records live, or would live.
   *
   * @param made whether the directory is there already
   * @param freeKib what is free on its file system, negative if the host does not say
   */
  record Room(String directory, boolean made, long freeKib) {}

  /**
   * A managed process.
   *
   * @param age how long it has run, by the host's clock since boot; null if the host cannot say
   */
  record Found(long pid, @Nullable Duration age) {}

  /** The user id that commands would run under: 0 is root. */
  long uid();

  /** What the host takes for the date, in whole seconds where it knows no parts of one. */
  Instant date() throws TransportException;

  /**
   * Proves that records could be written, with 64 KiB: the runner and the records of one command.
   *
   * @param recorded the directory decided on earlier, null if none ever was
   * @throws TransportException RUN_DIRECTORY or DISK_FULL if it could not be used
   */
  Room room(@Nullable String recorded) throws TransportException;

  /** The managed process, if it runs. */
  Optional<Found> process(Watch watch) throws TransportException;

  @Override
  void close();
}
