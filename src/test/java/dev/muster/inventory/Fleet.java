package dev.muster.inventory;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Fills the inventory of a test, past the importer. */
public final class Fleet {

  private Fleet() {}

  /** Linux agents of business 2 with these numbers, each with its agent's process. */
  public static void agents(JdbcClient jdbc, int from, int to) {
    jdbc.sql(
            """
            insert into host (id, business_id, inner_ip, os_type)
            select i, 2, '10.' || i / 65536 || '.' || i / 256 % 256 || '.' || i % 256, 'LINUX'
            from generate_series(:from, :to) i
            """)
        .param("from", from)
        .param("to", to)
        .update();
    jdbc.sql(
            """
            insert into process (host_id, kind, name)
            select i, 'AGENT', 'gse_agent' from generate_series(:from, :to) i
            """)
        .param("from", from)
        .param("to", to)
        .update();
  }

  /** Changes a host: {@code change(jdbc, 7, "os_type = ''")}. */
  public static void change(JdbcClient jdbc, long host, String assignments) {
    jdbc.sql("update host set " + assignments + " where id = :id").param("id", host).update();
  }
}
