package dev.muster.roster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.Format;
import dev.muster.inventory.Importer;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.JobId;
import dev.muster.job.JobOptions;
import dev.muster.job.Verb;
import dev.muster.projection.AuditViews.Act;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who did what is written with what was done, and stays as it was written. */
@ExtendWith(TestDatabase.class)
class AuditIT {

  private static final Caller HAN = new Caller("han", "sops");
  private static final String HOST =
      "{\"bk_host_id\":1,\"bk_biz_id\":2,\"inner_ip\":\"10.0.0.1\"}\n";

  private final Acceptance acceptance;
  private final DryRun dryRun;
  private final Jobs jobs;
  private final RosterRows roster;
  private final Verbs verbs;
  private final Holds holds;
  private final Importer importer;
  private final Given given;
  private final JdbcClient jdbc;

  AuditIT(
      Acceptance acceptance,
      DryRun dryRun,
      Jobs jobs,
      RosterRows roster,
      Verbs verbs,
      Holds holds,
      Importer importer,
      Given given,
      JdbcClient jdbc) {
    this.acceptance = acceptance;
    this.dryRun = dryRun;
    this.jobs = jobs;
    this.roster = roster;
    this.verbs = verbs;
    this.holds = holds;
    this.importer = importer;
    this.given = given;
    this.jdbc = jdbc;
  }

  private List<Map<String, Object>> lines() {
    return jdbc.sql("select *, what::text as told from audit order by id").query().listOfRows();
  }

  private List<String> acts() {
    return lines().stream().map(line -> line.get("verb").toString()).toList();
  }

  // ---- what is written ----

  @Test
  void a_job_that_is_accepted_is_written_down_with_what_was_selected_and_what_is_run() {
    Fleet.agents(jdbc, 1, 2);
    long first = given.accepted(Given.as(HAN).apply(Given.request(Given.ALL)));
    given.accepted(Given.request(Given.ALL));
    given.accepted(Given.request(new HostSelector.Ids(List.of(1L))));
    List<Map<String, Object>> lines = lines();
    assertThat(lines.getFirst())
        .containsEntry("verb", "SUBMIT")
        .containsEntry("caller", "han")
        .containsEntry("app", "sops")
        .containsEntry("job_id", first)
        .containsEntry("runbook_digest", "runbook")
        .containsEntry("told", "{\"type\": \"RESTART_AGENT\", \"selected\": 2}");
    assertThat(lines.get(0).get("selection_digest").toString())
        .matches("[0-9a-f]{64}")
        .isEqualTo(lines.get(1).get("selection_digest"))
        .isNotEqualTo(lines.get(2).get("selection_digest"));
  }

  @Test
  void a_dry_run_a_repetition_and_a_refusal_are_no_jobs_and_are_not_written_down() {
    Fleet.agents(jdbc, 1, 1);
    dryRun.preview(Given.request(Given.ALL));
    assertThat(acts()).isEmpty();
    given.accepted(Given.request(Given.ALL, JobOptions.DEFAULT, "key"));
    given.accepted(Given.request(Given.ALL, JobOptions.DEFAULT, "key"));
    Fleet.change(jdbc, 1, "os_type = ''");
    acceptance.accept(Given.request(Given.ALL));
    assertThat(acts()).containsExactly("SUBMIT");
  }

  @Test
  void what_muster_does_by_itself_is_written_down_as_its_own() {
    long job = given.resolved(2, Given.rounds(1, Duration.ZERO));
    given.end(job, 0, 1, "FAILED", "EXIT_CODE");
    roster.nextRound(job);
    jobs.giveUp(new JobId(job), "its workflow ended");
    jobs.giveUp(new JobId(job), "its workflow ended");
    assertThat(acts()).containsExactly("SUBMIT", "ROUND", "GIVE_UP");
    assertThat(lines().get(1))
        .containsEntry("caller", "muster")
        .containsEntry("told", "{\"hosts\": 2, \"round\": 1}");
    assertThat(lines().get(2))
        .containsEntry("caller", "muster")
        .containsEntry("told", "{\"why\": \"its workflow ended\", \"hosts\": 2}");
  }

