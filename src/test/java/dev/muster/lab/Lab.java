package dev.muster.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Real OpenSSH hosts for tests, each with its own namespaces, on this one Linux machine; needs
 * root. Several labs, of one process or of many, do not disturb each other.
 *
 * <p>A host's root is an overlay over this machine's, so nothing of the machine is changed, and any
 * installed program is there. When the lab is closed, or the JVM ends in whatever way, all of it
 * disappears: hosts and the cleaner live only while this process holds their input open.
 */
public final class Lab implements AutoCloseable {

  /** Well below the 1,022 addresses of a block and the 1,023 ports of a bridge. */
  public static final int MAX_HOSTS = 500;

  private final Path directory;
  private final LabNetwork network;
  private final Holder keeper;
  private final List<LabHost> hosts = new CopyOnWriteArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread hook = new Thread(this::end, "lab-end");
  private Duration startUp = Duration.ZERO;

  private Lab(Path directory, LabNetwork network, Holder keeper) {
    this.directory = directory;
    this.network = network;
    this.keeper = keeper;
  }

  private static final class Availability {
    static final Optional<String> REASON_NOT = probe();

    private static Optional<String> probe() {
      try {
        Path script = Files.createTempFile("mlab-probe-", ".sh");
        try {
          unpack("probe.sh", script);
          Executed probed = Command.run("sh", script.toString());
          return probed.exit() == 0
              ? Optional.empty()
              : Optional.of((probed.out() + probed.err()).strip());
        } finally {
          Files.deleteIfExists(script);
        }
      } catch (IOException | UncheckedIOException e) {
        return Optional.of("the lab needs Linux: " + e.getMessage());
      }
    }
  }

  /**
   * Why this machine cannot run a lab and what to install, or nothing if it can. Found out once.
   */
  public static Optional<String> available() {
    return Availability.REASON_NOT;
  }

  /** Starts this many hosts with root login and agents that work. */
  public static Lab start(int count) {
    return start(Collections.nCopies(count, LabHost.Spec.root()));
  }

  /** Starts one host per spec, all at the same time, and returns when every one accepts logins. */
  public static Lab start(List<LabHost.Spec> specs) {
    if (specs.isEmpty() || specs.size() > MAX_HOSTS) {
      throw new IllegalArgumentException(
          "a lab has 1 to " + MAX_HOSTS + " hosts, not " + specs.size());
    }
    available()
        .ifPresent(
            reason -> {
              throw new IllegalStateException("no lab here: " + reason);
            });
    long begin = System.nanoTime();
    Lab lab = prepare();
    try {
      Runtime.getRuntime().addShutdownHook(lab.hook);
      lab.bringUp(specs);
    } catch (RuntimeException | Error e) {
      lab.close();
      throw e;
    }
    lab.startUp = Duration.ofNanos(System.nanoTime() - begin);
    return lab;
  }

  private static Lab prepare() {
    try {
      Path directory = Files.createTempDirectory("mlab-");
      for (String name : List.of("keeper.sh", "holder.sh", "boot.sh", "sshd.sh", "gsectl")) {
        unpack(name, directory.resolve(name));
      }
      List<String> script =
          List.of("sh", directory.resolve("keeper.sh").toString(), directory.toString());
      Holder keeper = Holder.start(script, Map.of(), directory.resolve("keeper.log"));
      try {
        LabNetwork network = LabNetwork.claim();
        keeper.order(network.group());
        return new Lab(directory, network, keeper);
      } catch (RuntimeException e) {
        keeper.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void unpack(String name, Path file) throws IOException {
    try (InputStream script =
        Objects.requireNonNull(Lab.class.getResourceAsStream("/lab/" + name), name)) {
      Files.write(file, script.readAllBytes());
    }
  }

  private void bringUp(List<LabHost.Spec> specs) {
    makeKey(identity());
    makeKey(strangerKey());
    Path authorizedKeys = directory.resolve("identity.pub");
    for (LabHost.Spec spec : specs) {
      long id = hosts.size() + 1L;
      HostFiles files =
          HostFiles.create(directory.resolve("host-" + id), spec.behaviour(), authorizedKeys);
      hosts.add(LabHost.begin(id, spec, network, files, identity()));
    }
    Map<Long, Long> namespaces = new LinkedHashMap<>();
    hosts.forEach(host -> namespaces.put(host.id(), host.awaitNamespaces()));
    network.plug(namespaces);
    hosts.forEach(LabHost::orderBoot);
    hosts.forEach(LabHost::awaitBoot);
  }

  private static void makeKey(Path file) {
    Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", file.toString())
        .orThrow();
  }

  public List<LabHost> hosts() {
    return Collections.unmodifiableList(hosts);
  }

  /** The host with this id, from 1. */
  public LabHost host(long id) {
    return hosts.get(Math.toIntExact(id - 1));
  }

  /** The private key that every host's login user accepts, in OpenSSH's format, mode 0600. */
  public Path identity() {
    return directory.resolve("identity");
  }

  /** A private key that no host accepts. */
  public Path strangerKey() {
    return directory.resolve("stranger");
  }

  /** A {@code known_hosts} file with the current key of every host, written anew by each call. */
  public Path knownHosts() {
    try {
      Path file = Files.createTempFile(directory, "known_hosts-", "");
      return Files.write(file, hosts.stream().map(LabHost::knownHostsLine).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String bridge() {
    return network.bridge();
  }

  /** How long it took from nothing to the last host that accepts logins. */
  public Duration startUp() {
    return startUp;
  }

  /** The largest number of restarts that ran at the same instant, over all hosts, so far. */
  public int maxInFlight() {
    return Ledger.maxInFlight(hosts.stream().map(LabHost::ledger).toList());
  }

  /** How many hosts a restart runs on now. */
  public int inside() {
    return Math.toIntExact(hosts.stream().filter(host -> host.ledger().inside()).count());
  }

  /** Ends all hosts and removes every trace, ledgers included. Does nothing the second time. */
  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending and runs the hook itself, which finds the work done.
      return;
    }
  }

  private void end() {
    if (closed.compareAndSet(false, true)) {
      List<LabHost> begun = List.copyOf(hosts);
      begun.forEach(LabHost::release);
      begun.forEach(LabHost::end);
      keeper.close();
    }
  }
}
