package dev.muster.lab;

/** What a command on a host left behind: its exit code and its two outputs, read as UTF-8. */
public record Executed(int exit, String out, String err) {

  /**
   * The standard output of a command that is expected to succeed; throws with the other output if
   * it did not.
   */
  public String orThrow() {
    if (exit != 0) {
      throw new IllegalStateException("exit " + exit + ": " + err.strip());
    }
    return out;
  }
}
