package dev.muster.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

  @Test
  void theSameSeedPlansTheSameFaults() {
    assertThat(faults(7)).isEqualTo(faults(7)).isNotEqualTo(faults(8));
  }

  @Test
  void everyKindOfFaultIsPlanned() {
    Set<Class<?>> planned = faults(1).stream().map(Object::getClass).collect(Collectors.toSet());
    assertThat(planned)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(Fault.OfProcess.class, Fault.OfHost.class)
                .flatMap(kind -> Stream.of(kind.getPermittedSubclasses()))
                .toList());
  }

  @Test
  void aFaultIsCalledByItsWords() {
    assertThat(new Fault.KillAllMusters().kind()).isEqualTo("kill all musters");
  }

  private static List<Fault> faults(long seed) {
    FaultPlan plan = new FaultPlan(seed, 8, Way.SSH);
    return IntStream.range(0, 400)
        .mapToObj(i -> i % 2 == 0 ? plan.nextOfProcess() : plan.nextOfHost())
        .map(Fault.class::cast)
        .toList();
  }
}
