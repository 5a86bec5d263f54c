package dev.muster.job;

import dev.muster.host.NodeType;
import java.util.EnumSet;
import java.util.Set;

/**
 * What a job can be: the words of the existing service, whether or not there is a runbook yet, and
 * the checks of muster's own, which are asked for beside one of those words and never by name.
 */
public enum JobType {
  INSTALL_AGENT("安装 Agent"),
  INSTALL_PROXY("安装 Proxy"),
  RESTART_AGENT("重启 Agent"),
  RESTART_PROXY("重启 Proxy"),
  REPLACE_PROXY("替换 Proxy"),
  REINSTALL_PROXY("重装 Proxy"),
  REINSTALL_AGENT("重装 Agent"),
  UPGRADE_PROXY("升级 Proxy"),
  UPGRADE_AGENT("升级 Agent"),
  REMOVE_AGENT("移除 Agent"),
  UNINSTALL_AGENT("卸载 Agent"),
  UNINSTALL_PROXY("卸载 Proxy"),
  IMPORT_PROXY("导入Proxy机器"),
  IMPORT_AGENT("导入Agent机器"),
  MAIN_START_PLUGIN("启动插件"),
  MAIN_STOP_PLUGIN("停止插件"),
  MAIN_RESTART_PLUGIN("重启插件"),
  MAIN_RELOAD_PLUGIN("重载插件"),
  MAIN_DELEGATE_PLUGIN("托管插件"),
  MAIN_UNDELEGATE_PLUGIN("取消托管插件"),
  MAIN_INSTALL_PLUGIN("安装插件"),
  MAIN_STOP_AND_DELETE_PLUGIN("停止插件并删除策略"),
  RELOAD_AGENT("重载配置"),
  RELOAD_PROXY("重载配置"),
  PACKING_PLUGIN("打包插件"),
  PUSH_CONFIG_PLUGIN("下发插件配置"),
  REMOVE_CONFIG_PLUGIN("移除插件配置"),
  MANUAL_INSTALL_AGENT("手动安装 Agent"),
  MANUAL_INSTALL_PROXY("手动安装 Proxy"),
  ACTIVATE_AGENT("切换配置"),
  CHECK_AGENT("检查 Agent"),
  CHECK_PROXY("检查 Proxy");

  private final String display;

  JobType(String display) {
    this.display = display;
  }

  /** The name in the page's first language, as the existing service shows it. */
  public String display() {
    return display;
  }

  /** The check of the hosts that this type is for: what an operator runs first. */
  public JobType checked() {
    return nodeTypes().contains(NodeType.PROXY) ? CHECK_PROXY : CHECK_AGENT;
  }

  /**
   * Whether this only looks: nothing is started or changed on a host, so no host is held. Never a
   * choice of a request's job type.
   */
  public boolean onlyLooks() {
    return this == CHECK_AGENT || this == CHECK_PROXY;
  }

  /** The first word: what is done. */
  public String operation() {
    return name().split("_", 3)[0];
  }

  /** Only a second word of PROXY selects proxies (rest.md §3.3). */
  public Set<NodeType> nodeTypes() {
    return name().split("_", 3)[1].equals("PROXY")
        ? EnumSet.of(NodeType.PROXY)
        : EnumSet.of(NodeType.AGENT, NodeType.PAGENT);
  }

  /** The last word: AGENT, PROXY or PLUGIN (rest.md §4.3). */
  public String subject() {
    return name().substring(name().lastIndexOf('_') + 1);
  }

  /** All but the last word, without MAIN_ (rest.md §4.3). */
  public String verb() {
    return name().substring(0, name().lastIndexOf('_')).replace("MAIN_", "");
  }
}
