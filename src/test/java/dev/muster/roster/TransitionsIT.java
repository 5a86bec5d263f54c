package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.inventory.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A state changes only as the one table of transitions says, whoever changes it. */
@ExtendWith(TestDatabase.class)
class TransitionsIT {

  /** What has states, where they are kept, and which there are. */
  enum Kept {
    JOB("job", "state"),
    GATE("job", "gate"),
    INSTANCE("job_instance", "outcome");

    private final String table;
    private final String column;

    Kept(String table, String column) {
      this.table = table;
      this.column = column;
    }
  }

  private static final String UNFINISHED = "UNFINISHED";

  private final Given given;
  private final JdbcClient jdbc;

  TransitionsIT(Given given, JdbcClient jdbc) {
    this.given = given;
    this.jdbc = jdbc;
  }

  /** The table, as the database has it: {@code JOB: PENDING > RUNNING}. */
  private Set<String> table(String of) {
    return new TreeSet<>(
        jdbc.sql("select of || ': ' || before || ' > ' || after from transition where of like :of")
            .param("of", of)
            .query(String.class)
            .list());
  }

  /** The words that the column's own constraint allows. */
  private List<String> states(Kept kept) {
    List<String> states =
        jdbc.sql(
                """
                select word[1] from pg_constraint c,
                  regexp_matches(pg_get_constraintdef(c.oid), '''([A-Z_]+)''', 'g') word
                where c.conrelid = cast(:table as regclass) and c.conname = :name
                """)
            .param("table", kept.table)
            .param("name", kept.table + "_" + kept.column + "_check")
            .query(String.class)
            .list();
    if (kept == Kept.INSTANCE) {
      states.add(UNFINISHED);
    }
    return states;
  }

  @ParameterizedTest
  @EnumSource(Kept.class)
  void whatever_the_table_does_not_name_is_refused_and_whatever_it_names_is_done(Kept kept) {
    given.resolved(1);
    List<String> states = states(kept);
    assertThat(states).hasSizeGreaterThan(2).doesNotHaveDuplicates();
    Set<String> done = new TreeSet<>();
    for (String before : states) {
      for (String after : states) {
        if (!before.equals(after) && change(kept, before, after)) {
          done.add(kept + ": " + before + " > " + after);
        }
      }
    }
    assertThat(done).isEqualTo(table(kept.name()));
  }

  /** Whether a row in one state can be brought to another. */
  private boolean change(Kept kept, String before, String after) {
    String set = "update %s set %s = ".formatted(kept.table, kept.column);
    jdbc.sql(
            "set session_replication_role = replica; %s; set session_replication_role = origin"
                .formatted(set + literal(before)))
        .update();
    try {
      jdbc.sql(set + literal(after)).update();
    } catch (DataAccessException refused) {
      assertThat(refused)
          .rootCause()
          .hasMessageContaining("%s cannot become %s after %s".formatted(kept, after, before));
      assertThat(now(kept)).isEqualTo(before);
      return false;
    }
    assertThat(now(kept)).isEqualTo(after);
    return true;
  }

  private static String literal(String state) {
    return state.equals(UNFINISHED) ? "null" : "'" + state + "'";
  }

  private String now(Kept kept) {
    return jdbc.sql(
            "select coalesce(%s, '%s') from %s".formatted(kept.column, UNFINISHED, kept.table))
        .query(String.class)
        .single();
  }

  @Test
  void the_page_on_workflows_shows_the_table() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("workflows.md")).stream()
            .dropWhile(line -> !line.equals("<!-- transitions -->"))
            .skip(3)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    Set<String> shown =
        rows.stream()
            .map(row -> row.split("\\s*\\|\\s*"))
            .flatMap(
                row ->
                    Arrays.stream(row[3].split(", "))
                        .map(after -> row[1] + ": " + row[2] + " > " + after))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(shown).isEqualTo(table("%"));
  }
}
