package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.host.HostSelector;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.JobOptions;
import dev.muster.roster.Acceptance;
import dev.muster.roster.DryRun;
import dev.muster.roster.Given;
import dev.muster.roster.Holds;
import dev.muster.roster.RosterRows;
import dev.muster.roster.Verbs;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A user of one business gets nothing of another. */
@ExtendWith(TestDatabase.class)
class TenantsIT {

  private static final long NO_JOB = 999_999;

  private static final String NOT_PERMITTED = "您没有执行该操作的权限。";

  /** What can be asked about a job J, or a host H at the address A. */
  private static final List<String> QUESTIONS =
      List.of(
          "POST /api/job/J/details/ {}",
          "POST /api/job/J/details/ {\"conditions\":[{\"key\":\"ip\",\"value\":[\"A\"]}]}",
          "GET /api/job/J/log/?instance_id=host%7Cinstance%7Chost%7CH",
          "GET /api/job/J/summary/",
          "GET /api/job/J/verdicts/",
          "GET /api/job/J/audit/",
          "GET /api/job/J/get_job_commands/?bk_host_id=H",
          "POST /api/job/J/collect_log/ {\"instance_id\":\"host|instance|host|H\"}",
          "POST /api/job/J/revoke/ {}",
          "GET /api/job/J/stream",
          "POST /v2/nodeman/api/job/details/ {\"job_id\":J}",
          "POST /api/job/job_list/ {\"job_id\":[J]}",
          "POST /api/job/job_list/ {\"inner_ip_list\":[\"A\"]}",
          "POST /api/job/job_list/ {\"bk_biz_id\":[2]}",
          "POST /api/host/search/ {\"conditions\":[{\"key\":\"ip\",\"value\":[\"A\"]}]}",
          "POST /api/host/search/ {\"conditions\":[{\"key\":\"query\",\"value\":\"secret-H\"}]}",
          "POST /api/host/search/ {\"bk_biz_id\":[2]}",
          "GET /api/inventory/export?bk_biz_id=2",
          "POST /api/job/operate/ {\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[H],\"dry_run\":true}",
          "POST /api/job/operate/ {\"job_type\":\"RESTART_AGENT\",\"exclude_hosts\":[H],\"dry_run\":true}",
          "POST /api/job/operate/ {\"job_type\":\"RESTART_AGENT\",\"exclude_hosts\":[],\"dry_run\":true,"
              + "\"conditions\":[{\"key\":\"bk_host_name\",\"value\":\"secret-H\"}]}",
          "POST /api/job/operate/ {\"job_type\":\"RESTART_AGENT\",\"dry_run\":true,"
              + "\"hosts\":[{\"bk_cloud_id\":0,\"inner_ip\":\"A\"}]}");

  @TempDir private Path files;

  private final DataSource database;
  private final Acceptance acceptance;
  private final Verbs verbs;
  private final Holds holds;
  private final Given given;
  private final RosterRows roster;
  private final JdbcClient jdbc;
  private Guarded edge;

  TenantsIT(
      DataSource database,
      Acceptance acceptance,
      Verbs verbs,
      Holds holds,
      Given given,
      RosterRows roster,
      JdbcClient jdbc) {
    this.database = database;
    this.acceptance = acceptance;
    this.verbs = verbs;
    this.holds = holds;
    this.given = given;
    this.roster = roster;
    this.jdbc = jdbc;
  }

