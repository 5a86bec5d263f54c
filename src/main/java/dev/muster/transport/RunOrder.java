package dev.muster.transport;

import dev.muster.host.Watch;
import java.util.List;

/**
 * What to run under a key.
 *
 * @param digest of the commands; a key with another digest is a conflict
 * @param token the lease token; a host that has seen a higher one refuses
 * @param watch the process to look at before the command begins, as the first half of the effect's
 *     proof
 * @param directory working directory, empty for the account's home
 * @param commands argument vectors, run one after the other until one fails; data, never shell text
 */
public record RunOrder(
    RunKey key,
    String digest,
    long token,
    Watch watch,
    String directory,
    List<List<String>> commands) {

  public RunOrder {
    commands = commands.stream().map(List::copyOf).toList();
    if (commands.isEmpty() || commands.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("no command for " + key);
    }
    if (commands.stream().flatMap(List::stream).anyMatch(word -> word.indexOf('\0') >= 0)) {
      throw new IllegalArgumentException("no argument can hold a NUL: " + key);
    }
  }
}
