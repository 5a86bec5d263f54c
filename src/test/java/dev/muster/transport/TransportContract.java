package dev.muster.transport;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * All that a transport to real machines has to keep. Several machines may be at it at once, each
 * with one test at a time.
 */
abstract class TransportContract
    implements StartContract,
        CrashContract,
        HaltContract,
        OutputContract,
        DirectoryContract,
        FullDiskContract,
        EffectContract,
        DeliveryContract,
        InspectionContract {

  private static final Map<Machine, Lock> TURNS = new ConcurrentHashMap<>();

  private Bench bench;

  abstract Machine machine();

  private Lock turn() {
    return TURNS.computeIfAbsent(machine(), m -> new ReentrantLock());
  }

  @BeforeEach
  void begin() {
    turn().lock();
    bench = new Bench(machine());
  }

  @AfterEach
  void end() throws TransportException {
    try {
      bench.close();
    } finally {
      turn().unlock();
    }
  }

  @Override
  public Subject subject() {
    return bench;
  }

  @Override
  public Bench bench() {
    return bench;
  }
}
