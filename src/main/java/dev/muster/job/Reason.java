package dev.muster.job;

import static dev.muster.job.Reason.Kind.FAILURE;
import static dev.muster.job.Reason.Kind.NO_FAILURE;
import static dev.muster.job.Reason.Kind.UNREACHABLE;

import java.time.Duration;

/**
 * Why a host did not succeed: one reason per remedy, with what is done about it. This is the one
 * table of failures, which the README shows; a reason with one try is permanent. Tries are counted
 * per host and reason and are host-caused only: a worker or an engine that dies burns none (design,
 * section 2).
 */
public enum Reason {
  NO_ADDRESS(
      FAILURE,
      1,
      0,
      "主机既没有登录地址，也没有内网地址。",
      "The host has neither a login nor an inner address.",
      "请填写 inner_ip 或 login_ip。",
      "Give it an inner_ip or a login_ip."),
  NOT_IN_INVENTORY(
      FAILURE,
      1,
      0,
      "主机已不在主机清单中。",
      "The host left the inventory.",
      "请重新导入，然后重试。",
      "Import it again, then retry."),
  NOT_ALLOWED(
      NO_FAILURE,
      1,
      0,
      "该主机不再允许操作。",
      "The host may no longer be operated.",
      "请在主机清单中修正，然后重新提交。",
      "Correct it in the inventory, then ask again."),
  OS_NOT_SUPPORTED(
      NO_FAILURE,
      1,
      0,
      "没有适用于该系统的执行器。",
      "There is no runner for this system.",
      "请手动操作。",
      "Operate it by hand."),
  NO_PROFILE(
      FAILURE,
      1,
      0,
      "主机的配置档不支持该操作。",
      "The host's profile cannot do this.",
      "请在主机清单中修正配置档。",
      "Correct the profile in the inventory."),
  HELD(
      NO_FAILURE,
      1,
      0,
      "主机被另一个任务占用。",
      "Another job holds the host.",
      "请在该任务结束后重新提交，或使用 on_busy: queue。",
      "Ask again when that job has ended, or with on_busy queue."),
  NO_PROXY(
      UNREACHABLE,
      4,
      5,
      "管控区域没有可用的 Proxy。",
      "No proxy of its cloud area lets us through.",
      "请检查该管控区域的 Proxy，然后重试。",
      "See that a proxy of the area runs, then retry."),
  CONNECT(
      UNREACHABLE,
      4,
      1,
      "主机没有响应。",
      "The host does not answer.",
      "请检查电源、网络、端口和防火墙。",
      "Check power, network, port and firewall."),
  REFUSED(
      UNREACHABLE,
      4,
      1,
      "主机拒绝了连接。",
      "The host refuses the connection.",
      "请检查 sshd 是否在该端口监听。",
      "Check that sshd runs and listens on this port."),
  LINK(
      UNREACHABLE,
      10,
      2,
      "连接中断。",
      "The connection broke.",
      "请检查网络；命令本身会继续执行。",
      "Check the network; the command itself goes on."),
  AUTH(
      FAILURE,
      1,
      0,
      "主机拒绝了登录。",
      "The host refused the login.",
      "请为该账号安装公钥。",
      "Install the public key for this account."),
  HOST_KEY(
      FAILURE,
      1,
      0,
      "主机密钥未知或已改变。",
      "The host's key is unknown or changed.",
      "请核对指纹，然后登记密钥。",
      "Check the fingerprint, then enrol the key."),
  PRIVILEGE(
      FAILURE,
      1,
      0,
      "该账号不能成为 root。",
      "The account may not become root.",
      "请安装详情中的 sudoers 配置。",
      "Install the sudoers line in the detail."),
  RUN_DIRECTORY(
      FAILURE,
      1,
      0,
      "运行目录不可用。",
      "The run directory cannot be used.",
      "请修正其属主，或选择本地目录。",
      "Correct its owner or choose a local one."),
  DISK_FULL(
      FAILURE,
      1,
      0,
      "主机磁盘已满；没有启动任何命令。",
      "The host's disk is full; nothing was started.",
      "请清理磁盘，然后重试。",
      "Free some space, then retry."),
  PACKAGE(
      FAILURE,
      1,
      0,
      "没有适合该主机的安装包；主机未被改动。",
      "There is no package for the host; nothing was touched.",
      "请上传该系统和 CPU 的安装包，然后重试。",
      "Upload one for its system and CPU, then retry."),
  BUSY(
      FAILURE,
      60,
      5,
      "另一条命令占用着主机。",
      "Another command holds the host.",
      "请等待它结束，或到主机上查看。",
      "Wait for it, or look at it on the host."),
  FENCED(
      FAILURE,
      3,
      2,
      "更新的指令先到达了主机。",
      "A newer order reached the host first.",
      "请查看该主机的另一个任务。",
      "Look at the other job of this host."),
  TIMEOUT(
      FAILURE,
      1,
      0,
      "步骤超时，已被终止。",
      "The step ran longer than it may and was ended.",
      "请查看日志；必要时调大超时时间。",
      "See the log; raise its timeout."),
  DEADLINE(
      FAILURE,
      1,
      0,
      "主机或任务的期限已到。",
      "The time of the host or of its job ran out.",
      "请查看它在等待什么；必要时放宽期限后重试。",
      "See what it waited for; retry, with a later deadline if need be."),
  EXIT_CODE(
      FAILURE, 1, 0, "命令执行失败。", "The command failed.", "请查看该步骤的日志。", "See the log of the step."),
  VERIFY(
      FAILURE,
      1,
      0,
      "命令返回成功，但没有看到效果。",
      "The command said yes, the effect is not there.",
      "请查看 agent 自己的日志。",
      "See the agent's own log."),
  AGENT_NOT_FOUND(
      FAILURE,
      1,
      0,
      "主机上没有运行 agent。",
      "The agent does not run on the host.",
      "请启动它，或修正主机的配置档。",
      "Start it, or correct the host's profile."),
  CLOCK(
      FAILURE,
      1,
      0,
      "主机时钟偏差过大。",
      "The host's clock is far off.",
      "请为主机配置时间同步（chrony、NTP）。",
      "Let the host keep time (chrony, NTP)."),
  INTERRUPTED(
      FAILURE,
      3,
      2,
      "命令在生效之前中断。",
      "The command was cut off before its effect.",
      "请在主机稳定后重试。",
      "Retry when the host is stable."),
  REBOOT(
      FAILURE,
      3,
      0,
      "主机在命令生效之前重启。",
      "The host rebooted before the command's effect.",
      "请查明重启原因，然后重试。",
      "Find out why it reboots, then retry."),
  UNKNOWN(
      FAILURE,
      1,
      0,
      "无法得知命令的结果。",
      "Nobody could learn what became of the command.",
      "请到主机上查看，然后重试。",
      "Look at the host, then retry."),
  STOPPED(
      NO_FAILURE,
      1,
      0,
      "任务已被停止。",
      "The job was stopped.",
      "请查看主机旁的证明。",
      "See the proof beside the host."),
  ENGINE(
      FAILURE,
      5,
      5,
      "muster 自身出错，与主机无关。",
      "muster failed, not the host.",
      "请查看 muster 日志中该任务的记录。",
      "See muster's log for this job.");

