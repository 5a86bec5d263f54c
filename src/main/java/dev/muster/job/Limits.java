package dev.muster.job;

import java.time.Duration;

/** Every limit that a job meets, in one place, each with its reason (design, section 8). */
public final class Limits {

  /** Hosts in one job: what one page, one roster and one history were measured with. */
  public static final int HOSTS_PER_JOB = 100_000;

  /**
   * Hosts in one wave: 500 activities cost about 1,700 events, well under {@link #HISTORY_EVENTS}.
   */
  public static final int HOSTS_PER_WAVE = 500;

  /** Events in one workflow run: where the engine itself suggests to continue as new. */
  public static final int HISTORY_EVENTS = 4_096;

  /**
   * A run continues as new at its next drained moment above this: what is at work until then adds
   * at most another 2,000.
   */
  public static final int HISTORY_EVENTS_BEFORE_CONTINUING = 2_000;

  /** Hosts at once unless the request says otherwise. */
  public static final int WINDOW = 100;

  /** The widest window: what one worker process has slots for. */
  public static final int WIDEST_WINDOW = 512;

  /** Bytes of a request. */
  public static final int BODY_BYTES = 10 * 1024 * 1024;

  /** Hosts in the inventory: what imports and selections were measured with. */
  public static final int HOSTS_IN_INVENTORY = 1_000_000;

  /** Hosts in one answer of a search: what a page can show; an export gives all. */
  public static final int HOSTS_PER_CHUNK = 1_000;

  /** Lines of the audit in one answer: what a person reads, and a collector takes at once. */
  public static final int LINES_PER_CHUNK = 1_000;

  /** Characters of one line of an import, which is held in memory; an import has no other limit. */
  public static final int IMPORT_LINE_CHARS = 1024 * 1024;

  /** Objects and arrays inside each other in a request: the deepest that is meant has five. */
  public static final int JSON_DEPTH = 50;

  /** Characters of one text in a request: the inventory keeps none that is longer. */
  public static final int TEXT_CHARS = 2_000;

  /** Conditions of one selection: each is a part of one statement, and nobody types that many. */
  public static final int CONDITIONS = 100;

  /** Values of all conditions together: as many as there can be hosts that they name. */
  public static final int CONDITION_VALUES = HOSTS_PER_JOB;

  /** Words that are searched for: each is looked for in every text of every host. */
  public static final int SEARCH_WORDS = 100;

  /** Characters of an Ansible inventory, which is held in memory as a whole: 100,000 hosts. */
  public static final int ANSIBLE_CHARS = 16 * 1024 * 1024;

  /** Rounds of {@code retry_failed}: beyond this a person should look. */
  public static final int RETRY_ROUNDS = 20;

  /** The longest that a request may let anything wait: a week, after which a person should look. */
  public static final Duration LONGEST_WAIT = Duration.ofDays(7);

  /** Bytes of output kept per step. */
  public static final int LOG_BYTES = 64 * 1024;

  /** Characters of a detail: one line on the page. */
  public static final int DETAIL_CHARS = 500;

  /**
   * How often a check tries a host: a lost packet is forgiven, a dead host is told within half a
   * minute.
   */
  public static final int CHECK_TRIES = 2;

  /** A difference of clocks that a check mentions: logs side by side begin to mislead. */
  public static final Duration CLOCK_OFF = Duration.ofSeconds(1);

  /**
   * A difference of clocks that fails a check: what Kerberos bears, and certificates are dated no
   * finer. muster itself compares no two clocks.
   */
  public static final Duration CLOCK_FAR_OFF = Duration.ofMinutes(5);

  /** How often the sweeper starts a workflow again that ended without finishing its job. */
  public static final int RESTARTS = 3;

  private Limits() {}
}
