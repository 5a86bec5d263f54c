package dev.muster.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** The login shell of a host's login user. */
public enum Shell {
  SH("/bin/sh", "/bin/sh"),
  BASH("/bin/bash", "/bin/bash"),
  MKSH("/bin/mksh", "/bin/mksh"),
  KSH93("/bin/ksh93", "/bin/ksh93"),
  BUSYBOX("/usr/local/lab/ash", "/bin/busybox"),
  CSH("/bin/csh", "/bin/csh"),
  FISH("/usr/bin/fish", "/usr/bin/fish");

  private final String path;
  private final Path needs;

  Shell(String path, String needs) {
    this.path = path;
    this.needs = Path.of(needs);
  }

  /** Where a host finds the shell. */
  public String path() {
    return path;
  }

  /** Whether this machine has the shell, so that a host can. */
  public boolean available() {
    return Files.isExecutable(needs);
  }
}