  private static final int LONGEST_DELAY_SECONDS = 60;

  private final Kind kind;
  private final int tries;
  private final int delaySeconds;
  private final String meaningZh;
  private final String meaning;
  private final String hintZh;
  private final String hint;

  Reason(
      Kind kind,
      int tries,
      int delaySeconds,
      String meaningZh,
      String meaning,
      String hintZh,
      String hint) {
    this.kind = kind;
    this.tries = tries;
    this.delaySeconds = delaySeconds;
    this.meaningZh = meaningZh;
    this.meaning = meaning;
    this.hintZh = hintZh;
    this.hint = hint;
  }

  /** What a host is that is given up for a reason. */
  enum Kind {
    FAILURE,
    /** A failure to be in touch with the host for as long as it takes. */
    UNREACHABLE,
    /** Nobody tried, or somebody wanted it so. */
    NO_FAILURE
  }

  /** A sentence in the languages that people are spoken to in. */
  public record Words(String zh, String en) {}

  /** How often a host may meet this before it is given up. */
  public int tries() {
    return tries;
  }

  public boolean permanent() {
    return tries == 1;
  }

  /** How long to wait after the n-th try (from 1): doubled each time, one minute at most. */
  public Duration delayAfter(int attempt) {
    long factor = 1L << Math.min(Math.max(attempt - 1, 0), 6);
    return Duration.ofSeconds(Math.min(delaySeconds * factor, LONGEST_DELAY_SECONDS));
  }

  /** Whether a host that ends so has failed: it counts against limits, and rounds are for it. */
  public boolean countsAsFailure() {
    return kind != Kind.NO_FAILURE;
  }

  /** Whether the host could not be reached, or not for long enough. */
  public boolean unreachable() {
    return kind == Kind.UNREACHABLE;
  }

  /** Whether it ends hosts wherever they are: it is the same at every step. */
  public boolean atAnyStep() {
    return this == STOPPED || this == ENGINE;
  }

  public Words meaning() {
    return new Words(meaningZh, meaning);
  }

  /** What the operator can do about it. */
  public Words hint() {
    return new Words(hintZh, hint);
  }
}
