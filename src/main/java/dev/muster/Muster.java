package dev.muster;

import java.time.Clock;
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

  public static void main(String[] args) {
    SpringApplication.run(Muster.class, args);
  }
}
