package dev.muster.workflow;

import java.util.Optional;

/**
 * How many hosts a wave may work on at once: the wave's side of {@link Slots}. Pure.
 *
 * <p>A wave speaks of it seldom, for each message costs the job's history: it gives back once half
 * of what it holds is idle, or half of what it owes, and asks once until it was given that much.
 */
final class Allowance {

  private int slots;
  private int wanted;
  private int owed;

  /**
   * @param slots held to begin with
   * @param wanted what the job knows to be of use besides
   * @param owed what the job wants back
   */
  Allowance(int slots, int wanted, int owed) {
    this.slots = slots;
    this.wanted = wanted;
    this.owed = owed;
  }

  /**
   * A message to the job.
   *
   * @param back slots that are given back with it
   * @param more slots that could be used besides those that are left
   */
  record Balance(int back, int more) {}

  int slots() {
    return slots;
  }

  int wanted() {
    return wanted;
  }

  int owed() {
    return owed;
  }

  /** Whether one more host may be begun. */
  boolean hasRoom(int atWork) {
    return atWork < slots - owed;
  }

  void widen(int more) {
    slots += more;
    wanted = Math.max(0, wanted - more);
  }

  void narrow(int less) {
    owed += less;
  }

  /** What is worth a message to the job now. */
  Optional<Balance> due(int atWork, int ready) {
    int idle = slots - atWork;
    int back = ready == 0 ? idle : Math.min(owed, idle);
    int more = Math.max(0, ready - (idle - back));
    boolean givesBack = back > 0 && 2 * back >= (owed > 0 ? owed : slots);
    boolean asks = more > 0 && wanted == 0 && owed == 0;
    return givesBack || asks ? Optional.of(new Balance(back, more)) : Optional.empty();
  }

  /** The message is sent, and what it carries is no longer held. */
  void tell(Balance balance) {
    slots -= balance.back();
    owed -= Math.min(owed, balance.back());
    wanted = balance.more();
  }
}
