package dev.muster.transport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** All that a transport to real machines has to keep. */
abstract class TransportContract
    implements StartContract,
        CrashContract,
        HaltContract,
        OutputContract,
        DirectoryContract,
        FullDiskContract,
        EffectContract,
        InspectionContract {

  private Bench bench;

  abstract Machine machine();

  @BeforeEach
  void begin() {
    bench = new Bench(machine());
  }

  @AfterEach
  void end() throws TransportException {
    bench.close();
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
