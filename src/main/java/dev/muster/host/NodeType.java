package dev.muster.host;

/** What part a host plays: an agent, an agent behind a proxy, or a proxy. */
public enum NodeType {
  AGENT,
  PAGENT,
  PROXY
}