  @Test
  void an_import_is_written_down_if_it_kept_anything() throws IOException {
    imported("not JSON\n");
    assertThat(acts()).isEmpty();
    imported(HOST + "not JSON\n");
    assertThat(lines())
        .singleElement()
        .satisfies(
            line ->
                assertThat(line)
                    .containsEntry("verb", "IMPORT")
                    .containsEntry("caller", "han")
                    .containsEntry("app", "sops")
                    .containsEntry(
                        "told",
                        "{\"format\": \"NDJSON\", \"imported\": {\"host\": 1}, \"rejected\": 1}"));
  }

  private void imported(String lines) throws IOException {
    importer.read(Format.NDJSON, new StringReader(lines), OptionalLong.empty(), HAN);
  }

  @Test
  void every_act_that_is_written_can_be_asked_for() throws IOException {
    long job = given.resolved(1, Given.rounds(1, Duration.ZERO));
    verbs.say(new JobId(job), new Verb.Pause(), HAN, "");
    verbs.say(new JobId(job), new Verb.Resume(), HAN, "");
    given.end(job, 0, 0, "FAILED", "EXIT_CODE");
    roster.nextRound(job);
    verbs.say(new JobId(job), stop(), HAN, "");
    jobs.giveUp(new JobId(job), "lost");
    verbs.say(new JobId(job), new Verb.Retry(new Verb.Which.All(), null), HAN, "");
    if (holds.hold(new Hold.Area.Everything(), Verb.Mode.DRAIN, "", HAN)
        instanceof Hold.Answer.Held held) {
      holds.lift(held.id(), HAN);
    }
    imported(HOST);
    assertThat(acts())
        .containsExactlyInAnyOrder(
            Arrays.stream(Act.values()).map(Enum::name).toArray(String[]::new));
  }

  private static Verb stop() {
    return new Verb.Stop(new Verb.Which.All(), Verb.Mode.KILL);
  }

  // ---- with what was done, or not at all ----

  @Test
  void what_cannot_be_written_down_does_not_happen() {
    long job = given.resolved(1);
    Hold.Area all = new Hold.Area.Everything();
    holds.hold(all, Verb.Mode.DRAIN, "", HAN);
    long hold = holds.inForce().getFirst().id();
    jdbc.sql("alter table audit add constraint full_up check (false) not valid").update();
    try {
      fails(() -> given.accepted(Given.request(Given.ALL)));
      fails(() -> verbs.say(new JobId(job), new Verb.Pause(), HAN, ""));
      fails(() -> verbs.say(new JobId(job), stop(), HAN, ""));
      fails(() -> jobs.giveUp(new JobId(job), "lost"));
      fails(() -> holds.hold(all, Verb.Mode.KILL, "", HAN));
      fails(() -> holds.hold(new Hold.Area.Business(2), Verb.Mode.DRAIN, "", HAN));
      fails(() -> holds.lift(hold, HAN));
      fails(() -> imported(HOST.replace(":1,", ":77,")));
    } finally {
      jdbc.sql("alter table audit drop constraint full_up").update();
    }
    assertThat(acts()).containsExactly("SUBMIT", "HOLD");
    assertThat(jdbc.sql("select gate, state, ended_at from job").query().singleRow())
        .containsEntry("gate", "OPEN")
        .containsEntry("state", "RUNNING")
        .containsEntry("ended_at", null);
    assertThat(given.of(job, 0, "outcome is null", Boolean.class)).isTrue();
    assertThat(holds.inForce()).hasSize(1).first().returns(Verb.Mode.DRAIN, Hold::mode);
    assertThat(jdbc.sql("select id from host").query(Long.class).list()).containsExactly(1L);
  }

  private static void fails(ThrowingCallable act) {
    assertThatThrownBy(act).isInstanceOf(DataAccessException.class);
  }

  // ---- and never changed ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit set caller = 'nobody'",
        "update audit set what = '{}' where false",
        "delete from audit",
        "delete from audit where id = 1",
        "truncate audit",
        "truncate audit restart identity cascade"
      })
  void a_line_is_neither_changed_nor_removed(String sql) {
    given.resolved(1);
    List<String> before = whole();
    assertThatThrownBy(() -> jdbc.sql(sql).update())
        .isInstanceOf(DataAccessException.class)
        .rootCause()
        .hasMessageContaining("audit is append-only");
    assertThat(whole()).hasSize(1).isEqualTo(before);
  }

  private List<String> whole() {
    return jdbc.sql("select audit::text from audit").query(String.class).list();
  }
}
