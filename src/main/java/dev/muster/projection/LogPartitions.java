package dev.muster.projection;

import java.time.Clock;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Gives the logs a partition for this month and the next, so that a month can be dropped as a
 * whole.
 */
@Component
@EnableScheduling
class LogPartitions implements InitializingBean {

  private static final Logger log = LoggerFactory.getLogger(LogPartitions.class);

  private final JdbcClient jdbc;
  private final Clock clock;

  LogPartitions(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @Override
  public void afterPropertiesSet() {
    create();
  }

  @Scheduled(cron = "0 17 3 * * *", zone = "UTC")
  void create() {
    YearMonth month = YearMonth.now(clock.withZone(ZoneOffset.UTC));
    create(month);
    create(month.plusMonths(1));
  }

  /** Bounds are ours and not a caller's; a partition's name cannot be a bound parameter. */
  private void create(YearMonth month) {
    try {
      jdbc.sql(
              String.format(
                  Locale.ROOT,
                  "create table if not exists step_log_%1$tY_%1$tm partition of step_log"
                      + " for values from ('%2$s-01 00:00:00+00') to ('%3$s-01 00:00:00+00')",
                  month.atDay(1),
                  month,
                  month.plusMonths(1)))
          .update();
      ;
    } catch (DataIntegrityViolationException e) {
      log.warn("logs of {} stay in the default partition, which has some of that month", month);
    }
  }
}
