package dev.muster.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.host.Access;
import dev.muster.host.Become;
import dev.muster.host.NodeType;
import dev.muster.host.Watch;
import dev.muster.inventory.Hosts.Managed;
import dev.muster.job.InstanceState;
import dev.muster.job.JobType;
import dev.muster.job.Outcome;
import dev.muster.job.Proof;
import dev.muster.job.Reason;
import dev.muster.job.Verb;
import dev.muster.projection.Fact;
import dev.muster.roster.Gate;
import dev.muster.roster.Grant;
import dev.muster.roster.Grant.Progressed;
import dev.muster.roster.Grant.Software;
import dev.muster.roster.Grant.Work;
import dev.muster.roster.Instances.Place;
import dev.muster.runbook.Catalog;
import dev.muster.runbook.Runbook;
import dev.muster.runbook.RunbookSettings;
import dev.muster.step.StageActivity.Workshop;
import dev.muster.transport.HostSession;
import dev.muster.transport.Inspection;
import dev.muster.transport.SimulatedTransport;
import dev.muster.transport.Transport;
import dev.muster.transport.TransportException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The steps of a check, and at which of them what is wrong shows. */
class CheckRunTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final Inspection.Login LOGIN = new Inspection.Login("root", "a", 22, "a key");

  private final Catalog catalog = new Catalog(new RunbookSettings(null, "gse"));
  private final Runbook runbook = catalog.runbook(JobType.CHECK_AGENT).orElseThrow();
  private final List<Fact> facts = new ArrayList<>();
  private final Host host = new Host();

  /** What a check asks of a host, in order. */
  enum Where {
    LOGIN,
    GREETING,
    DATE,
    ROOM,
    PROCESS
  }

  /** A host that fails where it is told to. */
  private static final class Host implements Transport, Inspection {

    private final Map<Where, TransportException> failures = new EnumMap<>(Where.class);
    private Instant date = NOW;
    private Optional<Found> agent = Optional.of(new Found(7, Duration.ofSeconds(5)));
    private @Nullable String asked;
    private boolean closed;

    private void at(Where where) throws TransportException {
      TransportException failure = failures.get(where);
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public HostSession open(Access access) {
      throw new AssertionError("a check opens no session that could start anything");
    }

    @Override
    public Inspection inspect(Access access, Consumer<Login> loggedIn) throws TransportException {
      at(Where.LOGIN);
      loggedIn.accept(LOGIN);
      at(Where.GREETING);
      return this;
    }

    @Override
    public long uid() {
      return 0;
    }

    @Override
    public Instant date() throws TransportException {
      at(Where.DATE);
      return date;
    }

    @Override
    public Room room(@Nullable String recorded) throws TransportException {
      at(Where.ROOM);
      asked = recorded;
      return new Room("/var/lib/muster", true, 2048);
    }

    @Override
    public Optional<Found> process(Watch watch) throws TransportException {
      at(Where.PROCESS);
      return agent;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** A stage that is stopped before its n-th look. */
  private static final class StoppedAfter implements Signals {

    private int looks;

    StoppedAfter(int looks) {
      this.looks = looks;
    }

    @Override
    public Gate gate() {
      return looks-- <= 0 ? new Gate.Stopped(Verb.Mode.KILL) : new Gate.Open();
    }

    @Override
    public void gate(Gate newest) {}

    @Override
    public void check() {}

    @Override
    public Signals.Hint hint() {
      return Signals.Hint.NONE;
    }

    @Override
    public void hint(Signals.Hint newest) {}
  }

  private CheckRun check(
      Transport transport, @Nullable String profile, Clock clock, Signals signals) {
    Access access = new Access(1, "a", null, null, null, null, Become.NONE);
    Grant grant =
        new Grant(
            new Place(1, 0, 1),
            new UUID(0, 1),
            new Work(JobType.CHECK_AGENT, "runbook", Duration.ZERO, new Software(null, null)),
            1,
            3,
            new Progressed(List.of(), false, 0),
            null);
    return new CheckRun(
        new Workshop(null, catalog, null, transport, null, clock),
        new Managed(access, 0, NodeType.AGENT, "LINUX", profile),
        runbook,
        "/opt/muster",
        new Reporter(facts::add, clock, grant.place(), grant.token()),
        signals);
  }

  private CheckRun check(Signals signals) {
    return check(host, null, Clock.fixed(NOW, ZoneOffset.UTC), signals);
  }

  private CheckRun check() {
    return check(new StoppedAfter(1_000));
  }

  /** The last state of each step, as the page shows it. */
  private String states() {
    StringBuilder states = new StringBuilder("     ");
    for (Fact fact : facts) {
      if (fact instanceof Fact.StepMoved moved) {
        states.setCharAt(moved.step(), moved.state().name().charAt(0));
      }
    }
    return states.toString().strip();
  }

  private List<String> notes() {
    return facts.stream()
        .filter(Fact.Logged.class::isInstance)
        .map(Fact.Logged.class::cast)
        .filter(line -> !line.text().equals("begin") && !line.text().equals("done"))
        .map(line -> line.step() + " " + line.text())
        .toList();
  }

  @Test
  void a_host_where_all_is_well_says_what_was_found_at_every_step() throws Exception {
    assertThat(check().run()).isEqualTo(new Ending.Finished(4, new Outcome.Succeeded()));
    assertThat(states()).isEqualTo("SSSSS");
    assertThat(notes())
        .containsExactly(
            "0 note a port 22 proved a key and accepted root",
            "1 note root is root",
            "2 note its clock is 0 ms ahead of ours, give or take 1 ms",
            "3 note /var/lib/muster, 2 MiB free",
            "4 note /usr/local/gse/agent/bin/gse_agent runs as pid 7 since 2026-11-23T09:59:55Z");
    assertThat(host.asked).isEqualTo("/opt/muster");
    assertThat(host.closed).isTrue();
  }

  @Test
  void a_simulated_host_passes() throws Exception {
    Transport simulated =
        new SimulatedTransport(
            SimulatedTransport.Settings.faultless(1, Duration.ZERO, Duration.ZERO));
    CheckRun check = check(simulated, null, Clock.systemUTC(), new StoppedAfter(1_000));
    assertThat(check.run()).isEqualTo(new Ending.Finished(4, new Outcome.Succeeded()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "LOGIN, CONNECT, F",
    "LOGIN, HOST_KEY, F",
    "LOGIN, AUTH, F",
    "LOGIN, NO_ADDRESS, F",
    "GREETING, PRIVILEGE, SF",
    "GREETING, LINK, SF",
    "GREETING, OS_NOT_SUPPORTED, SF",
    "DATE, LINK, SSF",
    "ROOM, RUN_DIRECTORY, SSSF",
    "ROOM, DISK_FULL, SSSF",
    "PROCESS, LINK, SSSSF"
  })
  void what_goes_wrong_shows_at_the_step_where_it_went_wrong(
      Where where, Reason reason, String states) {
    TransportException failure = new TransportException(reason, "told to");
    host.failures.put(where, failure);
    CheckRun check = check();
    assertThatThrownBy(check::run).isSameAs(failure);
    assertThat(check.step()).isEqualTo(states.length() - 1);
    assertThat(states()).isEqualTo(states);
    assertThat(notes()).last().isEqualTo(check.step() + " failed told to");
    assertThat(host.closed).isEqualTo(where != Where.LOGIN && where != Where.GREETING);
  }

  @Test
  void an_agent_that_does_not_run_is_named() throws Exception {
    host.agent = Optional.empty();
    assertThat(check().run())
        .isEqualTo(
            new Ending.Finished(
                4,
                new Outcome.Failed(
                    Reason.AGENT_NOT_FOUND,
                    "no process of the file /usr/local/gse/agent/bin/gse_agent runs")));
    assertThat(states()).isEqualTo("SSSSF");
  }

  @Test
  void a_profile_that_is_wrong_shows_where_the_agent_would() throws Exception {
    CheckRun check =
        check(host, "systemd", Clock.fixed(NOW, ZoneOffset.UTC), new StoppedAfter(1_000));
    assertThat(check.run())
        .isEqualTo(
            new Ending.Finished(
                4,
                new Outcome.Failed(Reason.NO_PROFILE, "profile systemd needs a value for unit")));
  }

  @Test
  void a_clock_that_is_far_off_ends_the_check() throws Exception {
    host.date = NOW.plus(Duration.ofHours(1));
    assertThat(check().run())
        .isInstanceOfSatisfying(
            Ending.Finished.class,
            finished ->
                assertThat(finished.outcome())
                    .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(Reason.CLOCK)));
    assertThat(states()).isEqualTo("SSF");
  }

  /** Goes on by this much at every look. */
  private static Clock walking(Duration step) {
    return new Clock() {
      private Instant now = NOW;

      @Override
      public Instant instant() {
        now = now.plus(step);
        return now;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }
    };
  }

  @Test
  void a_link_on_which_no_permit_would_arrive_in_time_is_too_slow() {
    CheckRun check = check(host, null, walking(Duration.ofMillis(901)), new StoppedAfter(1_000));
    assertThatThrownBy(check::run)
        .hasMessageContaining("an answer takes 901 ms")
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.reason()).isEqualTo(Reason.LINK));
    assertThat(states()).isEqualTo("SSF");
  }

  @Test
  void a_stop_ends_a_check_at_its_next_step() throws Exception {
    assertThat(check(new StoppedAfter(2)).run())
        .isEqualTo(
            new Ending.Finished(
                3, new Outcome.Stopped(Proof.NEVER_STARTED, "nothing was started here")));
    assertThat(states()).isEqualTo("SSSF");
    assertThat(facts)
        .filteredOn(Fact.Moved.class::isInstance)
        .allSatisfy(
            fact -> assertThat(((Fact.Moved) fact).state()).isEqualTo(InstanceState.RUNNING));
  }
}
