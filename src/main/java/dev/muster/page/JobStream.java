package dev.muster.page;

import dev.muster.projection.InstanceFilter;
import dev.muster.projection.InstanceFilter.Wanted;
import dev.muster.projection.InstanceView;
import dev.muster.projection.JobView;
import dev.muster.projection.JobViews;
import dev.muster.projection.Language;
import dev.muster.projection.Wording;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the job page listens to: the summary of a job, a window of its hosts, what changes of them,
 * and one host's log. Every event carries the job's version as its id; whoever comes back is sent
 * the window again.
 */
@RestController
class JobStream {

  private static final int MOST_ROWS = 500;
  private static final int MOST_WORDS = 1_000;

  private final JobViews views;
  private final Viewers viewers;

  JobStream(JobViews views, Viewers viewers) {
    this.views = views;
    this.viewers = viewers;
  }

  @GetMapping("/api/job/{id}/stream")
  @Needs(Role.VIEW)
  ResponseEntity<?> stream(
      @PathVariable("id") long id,
      @RequestParam(name = "page", defaultValue = "1") int page,
      @RequestParam(name = "size", defaultValue = "100") int size,
      @RequestParam(name = "status", required = false) @Nullable String status,
      @RequestParam(name = "reason", required = false) @Nullable String reason,
      @RequestParam(name = "q", required = false) @Nullable String address,
      @RequestParam(name = "instance", required = false) @Nullable String instance,
      @RequestParam(name = "lang", defaultValue = "zh") String lang,
      Rights rights) {
    Optional<JobView> job =
        views.job(id).filter(j -> j.visibleTo(rights.caller().user(), rights.scope(Role.VIEW)));
    if (job.isEmpty()) {
      return ResponseEntity.status(HttpStatus.NOT_FOUND).body(noSuchJob(id));
    }
    int rows = Math.clamp(size, 1, MOST_ROWS);
    Wish wish =
        new Wish(
            id,
            filter(words(status, ","), words(reason, ","), words(address, "\\s+")),
            (Math.max(page, 1) - 1L) * rows,
            rows,
            instance == null ? null : InstanceView.hostOf(instance).orElse(null),
            lang.startsWith("en") ? Language.EN : Language.ZH);
    return ResponseEntity.ok().header("X-Accel-Buffering", "no").body(viewers.open(wish));
  }

  static Map<String, @Nullable Object> noSuchJob(long id) {
    Map<String, @Nullable Object> none = new LinkedHashMap<>();
    none.put("result", false);
    none.put("code", 3_801_012);
    none.put("data", null);
    none.put("message", "不存在ID为%d的任务（3801012）".formatted(id));
    none.put("errors", null);
    return none;
  }

  static InstanceFilter filter(
      List<String> statuses, List<String> reasons, List<String> addresses) {
    InstanceFilter filter = InstanceFilter.ALL;
    if (!statuses.isEmpty()) {
      filter = filter.and(new Wanted.InState(Wording.states(statuses)));
    }
    if (!reasons.isEmpty()) {
      filter = filter.and(new Wanted.Because(Set.copyOf(reasons)));
    }
    return addresses.isEmpty() ? filter : filter.and(Wanted.At.of(addresses));
  }

  private static List<String> words(@Nullable String text, String separator) {
    if (text == null || text.isBlank()) {
      return List.of();
    }
    return Arrays.stream(text.strip().split(separator)).distinct().limit(MOST_WORDS).toList();
  }
}
