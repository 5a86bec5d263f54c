package dev.muster.http;

import dev.muster.job.Hold;
import dev.muster.job.Hold.Answer;
import dev.muster.job.Hold.Area;
import dev.muster.job.JobOperator;
import dev.muster.job.Scope;
import dev.muster.job.Verb.Mode;
import dev.muster.security.Needs;
import dev.muster.security.Rights;
import dev.muster.security.Role;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The emergency stop. A business is held by who controls it; everything and a cloud area, which
 * knows no businesses, by who is ADMIN everywhere.
 */
@RestController
class HoldController {

  private final JobOperator operator;

  HoldController(JobOperator operator) {
    this.operator = operator;
  }

  @PostMapping({"/api/hold/", "/api/hold"})
  @Needs(Role.CONTROL)
  Envelope hold(HttpServletRequest http, Rights rights) throws IOException {
    Fields fields = new Fields(Body.read(http).fields());
    Area area = area(fields);
    Mode mode = ControlController.mode(fields).orElse(Mode.DRAIN);
    String why = fields.text("原因", "why").orElse("");
    fields.refuseFaults();
    if (!mayHold(area, rights)) {
      throw ApiException.notPermitted();
    }
    return switch (operator.hold(area, mode, why, rights.caller())) {
      case Answer.Held held -> Envelope.ok(Map.of("id", held.id()));
      case Answer.NoSuchArea none -> throw noSuch(area);
    };
  }

  /** Exactly one of the three ways to name an area. */
  private static Area area(Fields fields) {
    List<Area> named = new ArrayList<>();
    fields.option("范围", "scope", HoldController::everything).ifPresent(named::add);
    fields.number("业务ID", "bk_biz_id").map(Area.Business::new).ifPresent(named::add);
    fields.number("管控区域ID", "bk_cloud_id").map(Area.Cloud::new).ifPresent(named::add);
    fields.refuseFaults();
    if (named.size() != 1) {
      throw ApiException.validation(Message.ONE_AREA);
    }
    return named.getFirst();
  }

  private static Optional<Area> everything(String word) {
    return word.equals("all") ? Optional.of(new Area.Everything()) : Optional.empty();
  }

  private static boolean mayHold(Area area, Rights rights) {
    return switch (area) {
      case Area.Business business -> rights.scope(Role.CONTROL).covers(List.of(business.id()));
      case Area.Everything everything -> rights.superuser();
      case Area.Cloud cloud -> rights.superuser();
    };
  }

  private static ApiException noSuch(Area area) {
    return switch (area) {
      case Area.Business business ->
          ApiException.validation(Message.NO_SUCH_BUSINESS, business.id());
      case Area.Cloud cloud -> ApiException.validation(Message.NO_SUCH_AREA, cloud.id());
      case Area.Everything everything -> throw new IllegalStateException("everything is there");
    };
  }

  /** To who has no part in a business, a hold of it is as if there were none. */
  @PostMapping({"/api/hold/{id}/lift/", "/api/hold/{id}/lift"})
  @Needs(Role.CONTROL)
  Envelope lift(@PathVariable("id") long id, HttpServletRequest http, Rights rights)
      throws IOException {
    Body.read(http);
    Optional<Hold> hold = operator.hold(id);
    if (hold.isPresent() && mayHold(hold.get().area(), rights)) {
      operator.lift(id, rights.caller());
      return Envelope.ok(Map.of("id", id));
    }
    throw hold.isPresent() && maySee(hold.get().area(), rights.scope(Role.VIEW))
        ? ApiException.notPermitted()
        : ApiException.validation(Message.NO_SUCH_HOLD, id);
  }

  /** What is in force, oldest first. */
  @GetMapping({"/api/hold/", "/api/hold"})
  @Needs(Role.VIEW)
  Envelope list(Rights rights) {
    Scope view = rights.scope(Role.VIEW);
    return Envelope.ok(
        operator.holds().stream()
            .filter(hold -> maySee(hold.area(), view))
            .map(HoldController::json)
            .toList());
  }

  /** What holds hosts of everybody is for everybody to know. */
  private static boolean maySee(Area area, Scope view) {
    return switch (area) {
      case Area.Business business -> view.covers(List.of(business.id()));
      case Area.Everything everything -> !view.equals(Scope.nowhere());
      case Area.Cloud cloud -> !view.equals(Scope.nowhere());
    };
  }

  /** The area in the words in which it is asked for; the other two are null. */
  static Map<String, @Nullable Object> json(Hold hold) {
    Area area = hold.area();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("id", hold.id());
    json.put("scope", area instanceof Area.Everything ? "all" : null);
    json.put("bk_biz_id", area instanceof Area.Business business ? business.id() : null);
    json.put("bk_cloud_id", area instanceof Area.Cloud cloud ? cloud.id() : null);
    json.put("mode", hold.mode().name().toLowerCase(Locale.ROOT));
    json.put("why", hold.why());
    json.put("caller", hold.by().user());
    json.put("app", hold.by().app());
    json.put("since", JobJson.time(hold.since()));
    return json;
  }
}
