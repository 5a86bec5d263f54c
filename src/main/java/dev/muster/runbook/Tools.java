package dev.muster.runbook;

import dev.muster.host.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a profile gives for one host: its process, its commands, its pause.
 *
 * @param settle how long a restarted agent needs before it is asked
 */
public record Tools(Watch watch, Duration settle, Map<String, Command> commands) {

  public Tools {
    commands = Map.copyOf(commands);
  }

  /**
   * Argument vectors, run one after the other.
   *
   * @param directory to run in, empty for the account's home
   */
  public record Command(String directory, List<List<String>> run) {
    public Command {
      run = run.stream().map(List::copyOf).toList();
    }
  }
}