  @BeforeEach
  void start() {
    Fleet.agents(jdbc, 1, 4);
    Fleet.change(jdbc, 3, "business_id = 3");
    Fleet.change(jdbc, 4, "business_id = 3");
    Path apps =
        Guarded.write(
            files.resolve("apps.yaml"),
            "apps: [{code: test, secrets: [\"%s\"], names_users: true, roles: [ADMIN]}]\n"
                .formatted(Guarded.hash("s")));
    Path bindings =
        Guarded.write(
            files.resolve("bindings.yaml"),
            """
            bindings:
              - {user: two, roles: [ADMIN], businesses: [2]}
              - {user: three, roles: [VIEW, OPERATE_AGENT, CONTROL], businesses: [3]}
              - {user: looker, roles: [VIEW], businesses: all}
              - {user: looker, roles: [CONTROL], businesses: [3]}
              - {user: blind, roles: [CONTROL], businesses: all}
            """);
    edge =
        Guarded.start(
            database,
            new CanaryIT.RosterOperator(acceptance, new DryRun(jdbc, acceptance), verbs, holds),
            Map.of("apps", apps.toString(), "bindings", bindings.toString()));
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  /** Hosts 1 and 2 are of business 2, hosts 3 and 4 of business 3. */
  private long jobOf(long... hosts) {
    long job =
        given.accepted(
            Given.request(
                new HostSelector.Ids(Arrays.stream(hosts).boxed().toList()),
                JobOptions.DEFAULT,
                null));
    roster.resolve(job);
    return job;
  }

  private static String[] as(String user) {
    return new String[] {
      "X-Bkapi-Authorization",
      "{\"bk_app_code\":\"test\",\"bk_app_secret\":\"s\",\"bk_username\":\"%s\"}".formatted(user)
    };
  }

  private Guarded.Answer revoke(long job, String user) {
    return edge.post("/api/job/%d/revoke/".formatted(job), "{}", as(user));
  }

  private boolean stopped(long job) {
    return jdbc.sql("select gate = 'STOPPED' from job where id = :id")
        .param("id", job)
        .query(Boolean.class)
        .single();
  }

  private void answersAsIfThereWereNone(long job, Guarded.Answer ofJob, Guarded.Answer ofNone) {
    assertThat(ofJob.status()).isEqualTo(ofNone.status());
    assertThat(ofJob.text().replace("为%d的".formatted(job), "为%d的".formatted(NO_JOB)))
        .isEqualTo(ofNone.text());
    assertThat(ofNone.text()).contains("3801012");
  }

  @Test
  void a_job_is_stopped_by_those_who_control_all_its_businesses() {
    long two = jobOf(1, 2);
    revoke(two, "two").isOk();
    assertThat(stopped(two)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"three", "blind"})
  void who_may_not_see_a_job_cannot_tell_it_from_none(String user) {
    long two = jobOf(1, 2);
    answersAsIfThereWereNone(two, revoke(two, user), revoke(NO_JOB, user));
    assertThat(stopped(two)).isFalse();
  }

  @Test
  void a_job_of_two_businesses_is_not_theirs_who_have_one() {
    long both = jobOf(1, 3);
    for (String user : List.of("two", "three")) {
      answersAsIfThereWereNone(both, revoke(both, user), revoke(NO_JOB, user));
    }
    assertThat(stopped(both)).isFalse();
  }

  @Test
  void who_sees_a_job_but_does_not_control_it_is_told_so() {
    long two = jobOf(1, 2);
    revoke(two, "looker").isError(200, 3_800_403, "您没有执行该操作的权限。");
    long both = jobOf(1, 3);
    revoke(both, "looker").isError(200, 3_800_403, "您没有执行该操作的权限。");
    assertThat(stopped(two)).isFalse();
    assertThat(stopped(both)).isFalse();
    long three = jobOf(3, 4);
    revoke(three, "looker").isOk();
  }

  @Test
  void a_host_that_may_only_be_seen_is_not_operated() {
    Guarded.Answer refused = operate("looker", 1);
    assertThat(refused.status()).isEqualTo(200);
    assertThat(refused.json().get("code").asString()).isEqualTo("9900403");
    assertThat(jdbc.sql("select count(*) from job").query(Long.class).single()).isZero();
  }

  @ParameterizedTest(name = "{0} asks for host {1}")
  @CsvSource({"three, 1", "two, 3", "blind, 3", "unbound, 1"})
  void a_host_of_another_business_is_as_unknown_as_one_that_is_not_there(String user, long host) {
    for (long asked : List.of(host, 999L)) {
      Guarded.Answer answer = operate(user, asked);
      answer.isOk();
      roster.resolve(answer.json().at("/data/job_id").asLong());
    }
    assertThat(jdbc.sql("select count(*) from job").query(Long.class).single()).isEqualTo(2);
    assertThat(jdbc.sql("select count(*) from job_instance").query(Long.class).single()).isZero();
  }

  private Guarded.Answer operate(String user, long host) {
    return edge.post(
        "/api/job/operate/",
        "{\"job_type\":\"RESTART_AGENT\",\"bk_host_id\":[%d]}".formatted(host),
        as(user));
  }

  @Test
  void a_business_is_held_and_lifted_by_those_who_control_it() {
    for (String area : List.of("{\"scope\":\"all\"}", "{\"bk_cloud_id\":0}", "{\"bk_biz_id\":2}")) {
      edge.post("/api/hold/", area, as("three")).isError(200, 3_800_403, NOT_PERMITTED);
    }
    long three =
        edge.post("/api/hold/", "{\"bk_biz_id\":3}", as("three"))
            .isOk()
            .json()
            .at("/data/id")
            .asLong();
    assertThat(edge.get("/api/hold/", as("three")).isOk().json().at("/data/0/bk_biz_id").asLong())
        .isEqualTo(3);
    edge.post("/api/hold/%d/lift/".formatted(three), "{}", as("looker")).isOk();
    assertThat(holds.inForce()).isEmpty();
  }

  @Test
  void a_hold_of_another_business_is_as_unknown_as_one_that_is_not_there() {
    long three =
        edge.post("/api/hold/", "{\"bk_biz_id\":3}", as("three"))
            .isOk()
            .json()
            .at("/data/id")
            .asLong();
    assertThat(edge.get("/api/hold/", as("two")).isOk().json().get("data")).isEmpty();
    for (long asked : List.of(three, 99L)) {
      edge.post("/api/hold/%d/lift/".formatted(asked), "{}", as("two"))
          .isError(200, 3_800_001, "没有编号为 %d 的急停；GET /api/hold/ 列出生效中的急停".formatted(asked));
    }
    assertThat(holds.inForce()).hasSize(1);
  }

  @Test
  void what_is_beyond_one_business_is_not_for_its_administrator() {
    for (String path : List.of("/api/audit/", "/api/metrics/")) {
      edge.get(path, as("two")).isError(200, 3_800_403, NOT_PERMITTED);
    }
  }

  @Test
  void nobody_listens_to_a_job_of_another_business() {
    long two = jobOf(1, 2);
    Guarded.Answer refused = edge.get("/api/job/%d/stream".formatted(two), as("three"));
    Guarded.Answer none = edge.get("/api/job/%d/stream".formatted(NO_JOB), as("three"));
    answersAsIfThereWereNone(two, refused, none);
    assertThat(none.status()).isEqualTo(404);
  }

  @Test
  void nobody_listens_to_a_job_without_hosts_of_somebody_else() {
    long nowhere = jobOf();
    Guarded.Answer refused = edge.get("/api/job/%d/stream".formatted(nowhere), as("three"));
    Guarded.Answer none = edge.get("/api/job/%d/stream".formatted(NO_JOB), as("three"));
    answersAsIfThereWereNone(nowhere, refused, none);
  }

  @Test
  void an_administrator_of_one_business_brings_no_hosts_into_others() {
    Guarded.Answer refused =
        edge.send(
            "/api/inventory/import",
            r ->
                r.header("Content-Type", "application/x-ndjson")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"kind\":\"business\",\"bk_biz_id\":3,\"bk_biz_name\":\"taken\"}")),
            as("two"));
    refused.isError(200, 3_800_403, "导入需要在所有业务上拥有 ADMIN 角色，请联系管理员");
    assertThat(jdbc.sql("select count(*) from business").query(Long.class).single()).isZero();
  }

  @Test
  void whatever_is_asked_about_another_tenants_ids_is_answered_as_about_ids_that_are_none() {
    jdbc.sql("alter table job alter column id restart with 8001").update();
    Fleet.agents(jdbc, 7_001, 7_002);
    jdbc.sql("update host set name = 'secret-' || id").update();
    long theirs = jobOf(7_001, 7_002);
    for (String question : QUESTIONS) {
      for (long host = 7_001; host <= 7_002; host++) {
        String asked = ask(question, theirs, host);
        assertThat(asked).as(question).isEqualTo(ask(question, NO_JOB, 7_099));
        assertThat(asked).as(question).doesNotContain("secret");
      }
    }
    assertThat(stopped(theirs)).isFalse();
    assertThat(edge.post("/api/host/search/", "{}", as("two")).text()).contains("secret-7001");
  }

  /** The answer to somebody of business 3, with the ids taken out that the question held. */
  private String ask(String question, long job, long host) {
    String address = "10.0.%d.%d".formatted(host / 256, host % 256);
    String[] parts =
        question
            .replace("J/", job + "/")
            .replace("[J]", "[" + job + "]")
            .replace(":J}", ":" + job + "}")
            .replace("[H]", "[" + host + "]")
            .replace("=H", "=" + host)
            .replace("7CH", "7C" + host)
            .replace("|H", "|" + host)
            .replace("-H", "-" + host)
            .replace("\"A\"", "\"" + address + "\"")
            .split(" ", 3);
    Guarded.Answer answer =
        parts[0].equals("GET")
            ? edge.get(parts[1], as("three"))
            : edge.post(parts[1], parts[2], as("three"));
    return answer.status()
        + answer
            .text()
            .replaceAll("\"request_id\":\"[0-9a-f]+\"", "")
            .replace(String.valueOf(job), "J")
            .replace(address, "A")
            .replace(String.valueOf(host), "H");
  }
}
