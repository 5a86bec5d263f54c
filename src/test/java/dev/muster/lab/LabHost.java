package dev.muster.lab;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One host of a {@link Lab}: its own network, processes, users and disk, and an OpenSSH server on
 * port 22. Its ledger and its behaviour are plain files of this machine, so both work while the
 * host is down or unplugged. Safe for use by several threads.
 */
public final class LabHost {

  private static final String WRITE =
      """
      umask 077; mkdir -p "${1%/*}/" && cat >"$1.new" && chmod "$2" "$1.new" && mv "$1.new" "$1"
      """;
  private static final String FIND_AGENTS =
      """
      for p in /proc/[0-9]*; do
        case $(readlink $p/exe) in "$1" | "$1 (deleted)") echo ${p#/proc/} ;; esac
      done
      """;

  private final long id;
  private final Spec spec;
  private final LabNetwork network;
  private final HostFiles files;
  private final Path identity;
  private final Holder holder;
  private final AtomicInteger behaviours = new AtomicInteger();
  private volatile OptionalLong init = OptionalLong.empty();

  private LabHost(
      long id, Spec spec, LabNetwork network, HostFiles files, Path identity, Holder holder) {
    this.id = id;
    this.spec = spec;
    this.network = network;
    this.files = files;
    this.identity = identity;
    this.holder = holder;
  }

  /**
   * What a host is like.
   *
   * @param user who logs in, with this shell: {@code root} or {@code mlab}
   * @param sudo what sudo grants to {@code mlab}
   */
  public record Spec(String user, Sudo sudo, Shell shell, Node node, Behaviour behaviour) {

    public Spec {
      if (!user.equals("root") && !user.equals("mlab")) {
        throw new IllegalArgumentException("a host has the users root and mlab, not " + user);
      }
    }

    /** Login as root, {@code /bin/sh}, an agent that restarts at once. */
    public static Spec root() {
      return new Spec("root", Sudo.ALLOWED, Shell.SH, Node.AGENT, Behaviour.works());
    }

    /** Login as an unprivileged user, who may do what {@code sudo} says. */
    public static Spec mlab(Sudo sudo) {
      return new Spec("mlab", sudo, Shell.SH, Node.AGENT, Behaviour.works());
    }

    public Spec with(Shell shell) {
      return new Spec(user, sudo, shell, node, behaviour);
    }

    public Spec with(Node node) {
      return new Spec(user, sudo, shell, node, behaviour);
    }

    public Spec with(Behaviour behaviour) {
      return new Spec(user, sudo, shell, node, behaviour);
    }
  }

  /** Begins a host in new namespaces, without cable and not yet booted. */
  static LabHost begin(long id, Spec spec, LabNetwork network, HostFiles files, Path identity) {
    List<String> argv = new ArrayList<>(List.of("unshare", "--net", "--mount", "--uts", "--ipc"));
    argv.addAll(List.of("--propagation", "private", "sh", files.holderScript().toString()));
    Holder holder =
        Holder.start(argv, environment(id, spec, network, files.directory()), files.consoleLog());
    return new LabHost(id, spec, network, files, identity, holder);
  }

  private static Map<String, String> environment(
      long id, Spec spec, LabNetwork network, Path directory) {
    Map<String, String> environment = new HashMap<>(network.environment(id));
    boolean root = spec.user().equals("root");
    environment.put("LAB_DIR", directory.toString());
    environment.put("LAB_NAME", "mlab-" + id);
    environment.put("LAB_USER", spec.user());
    environment.put("LAB_ROOT_SHELL", root ? spec.shell().path() : Shell.SH.path());
    environment.put("LAB_USER_SHELL", root ? Shell.SH.path() : spec.shell().path());
    environment.put("LAB_SUDOERS", spec.sudo().sudoers());
    environment.put("LAB_NODE", spec.node().name());
    return environment;
  }

  /** Waits until the namespaces exist, and answers a process in them. */
  long awaitNamespaces() {
    holder.await("born");
    return holder.pid();
  }

  void orderBoot() {
    holder.order("plug");
    holder.order("boot");
  }

  void awaitBoot() {
    init = OptionalLong.of(Long.parseLong(holder.await("up")));
  }

  void release() {
    holder.release();
  }

  void end() {
    holder.close();
    init = OptionalLong.empty();
  }

  /** Counts from 1, in the order of the specs. */
  public long id() {
    return id;
  }

  public Spec spec() {
    return spec;
  }

  /** The first process of the host as this machine knows it; none while the power is off. */
  public OptionalLong init() {
    return init;
  }

