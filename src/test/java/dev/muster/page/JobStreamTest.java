package dev.muster.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.job.InstanceState;
import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceFilter.Wanted;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a viewer's wish means. */
class JobStreamTest {

  @Test
  void nothing_chosen_shows_everything() {
    assertThat(JobStream.filter(List.of(), List.of(), List.of())).isEqualTo(InstanceFilter.ALL);
  }

  @Test
  void a_status_that_there_is_not_shows_nothing() {
    assertThat(JobStream.filter(List.of("FAILURE"), List.of(), List.of()).all())
        .containsExactly(new Wanted.InState(Set.of()));
  }

  @Test
  void all_that_was_chosen_must_hold() {
    assertThat(
            JobStream.filter(List.of("FAILED"), List.of("AUTH"), List.of("10.0.0.1", "web")).all())
        .containsExactly(
            new Wanted.InState(Set.of(InstanceState.FAILED)),
            new Wanted.Because(Set.of("AUTH")),
            new Wanted.At(Set.of("10.0.0.1"), Set.of("web")));
  }

  @Test
  void a_job_that_is_not_there_is_told_in_the_envelope() {
    assertThat(JobStream.noSuchJob(7))
        .containsOnlyKeys("result", "code", "data", "message", "errors")
        .containsEntry("message", "不存在ID为7的任务（3801012）");
  }
}
