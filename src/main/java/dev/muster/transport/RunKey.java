package dev.muster.transport;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names one execution of one step on one host, for ever: a command is started at most once per key.
 * The job's uid is part of it, so that a fresh or restored database never finds another job's
 * record.
 */
public record RunKey(UUID job, int ordinal, String step, int execution) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  public RunKey {
    if (!NAME.matcher(step).matches() || ordinal < 0 || execution < 1) {
      throw new IllegalArgumentException("not a key: " + ordinal + "/" + step + "/" + execution);
    }
  }

  @Override
  public String toString() {
    return job + "/" + ordinal + "/" + step + "/" + execution;
  }
}
