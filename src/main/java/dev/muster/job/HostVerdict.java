package dev.muster.job;

/** What a request means for a host that it names. */
public enum HostVerdict {
  /** It takes part. */
  SELECTED,
  /** There is no such host, or the asker may not know of it: these two are never told apart. */
  UNKNOWN,
  /** It may be seen but not operated by whoever asks. */
  NOT_PERMITTED,
  /** It plays another part than the job type is for. */
  WRONG_NODE_TYPE,
  /** The request itself leaves it out. */
  EXCLUDED,
  /** It has no operating system: a request that selects it is refused. */
  NO_OS,
  /** Its cloud area is not in the inventory: a request that selects it is refused. */
  UNKNOWN_CLOUD
}
