package dev.muster.lab;

/** What sudo grants to the unprivileged login user of a host. */
public enum Sudo {
  /** Everything, without a password. */
  ALLOWED("mlab ALL=(ALL:ALL) NOPASSWD: ALL"),
  /** Everything, for a password that nobody knows: {@code sudo -n} is refused. */
  PASSWORD("mlab ALL=(ALL:ALL) ALL"),
  /** Everything without a password, but only on a terminal. */
  REQUIRETTY("Defaults:mlab requiretty\nmlab ALL=(ALL:ALL) NOPASSWD: ALL"),
  /** Nothing: the user is not in sudoers. */
  NONE("");

  private final String sudoers;

  Sudo(String sudoers) {
    this.sudoers = sudoers;
  }

  String sudoers() {
    return sudoers;
  }
}
