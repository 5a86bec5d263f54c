package dev.muster.security;

/** What can be permitted. None implies another, but that ADMIN implies all. */
public enum Role {
  /** Read jobs, their logs, and hosts. */
  VIEW,
  /** Operate hosts that are agents. */
  OPERATE_AGENT,
  /** Operate proxies. */
  OPERATE_PROXY,
  /** Operate plugins. */
  OPERATE_PLUGIN,
  /** Stop, pause and retry jobs; hold a business. */
  CONTROL,
  /** Everything, and the inventory; for all businesses, all holds, the audit and the numbers. */
  ADMIN
}
