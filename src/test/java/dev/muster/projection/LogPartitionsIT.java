package dev.muster.projection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import dev.muster.roster.Given;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A month of logs is a table of its own, so that it can be dropped as a whole. */
@ExtendWith(TestDatabase.class)
class LogPartitionsIT {

  private final ProgressRows rows;
  private final Given given;
  private final JdbcClient jdbc;

  LogPartitionsIT(ProgressRows rows, Given given, JdbcClient jdbc) {
    this.rows = rows;
    this.given = given;
    this.jdbc = jdbc;
  }

  @AfterEach
  void drop_the_months() {
    for (String month : months()) {
      jdbc.sql("drop table " + month).update();
    }
  }

  private List<String> months() {
    return jdbc.sql("select tablename from pg_tables where tablename like 'step_log_2%' order by 1")
        .query(String.class)
        .list();
  }

  @Test
  void this_month_and_the_next_have_a_table_even_at_the_end_of_a_year() {
    create("2031-12-31T23:59:59Z");
    assertThat(months()).containsExactly("step_log_2031_12", "step_log_2032_01");
  }

  @Test
  void a_month_is_a_month_of_utc_wherever_muster_runs() {
    new LogPartitions(
            jdbc, Clock.fixed(Instant.parse("2031-05-31T23:30:00Z"), ZoneId.of("Asia/Shanghai")))
        .create();
    assertThat(months()).containsExactly("step_log_2031_05", "step_log_2031_06");
  }

  @Test
  void tables_that_are_there_stay_as_they_are() {
    create("2031-05-10T00:00:00Z");
    log("2031-05-10T00:00:00Z");
    create("2031-05-10T00:00:00Z");
    create("2031-06-10T00:00:00Z");
    assertThat(months())
        .containsExactly("step_log_2031_05", "step_log_2031_06", "step_log_2031_07");
    assertThat(lines("step_log_2031_05")).isEqualTo(1);
  }

  @Test
  void a_line_is_kept_in_the_table_of_its_month_else_with_the_rest() {
    create("2031-05-10T00:00:00Z");
    log("2031-05-01T00:00:00Z");
    log("2031-05-31T23:59:59.999999Z");
    log("2031-06-01T00:00:00Z");
    log("2031-07-01T00:00:00Z");
    assertThat(lines("step_log_2031_05")).isEqualTo(2);
    assertThat(lines("step_log_2031_06")).isEqualTo(1);
    assertThat(lines("step_log_rest")).isEqualTo(1);
    assertThat(lines("step_log")).isEqualTo(4);
  }

  private void create(String now) {
    new LogPartitions(jdbc, Clock.fixed(Instant.parse(now), ZoneId.of("UTC"))).create();
  }

  private void log(String at) {
    long job = given.resolved(0);
    rows.show(job);
    rows.write(
        List.of(new Fact.Logged(new Fact.Key(job, 0), 1, Instant.parse(at), 0, 1, true, "x")));
  }

  private int lines(String table) {
    return jdbc.sql("select count(*) from " + table).query(Integer.class).single();
  }
}
