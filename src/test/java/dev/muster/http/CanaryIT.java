package dev.muster.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import com.sun.net.httpserver.HttpServer;
import dev.muster.inventory.Fleet;
import dev.muster.inventory.TestDatabase;
import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.JobId;
import dev.muster.job.JobOperator;
import dev.muster.job.JobRequest;
import dev.muster.job.Mandate;
import dev.muster.job.Preview;
import dev.muster.job.Preview.Verdict;
import dev.muster.job.Scope;
import dev.muster.job.Submission;
import dev.muster.job.Verb;
import dev.muster.roster.Acceptance;
import dev.muster.roster.DryRun;
import dev.muster.roster.Holds;
import dev.muster.roster.Verbs;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A secret that is presented is found in no log line, no row and no answer. */
@ExtendWith(TestDatabase.class)
class CanaryIT {

  private static final String CANARY = "canary-5b1e9d";
  private static final String RIGHT = CANARY + "-right";

  @TempDir private Path files;

  private final DataSource database;
  private final Acceptance acceptance;
  private final Verbs verbs;
  private final Holds holds;
  private final JdbcClient jdbc;

  CanaryIT(DataSource database, Acceptance acceptance, Verbs verbs, Holds holds, JdbcClient jdbc) {
    this.database = database;
    this.acceptance = acceptance;
    this.verbs = verbs;
    this.holds = holds;
    this.jdbc = jdbc;
  }

  @Test
  void no_secret_is_ever_told() {
    Fleet.agents(jdbc, 1, 3);
    HttpServer centre = Guarded.server();
    Logger root = (Logger) LoggerFactory.getLogger("ROOT");
    ListAppender<ILoggingEvent> heard = new ListAppender<>();
    heard.start();
    List<Guarded.Answer> answers = new ArrayList<>();
    try (Guarded edge =
        Guarded.start(
            database,
            new RosterOperator(acceptance, new DryRun(jdbc, acceptance), verbs, holds),
            settings(centre))) {
      root.addAppender(heard);
      present(edge, answers);
      // The centre that is asked about tokens goes away.
      centre.stop(0);
      answers.add(app(edge, RIGHT, Map.of("bk_token", CANARY + "-later")));
    } finally {
      root.detachAppender(heard);
    }
    assertThat(heard.list).isNotEmpty();
    for (ILoggingEvent line : heard.list) {
      String whole =
          line.getFormattedMessage()
              + (line.getThrowableProxy() == null
                  ? ""
                  : ThrowableProxyUtil.asString(line.getThrowableProxy()));
      assertThat(whole).doesNotContain(CANARY);
    }
    assertThat(answers).hasSizeGreaterThan(15);
    for (Guarded.Answer answer : answers) {
      assertThat(answer.text()).doesNotContain(CANARY);
      assertThat(answer.response().headers().map().toString()).doesNotContain(CANARY);
    }
    rowsAreFreeOfIt();
  }

  private Map<String, String> settings(HttpServer centre) {
    Path users =
        Guarded.write(
            files.resolve("users.yaml"),
            "users: [{name: han, password: \"%s\"}]\n".formatted(Guarded.hash(RIGHT)));
    Path apps =
        Guarded.write(
            files.resolve("apps.yaml"),
            "apps: [{code: sops, secrets: [\"%s\"], names_users: true, roles: [ADMIN]}]\n"
                .formatted(Guarded.hash(RIGHT)));
    Path bindings =
        Guarded.write(
            files.resolve("bindings.yaml"),
            "bindings: [{user: han, roles: [ADMIN], businesses: all}]\n");
    String address = Guarded.address(centre);
    return Map.of(
        "users",
        users.toString(),
        "apps",
        apps.toString(),
        "bindings",
        bindings.toString(),
        "token-verifier.url",
        address + "/verify",
        "oidc.issuer-uri",
        address + "/realm",
        "oidc.audience",
        "muster");
  }

  private static Guarded.Answer app(Guarded edge, String secret, Map<String, String> more) {
    Map<String, String> fields = new LinkedHashMap<>(more);
    fields.put("bk_app_code", "sops");
    fields.put("bk_app_secret", secret);
    return edge.operate(fields);
  }

