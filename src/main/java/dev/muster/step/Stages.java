package dev.muster.step;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/**
 * Works on one host. At least once: a further attempt finds out on the host what the last one did,
 * and goes on there.
 */
@ActivityInterface
public interface Stages {

  /**
   * How often a stage is heard of while it works, in seconds: an attempt that is silent for five
   * times that is dead.
   */
  int HEARTBEAT_SECONDS = 2;

  @ActivityMethod(name = "Stage")
  StageReport run(StageOrder order);

  /** Which host of which job. */
  record StageOrder(long job, int ordinal) {}

  /**
   * What the wave is to do about the host.
   *
   * @param waitSeconds for LATER, before the stage is run again
   * @param why for people
   */
  record StageReport(Verdict verdict, int waitSeconds, String why) {}

  enum Verdict {
    /** The host has its outcome. */
    DONE,
    /** Nothing can be done now, and nothing is held: run the stage again later. */
    LATER
  }
}
