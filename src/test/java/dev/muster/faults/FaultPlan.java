package dev.muster.faults;

import dev.muster.lab.Behaviour;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What goes wrong and when, all of it decided by a seed: the same seed gives the same faults in the
 * same order. Not thread-safe.
 */
final class FaultPlan {

  /** More than a session's beginning takes: greeting, key exchange, login, the runner itself. */
  private static final int BYTES_OF_A_SESSION = 40_000;

  private static final List<Behaviour.Kind> MISBEHAVIOURS =
      List.of(
          Behaviour.Kind.FAIL,
          Behaviour.Kind.FAIL_ONCE,
          Behaviour.Kind.NO_START,
          Behaviour.Kind.NEVER_ENDS,
          Behaviour.Kind.LEAVES_CHILD);

  private final RandomGenerator random;
  private final int hosts;
  private final Way way;

  FaultPlan(long seed, int hosts, Way way) {
    this.random = new SplittableRandom(seed);
    this.hosts = hosts;
    this.way = way;
  }

  Duration untilNextOfProcess() {
    return millis(4_000, 14_000);
  }

  Duration untilNextOfHost() {
    return millis(300, 2_000);
  }

  Fault.OfProcess nextOfProcess() {
    int which = random.nextInt(Musters.COUNT);
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> new Fault.KillMuster(which);
      case 3 -> new Fault.KillAllMusters();
      case 4 -> new Fault.KillAtAcceptance();
      case 5 -> new Fault.RollingRestart();
      case 6 -> new Fault.PauseMuster(which, millis(11_000, 20_000));
      case 7 -> new Fault.KillTemporal();
      case 8 -> new Fault.KillPostgres();
      default -> new Fault.PausePostgres(millis(2_000, 15_000));
    };
  }

  /** Odd hosts are reached through a proxy, which alone can reset and stall. */
  Fault.OfHost nextOfHost() {
    int host = 1 + random.nextInt(hosts);
    int kind = random.nextInt(way == Way.SSH ? 16 : 10);
    return switch (kind) {
      case 0, 1, 2 -> new Fault.KillRunner(host);
      case 3 -> new Fault.KillCommand(host);
      case 4 -> new Fault.Reboot(host);
      case 5 -> new Fault.CutSessions(host);
      case 6 -> new Fault.FullDisk(host, millis(1_000, 6_000));
      case 7, 8 -> new Fault.SlowHost(host, millis(4_000, 12_000));
      case 9 -> misbehaviour(host);
      case 10, 11 -> new Fault.SilentLink(host, millis(1_000, 20_000));
      case 12 -> new Fault.ResetLink(proxied(host), bytes(), millis(2_000, 5_000));
      case 13 -> new Fault.StallLink(proxied(host), bytes(), millis(2_000, 18_000));
      case 14 -> new Fault.RefuseLogins(host, millis(1_000, 6_000));
      default -> new Fault.DeadHost(host, millis(2_000, 15_000));
    };
  }

  private Fault.OfHost misbehaviour(int host) {
    Behaviour.Kind how = MISBEHAVIOURS.get(random.nextInt(MISBEHAVIOURS.size()));
    return new Fault.Misbehaviour(host, how, millis(2_000, 8_000));
  }

  static boolean isProxied(long host) {
    return host % 2 == 1;
  }

  private static int proxied(int host) {
    return isProxied(host) ? host : host - 1;
  }

  private int bytes() {
    return random.nextInt(BYTES_OF_A_SESSION);
  }

  private Duration millis(int least, int most) {
    return Duration.ofMillis(random.nextInt(least, most));
  }
}
