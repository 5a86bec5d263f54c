package dev.muster.runbook;

import dev.muster.job.JobType;
import java.util.List;

/**
 * The steps that a job type means, in order.
 *
 * @param digest of the text it was read from
 */
public record Runbook(JobType type, String stage, List<Step> steps, String digest) {

  public Runbook {
    steps = List.copyOf(steps);
  }

  /** The codes of its steps, in order. */
  public List<String> codes() {
    return steps.stream().map(step -> step.title().code()).toList();
  }
}
