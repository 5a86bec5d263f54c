package dev.muster.lab;

/** What a host is in the managed system: which agent runs on it, if any. */
public enum Node {
  /** Both layouts are installed and the agent's runs. */
  AGENT("/usr/local/gse/agent/bin"),
  /** Both layouts are installed and the proxy's runs. */
  PROXY("/usr/local/gse/proxy/bin"),
  /** Nothing is installed. */
  BARE("/usr/local/gse/agent/bin");

  private final String bin;

  Node(String bin) {
    this.bin = bin;
  }

  /** The control script: {@code gsectl start|stop|restart}. */
  public String gsectl() {
    return bin + "/gsectl";
  }

  /** The daemon: the target of {@code /proc/<pid>/exe} while it runs. */
  public String agent() {
    return bin + "/gse_agent";
  }
}
