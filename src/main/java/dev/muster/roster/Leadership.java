package dev.muster.roster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Lets one process at a time do something: whoever holds the database's advisory lock, which dies
 * with its holder.
 */
@Component
public class Leadership {

  /** "muster" in ASCII. */
  private static final long LOCK = 0x6d7573746572L;

  private final DataSource database;

  public Leadership(DataSource database) {
    this.database = database;
  }

  /**
   * Does the work if no other process is at it; its own writes are transactions of their own.
   *
   * @return whether it was done
   */
  public boolean lead(Runnable work) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      if (!took(statement)) {
        return false;
      }
      try {
        work.run();
        return true;
      } finally {
        statement.execute("select pg_advisory_unlock(" + LOCK + ")");
      }
    } catch (SQLException e) {
      throw new DataAccessResourceFailureException("the leader's lock", e);
    }
  }

  private static boolean took(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
      return row.next() && row.getBoolean(1);
    }
  }
}
