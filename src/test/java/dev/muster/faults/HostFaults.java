package dev.muster.faults;

import dev.muster.lab.Behaviour;
import dev.muster.lab.Lab;
import dev.muster.lab.LabHost;
import dev.muster.lab.Ledger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Does harm to hosts, one fault at a time on each. Safe for use by several threads. */
final class HostFaults {

  /** Long enough that a command is met while it runs. */
  private static final Behaviour LINGERING =
      Behaviour.works().delayed(Duration.ofMillis(200), Duration.ofMillis(1_500));

  private static final Behaviour SLOW =
      Behaviour.works().delayed(Duration.ofSeconds(1), Duration.ofSeconds(4));

  /** Kills a runner at some moment of its life; fails if there is none for a few seconds. */
  private static final String KILL_RUNNER =
      """
      tries=0
      until pid=$(pgrep -o -f 'runner-[0-9a-f]* run '); do
        tries=$((tries + 1))
        [ $tries -lt 150 ] || exit 1
        sleep 0.02
      done
      sleep "0.0$1"
      kill -KILL "$pid"
      """;

  private static final String KILL_ATTENDANTS = "pkill -KILL -f '^/bin/sh -c IFS='";
  private static final String FILL =
      """
      used=$(df -k --output=used /var/lib/muster | tail -n 1)
      mount -o "remount,size=$((used + 4))k" /var/lib/muster
      """;
  private static final List<String> EMPTY =
      List.of("mount", "-o", "remount,size=256m", "/var/lib/muster");
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Lab lab;
  private final Map<Long, Proxy> proxies;
  private final Optional<Path> notes;
  private final CountDownLatch over;
  private final Set<Integer> suffering = ConcurrentHashMap.newKeySet();

  /**
   * @param notes where each host's first process is noted for those who enter it without SSH
   */
  HostFaults(Lab lab, Map<Long, Proxy> proxies, Optional<Path> notes, CountDownLatch over) {
    this.lab = lab;
    this.proxies = Map.copyOf(proxies);
    this.notes = notes;
    this.over = over;
    lab.hosts().forEach(this::note);
  }

  /** Returns when it is over; false if it could not happen just now. */
  boolean happens(Fault.OfHost fault) {
    if (!suffering.add(fault.host())) {
      return false;
    }
    try {
      return happens(fault, lab.host(fault.host()));
    } finally {
      suffering.remove(fault.host());
    }
  }

  private boolean happens(Fault.OfHost fault, LabHost host) {
    return switch (fault) {
      case Fault.KillRunner kill -> killRunner(host);
      case Fault.KillCommand kill -> killCommand(host);
      case Fault.CutSessions cut -> cutSessions(host);
      case Fault.SilentLink silent ->
          during(silent.pause(), () -> host.link(false), () -> host.link(true));
      case Fault.ResetLink reset ->
          mischief(reset.host(), new Proxy.Reset(reset.bytes()), reset.pause());
      case Fault.StallLink stall ->
          mischief(
              stall.host(), new Proxy.Stall(stall.bytes(), new CountDownLatch(1)), stall.pause());
      case Fault.RefuseLogins refuse -> during(refuse.pause(), host::stopSshd, host::startSshd);
      case Fault.Reboot reboot -> during(Duration.ZERO, host::powerOff, () -> boot(host));
      case Fault.DeadHost dead -> during(dead.pause(), host::powerOff, () -> boot(host));
      case Fault.FullDisk full -> fullDisk(host, full.pause());
      case Fault.SlowHost slow -> behaves(host, SLOW, slow.pause());
      case Fault.Misbehaviour bad -> behaves(host, Behaviour.of(bad.how()), bad.pause());
    };
  }

  private boolean killRunner(LabHost host) {
    host.behave(LINGERING);
    String hundredths = Long.toString(System.nanoTime() % 10);
    try {
      return host.exec("sh", "-c", KILL_RUNNER, "sh", hundredths).exit() == 0;
    } finally {
      host.behave(Behaviour.works());
    }
  }

  private boolean killCommand(LabHost host) {
    host.behave(LINGERING);
    try {
      long until = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < until) {
        Optional<Ledger.Interval> open =
            host.ledger().intervals().stream().filter(Ledger.Interval::open).findFirst();
        if (open.isPresent()) {
          host.kill9(open.get().pid());
          return true;
        }
        rest(Duration.ofMillis(50));
      }
      return false;
    } catch (IllegalStateException e) {
      // It had ended just before.
      return false;
    } finally {
      host.behave(Behaviour.works());
    }
  }

  private boolean cutSessions(LabHost host) {
    if (notes.isPresent()) {
      return host.exec("sh", "-c", KILL_ATTENDANTS).exit() == 0;
    }
    host.cutSessions();
    return true;
  }

  private boolean mischief(long host, Proxy.Mischief mischief, Duration pause) {
    Proxy proxy = proxies.get(host);
    return during(pause, () -> proxy.mischief(mischief), () -> proxy.mischief(new Proxy.None()));
  }

  private boolean fullDisk(LabHost host, Duration pause) {
    // Refused where the last block was taken meanwhile.
    return host.exec("sh", "-c", FILL).exit() == 0
        && during(pause, () -> {}, () -> host.exec(EMPTY.toArray(String[]::new)).orThrow());
  }

  private boolean behaves(LabHost host, Behaviour behaviour, Duration pause) {
    return during(pause, () -> host.behave(behaviour), () -> host.behave(Behaviour.works()));
  }

  private void boot(LabHost host) {
    host.powerOn(UUID.randomUUID().toString());
    note(host);
  }

  private void note(LabHost host) {
    notes.ifPresent(
        directory -> {
          try {
            Path file = directory.resolve(Long.toString(host.id()));
            Files.writeString(file, Long.toString(host.init().orElseThrow()));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private boolean during(Duration pause, Runnable begin, Runnable end) {
    begin.run();
    try {
      rest(pause);
    } finally {
      end.run();
    }
    return true;
  }

  /** Ends early when the run does. */
  private void rest(Duration pause) {
    try {
      over.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
