package dev.muster.host;

/** How the login account becomes root before anything is run. */
public enum Become {
  NONE,
  SUDO,
  DOAS
}
