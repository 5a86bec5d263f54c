package dev.muster.architecture;

/** A place in the repository that breaks a rule, and what to do about it. */
record Violation(String file, int line, String what, String fix) {

  @Override
  public String toString() {
    return file + ":" + line + ": " + what + "; " + fix;
  }
}