  public String address() {
    return network.address(id);
  }

  public int port() {
    return 22;
  }

  public String user() {
    return spec.user();
  }

  /** The private key that {@link #user()} may log in with. */
  public Path identity() {
    return identity;
  }

  /** The public half of the current host key: {@code ssh-ed25519 AAAA…}. */
  public String hostKeyLine() {
    List<String> words = List.of(files.read("host_key.pub").split(" ", 3));
    return words.get(0) + " " + words.get(1);
  }

  /** The line of a {@code known_hosts} file. */
  public String knownHostsLine() {
    return address() + " " + hostKeyLine();
  }

  /** Runs a program inside the host as root, not over SSH, with an empty input. */
  public Executed exec(String... argv) {
    return inside(List.of(argv), "").run();
  }

  /** The bytes of a file of the host. */
  public byte[] file(String path) {
    return inside(List.of("cat", "--", path), "").bytes();
  }

  /**
   * Puts a file of root's in place at once, with this octal mode, making the directories that are
   * missing.
   */
  public void write(String path, String content, String mode) {
    inside(List.of("sh", "-c", WRITE, "sh", path, mode), content).run().orThrow();
  }

  private Command inside(List<String> argv, String input) {
    String pid =
        Long.toString(init.orElseThrow(() -> new IllegalStateException("host " + id + " is down")));
    List<String> command =
        new ArrayList<>(List.of("nsenter", "-t", pid, "-m", "-u", "-i", "-n", "-p", "--"));
    command.addAll(argv);
    return new Command(command, input.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Plugs or unplugs the cable. Unplugged, the host is silent: no reset, no refusal, and open
   * connections stall.
   */
  public void link(boolean up) {
    network.link(id, up);
  }

  /** Gives the host another host key. Open sessions go on. */
  public void changeHostKey() {
    sshd("rekey");
  }

  /**
   * Ends the SSH server and all its sessions: connections are refused. What sessions started
   * detached goes on.
   */
  public void stopSshd() {
    sshd("stop");
  }

  public void startSshd() {
    sshd("start");
  }

  /** Ends all open SSH sessions; the server goes on. */
  public void cutSessions() {
    sshd("cut");
  }

  private void sshd(String verb) {
    exec("sh", "/lab/sshd.sh", verb).orThrow();
  }

  /** What the SSH server said since the last boot. */
  public String sshdLog() {
    return exec("cat", "/run/sshd.log").orThrow();
  }

  /**
   * Pulls the power plug: silent at once, all processes gone, disk kept but for {@code /run} and
   * {@code /tmp}.
   */
  public synchronized void powerOff() {
    link(false);
    init = OptionalLong.empty();
    holder.order("halt");
    holder.await("halted");
    files.note("halt", "");
  }

  /** Boots a host that is off, with a running agent, under this boot id, and plugs its cable. */
  public synchronized void powerOn(String bootId) {
    files.put("boot_id", bootId + "\n");
    holder.order("boot");
    awaitBoot();
    link(true);
  }

  /** Power off and on. */
  public synchronized void reboot(String bootId) {
    powerOff();
    powerOn(bootId);
  }

  /**
   * Kills a process by its process id inside the host. If that was a restart, the ledger shows it
   * left with 137.
   */
  public void kill9(long pid) {
    exec("sh", "-c", "kill -KILL \"$1\"", "sh", Long.toString(pid)).orThrow();
    if (ledger().intervals().stream()
        .anyMatch(interval -> interval.open() && interval.pid() == pid)) {
      files.note("leave", " 137 " + pid);
    }
  }

  /** The running agent's process id inside the host; the lowest, if there is more than one. */
  public OptionalLong agentPid() {
    return agentPids().stream().mapToLong(Long::longValue).findFirst();
  }

  /** The process ids of all running agents, whose binary may have been replaced since. */
  public List<Long> agentPids() {
    Executed found = exec("sh", "-c", FIND_AGENTS, "sh", spec.node().agent());
    return found.orThrow().lines().map(Long::valueOf).sorted().toList();
  }

  /** Changes what the next restarts do; one that runs already is not affected. */
  public void behave(Behaviour behaviour) {
    files.put("behaviour", behaviour.line(behaviours.incrementAndGet()));
  }

  /** What was done to this host so far. */
  public Ledger ledger() {
    return Ledger.parse(files.read("ledger"));
  }

  @Override
  public String toString() {
    return "host " + id + " " + user() + "@" + address();
  }
}
