package dev.muster.demo;

import io.temporal.spring.boot.TemporalOptionsCustomizer;
import io.temporal.testing.TestEnvironmentOptions;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The engine of last resort runs in real time, as hosts do. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("spring.temporal.test-server.enabled")
class InMemoryTemporal {

  @Bean
  static TemporalOptionsCustomizer<TestEnvironmentOptions.Builder> realTime() {
    return options -> options.setUseTimeskipping(false);
  }
}
