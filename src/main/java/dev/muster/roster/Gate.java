package dev.muster.roster;

import dev.muster.job.Verb.Mode;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What the rows say about starting anything for a host, as read before every start. */
public sealed interface Gate {

  record Open() implements Gate {}

  /**
   * Nothing may be started for now; the host waits and holds nothing.
   *
   * @param cut what runs is to be ended, and the host's part with it
   */
  record Held(String why, boolean cut) implements Gate {}

  /** Nothing may be started any more. */
  record Stopped(Mode mode) implements Gate {}

  /** The host has had its time; nothing may be started any more. */
  record Late() implements Gate {}

  /** Reads a row of the view of the same name. */
  static Gate read(ResultSet row, String column) throws SQLException {
    String state = row.getString(column);
    return switch (state) {
      case "OPEN" -> new Gate.Open();
      case "LATE" -> new Gate.Late();
      case "PAUSED", "HELD", "CUT" -> new Held(row.getString("why"), state.equals("CUT"));
      default -> new Gate.Stopped(Mode.valueOf(state));
    };
  }
}