  private static void present(Guarded edge, List<Guarded.Answer> answers) {
    answers.add(app(edge, RIGHT, Map.of("bk_username", "han")).isOk());
    answers.add(app(edge, CANARY, Map.of("bk_username", "han")));
    answers.add(app(edge, RIGHT, Map.of("bk_token", CANARY)));
    answers.add(app(edge, RIGHT, Map.of("bk_username", "han", "bk_ticket", CANARY)).isOk());
    answers.add(
        edge.post(
            "/api/job/operate/?bk_app_code=sops&bk_app_secret=%s&bk_username=han".formatted(RIGHT),
            "{\"job_type\":\"NONE\"}"));
    answers.add(edge.get("/api/nothing?bk_app_code=sops&bk_app_secret=%s".formatted(CANARY)));
    answers.add(edge.operate(Map.of(), "Authorization", "Bearer " + CANARY));
    answers.add(edge.operate(Map.of(), "Authorization", "Basic " + CANARY));
    answers.add(edge.operate(Map.of(), "X-Bkapi-JWT", CANARY));
    answers.add(
        edge.operate(
            Map.of(),
            "X-Bkapi-Authorization",
            "{\"bk_app_code\":\"sops\",\"bk_app_secret\":\"%s\"}".formatted(CANARY)));
    answers.add(edge.operate(Map.of(), "X-Bkapi-Authorization", CANARY));
    answers.add(edge.operate(Map.of(), "Cookie", "bk_token=" + CANARY));
    answers.add(edge.operate(Map.of(), "Cookie", "muster_session=" + CANARY));
    answers.add(edge.get("/", "Accept", "text/html", "Cookie", "muster_session=" + CANARY));
    answers.add(signIn(edge, "han", RIGHT));
    answers.add(signIn(edge, "han", CANARY));
    answers.add(signIn(edge, CANARY, CANARY));
    answers.add(edge.post("/api/sign-in", "{\"user\": \"han\", \"password\": \"" + CANARY));
    answers.add(
        edge.send(
            "/api/inventory/import?bk_app_code=sops&bk_app_secret=%s&bk_username=han"
                .formatted(RIGHT),
            r ->
                r.header("Content-Type", "application/x-ndjson")
                    .POST(BodyPublishers.ofString("{\"kind\":\"business\",\"bk_biz_id\":9}"))));
  }

  private static Guarded.Answer signIn(Guarded edge, String user, String password) {
    return edge.post(
        "/api/sign-in", "{\"user\":\"%s\",\"password\":\"%s\"}".formatted(user, password));
  }

  private void rowsAreFreeOfIt() {
    assertThat(jdbc.sql("select count(*) from job").query(Long.class).single()).isPositive();
    List<String> tables =
        jdbc.sql("select tablename from pg_tables where schemaname = 'public'")
            .query(String.class)
            .list();
    for (String table : tables) {
      assertThat(
              jdbc.sql(
                      "select count(*) from \"%s\" t where to_jsonb(t)::text like '%%%s%%'"
                          .formatted(table, CANARY))
                  .query(Long.class)
                  .single())
          .as(table)
          .isZero();
    }
  }

  /** Commits to real rows and tells no engine. */
  record RosterOperator(Acceptance acceptance, DryRun dryRun, Verbs verbs, Holds holding)
      implements JobOperator {

    @Override
    public Submission submit(JobRequest request) {
      return acceptance.accept(request);
    }

    @Override
    public Preview preview(JobRequest request) {
      return dryRun.preview(request);
    }

    @Override
    public Optional<Map<Verdict, List<Long>>> verdicts(JobId id, Scope known) {
      return dryRun.verdicts(id.value(), known);
    }

    @Override
    public Verb.Answer say(JobId id, Verb verb, Mandate mandate) {
      return verbs.say(id, verb, mandate);
    }

    @Override
    public Hold.Answer hold(Hold.Area area, Verb.Mode mode, String why, Caller by) {
      return holding.hold(area, mode, why, by);
    }

    @Override
    public void lift(long hold, Caller by) {
      holding.lift(hold, by);
    }

    @Override
    public Optional<Hold> hold(long id) {
      return holding.find(id);
    }

    @Override
    public List<Hold> holds() {
      return holding.inForce();
    }
  }
}
