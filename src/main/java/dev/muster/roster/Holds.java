package dev.muster.roster;

import dev.muster.job.Caller;
import dev.muster.job.Hold;
import dev.muster.job.Hold.Answer;
import dev.muster.job.Hold.Area;
import dev.muster.job.Verb.Mode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of holds. They are read in the statement that permits a step to start; so no command
 * begins in an area once its hold is committed. Each change is one transaction with its line in the
 * audit; asking for what is so already changes nothing and writes no line.
 */
@Component
public class Holds {

  private final JdbcClient jdbc;
  private final Audit audit;

  public Holds(JdbcClient jdbc, Audit audit) {
    this.jdbc = jdbc;
    this.audit = audit;
  }

  /** An area as the row has it; the whole of the fleet has no target. */
  private record Place(String area, @Nullable Long target) {

    static Place of(Area area) {
      return switch (area) {
        case Area.Everything everything -> new Place("EVERYTHING", null);
        case Area.Business business -> new Place("BUSINESS", business.id());
        case Area.Cloud cloud -> new Place("CLOUD", cloud.id());
      };
    }

    List<Long> businesses() {
      return area.equals("BUSINESS") && target != null ? List.of(target) : List.of();
    }

    Map<String, Object> with(long id, String mode, String why) {
      Map<String, Object> what = new LinkedHashMap<>();
      what.put("hold", id);
      what.put("area", area);
      if (target != null) {
        what.put("target", target);
      }
      what.put("mode", mode);
      what.put("why", why);
      return what;
    }
  }

  @Transactional
  public Answer hold(Area area, Mode mode, String why, Caller by) {
    if (!known(area)) {
      return new Answer.NoSuchArea();
    }
    // Two that ask at once are answered one after the other; whoever reads does not wait.
    jdbc.sql("lock table hold in share row exclusive mode").update();
    Place place = Place.of(area);
    Optional<Hold> there = inForce(place);
    if (there.isPresent() && (there.get().mode() == mode || there.get().mode() == Mode.KILL)) {
      return new Answer.Held(there.get().id());
    }
    long id = there.isPresent() ? widen(there.get(), why) : insert(place, mode, why, by);
    audit.beyondJobs("HOLD", by, place.businesses(), place.with(id, mode.name(), why));
    return new Answer.Held(id);
  }

  /** Of any other business or cloud area nobody knows a host; it is a slip of the pen. */
  private boolean known(Area area) {
    return switch (area) {
      case Area.Everything everything -> true;
      case Area.Business business ->
          anyOf(
              "select exists (select 1 from business where id = :id)"
                  + " or exists (select 1 from host where business_id = :id)",
              business.id());
      case Area.Cloud cloud ->
          cloud.id() == 0
              || anyOf(
                  "select exists (select 1 from cloud where id = :id)"
                      + " or exists (select 1 from host where cloud_id = :id)",
                  cloud.id());
    };
  }

  private boolean anyOf(String sql, long id) {
    return jdbc.sql(sql).param("id", id).query(Boolean.class).single();
  }

  private Optional<Hold> inForce(Place place) {
    return jdbc.sql(
            "select * from hold where area = :area and target is not distinct from :target and lifted_at is null")
        .param("area", place.area())
        .param("target", place.target())
        .query(Holds::hold)
        .optional();
  }

  /** The wider mode is what both wanted at least. */
  private long widen(Hold hold, String why) {
    return jdbc.sql(
            "update hold set mode = 'KILL', why = coalesce(nullif(:why, ''), why) where id = :id returning id")
        .param("why", why)
        .param("id", hold.id())
        .query(Long.class)
        .single();
  }

  private long insert(Place place, Mode mode, String why, Caller by) {
    return jdbc.sql(
            """
            insert into hold (area, target, mode, why, caller, app)
            values (:area, :target, :mode, :why, :caller, :app) returning id
            """)
        .param("area", place.area())
        .param("target", place.target())
        .param("mode", mode.name())
        .param("why", why)
        .param("caller", by.user())
        .param("app", by.app())
        .query(Long.class)
        .single();
  }

  @Transactional
  public void lift(long id, Caller by) {
    jdbc.sql("update hold set lifted_at = now() where id = :id and lifted_at is null returning *")
        .param("id", id)
        .query(Holds::hold)
        .optional()
        .ifPresent(
            hold -> {
              Place place = Place.of(hold.area());
              audit.beyondJobs(
                  "LIFT", by, place.businesses(), place.with(id, hold.mode().name(), hold.why()));
            });
  }

  /** A hold, lifted or not. */
  public Optional<Hold> find(long id) {
    return jdbc.sql("select * from hold where id = :id")
        .param("id", id)
        .query(Holds::hold)
        .optional();
  }

  /** Oldest first. */
  public List<Hold> inForce() {
    return jdbc.sql("select * from hold where lifted_at is null order by id")
        .query(Holds::hold)
        .list();
  }

  static Hold hold(ResultSet row, int n) throws SQLException {
    long target = row.getLong("target");
    Area area =
        switch (row.getString("area")) {
          case "BUSINESS" -> new Area.Business(target);
          case "CLOUD" -> new Area.Cloud(target);
          default -> new Area.Everything();
        };
    return new Hold(
        row.getLong("id"),
        area,
        Mode.valueOf(row.getString("mode")),
        row.getString("why"),
        new Caller(row.getString("caller"), row.getString("app")),
        row.getTimestamp("since").toInstant());
  }
}
