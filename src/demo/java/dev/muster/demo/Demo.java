package dev.muster.demo;

import dev.muster.Muster;
import dev.muster.local.Home;
import dev.muster.local.LocalServerRefusal;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Shows muster at work on this machine, on hosts that are real but for their machines.
 *
 * <pre>
 * mvn -Pdemo spring-boot:run                                        until Ctrl-C
 * mvn -Pdemo spring-boot:run -Ddemo.exit=true                       ends by itself
 * mvn -Pdemo spring-boot:run -Dspring-boot.run.arguments=--clean    removes everything of it
 * </pre>
 *
 * <p>Everything is kept in {@code $MUSTER_HOME/demo} (without {@code MUSTER_HOME}: {@code
 * ~/.muster/demo}); with the demo ended, {@code rm -rf} of that directory removes it as well. The
 * programs beside it are shared with muster.
 *
 * <p>With {@code demo.exit} the exit code is 0 if every job ended as predicted and every agent was
 * restarted exactly as often as it should have been; else 1.
 */
public final class Demo {

  private static final String EXIT = "demo.exit";

  private final Screen screen = Screen.ofThisProcess();
  private final ConfigurableEnvironment environment = new StandardEnvironment();
  private final DemoHome home = DemoHome.of(environment);

  private Demo() {
    environment.getPropertySources().addFirst(new MapPropertySource("demo", DemoHome.PROPERTIES));
  }

  public static void main(String[] args) {
    Demo demo = new Demo();
    List<String> arguments = List.of(args);
    int code = arguments.contains("--clean") ? demo.clean() : demo.run(arguments);
    if (code != 0 || arguments.contains("--clean") || Boolean.getBoolean(EXIT)) {
      System.exit(code);
    }
  }

  private int clean() {
    try {
      boolean found = new Cleaning(environment, home).run();
      screen.line("  " + home + (found ? " is removed" : " does not exist"));
      return 0;
    } catch (IOException | LocalServerRefusal e) {
      screen.line("  " + home + " is not removed: " + e.getMessage());
      return 1;
    }
  }

  private int run(List<String> arguments) {
    long begin = System.nanoTime();
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(this::sayGoodbye));
    screen.line("");
    screen.line(
        "  muster demo: %d SSH hosts on this machine, three jobs, every host shown"
            .formatted(Blueprint.hosts().size()));
    screen.line("");
    try {
      // Held by another demo, it is refused here, in one line and before anything is touched.
      Home.open(environment).close();
      home.writeProfile();
      Engine engine = Engine.choose(environment, home, screen);
      Starting starting = new Starting(home);
      Optional<ConfigurableApplicationContext> muster = start(engine, starting, arguments);
      return muster.isEmpty() ? 1 : show(muster.get().getEnvironment(), engine, starting, begin);
    } catch (IOException | RuntimeException e) {
      screen.line("");
      screen.line("  The demo cannot go on: " + e.getMessage());
      return 1;
    }
  }

  /** Empty if muster does not start; it has said why. */
  private Optional<ConfigurableApplicationContext> start(
      Engine engine, Starting starting, List<String> arguments) {
    List<String> all = new ArrayList<>(engine.arguments());
    DemoHome.PROPERTIES.forEach((name, value) -> all.add("--%s=%s".formatted(name, value)));
    all.add("--muster.runbooks.directory=" + home.runbooks());
    if (environment.getProperty("server.port", "").isBlank()
        && arguments.stream().noneMatch(argument -> argument.startsWith("--server.port="))) {
      all.add("--server.port=" + Loopback.firstFree(8080));
    }
    all.addAll(arguments);
    SpringApplication application = new SpringApplication(Muster.class);
    application.setAdditionalProfiles("demo");
    // The home is locked by now: no other demo's hosts are touched.
    application.addInitializers(context -> starting.begin());
    try {
      return Optional.of(application.run(all.toArray(String[]::new)));
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  private int show(Environment muster, Engine engine, Starting starting, long begin)
      throws IOException {
    tellAddresses(muster, engine);
    Fleet fleet = starting.get();
    screen.say(
        "Fleet",
        "%d SSH servers on 127.0.0.1, each with its own key and a running agent"
            .formatted(fleet.hosts().size()));
    MusterClient client = new MusterClient(URI.create(address(muster)));
    List<String> differences = new Showcase(client, fleet, home, screen).run();
    conclude(differences, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin));
    // A demo that stays up is there to be looked at, whatever came of it.
    return differences.isEmpty() || !Boolean.getBoolean(EXIT) ? 0 : 1;
  }

  private void tellAddresses(Environment muster, Engine engine) {
    screen.say("muster", address(muster));
    switch (engine) {
      case OF_THE_SERVICE ->
          screen.say(
              "Temporal",
              muster.getProperty(
                  "muster.temporal.ui",
                  muster.getProperty("spring.temporal.connection.target", "")));
      case IN_MEMORY ->
          screen.say(
              "Temporal",
              "*** IN MEMORY, without a UI: jobs do not survive the end of this demo ***");
    }
    screen.say("Data", home + ", removed by -Dspring-boot.run.arguments=--clean");
  }

  private static String address(Environment muster) {
    return "http://%s:%s"
        .formatted(Loopback.ADDRESS, muster.getRequiredProperty("local.server.port"));
  }

  private void conclude(List<String> differences, long seconds) {
    screen.line("");
    if (differences.isEmpty()) {
      screen.line(
          "  As predicted, after %d s. Every agent that could be reached".formatted(seconds));
      screen.line("  was restarted exactly once per job, and runs.");
    } else {
      screen.line("  Not as predicted, after %d s:".formatted(seconds));
      differences.forEach(difference -> screen.line("    " + difference));
    }
    if (!Boolean.getBoolean(EXIT)) {
      screen.line("");
      screen.line("  The page and the hosts stay until Ctrl-C.");
    }
  }

  /** Ahead of the end of everything else, so that no broken connection is shown. */
  private void sayGoodbye() {
    screen.close(
        Boolean.getBoolean(EXIT)
            ? ""
            : "\n  Ending muster, its servers and the hosts; the data stay.");
  }
}
