package dev.muster;

import dev.muster.runbook.Shelf;
import java.time.Clock;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The muster service: one process that accepts jobs, works on them and shows them. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class Muster {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** Runbooks are kept before anybody can ask for a job that is pinned to one. */
  @Bean
  ApplicationRunner keepRunbooks(Shelf shelf) {
    return arguments -> shelf.fill();
  }

  public static void main(String[] args) {
    SpringApplication.run(Muster.class, args);
  }
}
