package dev.muster.runbook;

import dev.muster.host.NodeType;
import dev.muster.job.JobType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/**
 * All runbooks and profiles, read and checked once at start: a bad one stops the start with line
 * and column.
 */
@Component
public final class Catalog {

  private static final List<String> RUNBOOKS =
      List.of("RESTART", "RELOAD", "UPGRADE", "REINSTALL", "UNINSTALL", "IMPORT", "CHECK");

  private static final List<String> PROFILES = List.of("gse", "systemd", "process");

  private final Map<JobType, Runbook> runbooks = new EnumMap<>(JobType.class);
  private final Map<Runbook, String> texts = new LinkedHashMap<>();
  private final Map<String, Profile> profiles = new HashMap<>();
  private final String defaultProfile;

  public Catalog(RunbookSettings settings) {
    this.defaultProfile = settings.profile();
    for (String operation : RUNBOOKS) {
      ours("runbooks/%s_AGENT.yaml".formatted(operation));
      ours("runbooks/%s_PROXY.yaml".formatted(operation));
    }
    PROFILES.forEach(profile -> ours("profiles/%s.yaml".formatted(profile)));
    for (Path file : files(settings.directory())) {
      try {
        add(LocatedYaml.read(file.toString(), Files.readString(file)));
      } catch (IOException e) {
        throw new BadRunbookException(file + ": cannot be read: " + e.getMessage());
      }
    }
    tools(defaultProfile, NodeType.AGENT);
  }

  public Optional<Runbook> runbook(JobType type) {
    return Optional.ofNullable(runbooks.get(type));
  }

  /** Every runbook with the text that it was read from. */
  Map<Runbook, String> texts() {
    return texts;
  }

  /** What a request may ask for by name. */
  public Set<JobType> types() {
    return runbooks.keySet().stream()
        .filter(type -> !type.onlyLooks())
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The tools for a host.
   *
   * @param profile as the inventory has it: a name, {@code name:value} or {@code
   *     name(variable=value,…)}; null for the default
   * @throws BadRunbookException if there is no such profile or a value is wrong
   */
  public Tools tools(@Nullable String profile, NodeType nodeType) {
    String text = profile == null || profile.isBlank() ? defaultProfile : profile.strip();
    Map<String, String> arguments = new LinkedHashMap<>();
    String name = text;
    int bracket = text.indexOf('(');
    int colon = text.indexOf(':');
    if (bracket > 0 && (colon < 0 || bracket < colon) && text.endsWith(")")) {
      name = text.substring(0, bracket);
      for (String argument : text.substring(bracket + 1, text.length() - 1).split(",", -1)) {
        int equals = argument.indexOf('=');
        if (equals < 1) {
          throw new BadRunbookException(
              "profile %s: write name=value, not %s".formatted(name, argument));
        }
        arguments.put(
            argument.substring(0, equals).strip(), argument.substring(equals + 1).strip());
      }
    } else if (colon > 0) {
      name = text.substring(0, colon);
      arguments.put("", text.substring(colon + 1));
    }
    Profile found = profiles.get(name);
    if (found == null) {
      throw new BadRunbookException(
          "there is no profile %s; there are %s".formatted(name, profiles.keySet()));
    }
    return found.bind(arguments, nodeType);
  }

  private void ours(String name) {
    add(LocatedYaml.read(name, resource(name)));
  }

  private void add(LocatedYaml yaml) {
    if (yaml.root().has("profile")) {
      Profile profile = new Profile(yaml);
      profiles.put(profile.name(), profile);
    } else {
      Runbook runbook = runbook(yaml);
      runbooks.put(runbook.type(), runbook);
      texts.put(runbook, yaml.text());
    }
  }

  static Runbook runbook(LocatedYaml yaml) {
    String name = yaml.root().get("job_type").asString();
    JobType type =
        Stream.of(JobType.values())
            .filter(t -> t.name().equals(name))
            .findFirst()
            .orElseThrow(() -> yaml.fault("/job_type", "there is no job type " + name));
    JsonNode stage = yaml.root().get("stages").get(0);
    List<Step> steps = new ArrayList<>();
    stage.get("steps").forEach(step -> steps.add(step(step)));
    for (int i = 0; i < steps.size(); i++) {
      // A check holds no host, so it must not act; and what acts looks by its own steps.
      if (steps.get(i) instanceof Step.Inspect != type.onlyLooks()) {
        throw yaml.fault(
            "/stages/0/steps/" + i,
            type.onlyLooks() ? type + " may only inspect" : type + " cannot inspect");
      }
    }
    return new Runbook(
        type, stage.get("name").asString(), steps, DigestUtils.sha256Hex(yaml.text()));
  }

  private static Step step(JsonNode node) {
    Title title =
        new Title(
            node.get("code").asString(), node.get("zh").asString(), node.get("en").asString());
    if (node.has("pause")) {
      return new Step.Pause(title);
    }
    if (node.has("inspect")) {
      return new Step.Inspect(title, word(Step.Subject.class, node.get("inspect")));
    }
    if (node.has("await")) {
      return new Step.Await(
          title,
          node.get("await").asString().equals("running") ? Step.Should.RUN : Step.Should.BE_ABSENT,
          duration(node, "every"),
          duration(node, "within"));
    }
    if (node.has("deliver")) {
      return new Step.Deliver(title);
    }
    if (node.has("tell")) {
      return new Step.Tell(title, word(Step.About.class, node.get("tell")));
    }
    if (node.has("forget")) {
      return new Step.Forget(title);
    }
    Step.Effect effect =
        node.has("effect") ? word(Step.Effect.class, node.get("effect")) : Step.Effect.NONE;
    return new Step.Run(
        title,
        node.get("run").asString(),
        duration(node, "timeout"),
        effect,
        duration(node, "within"));
  }

  private static <E extends Enum<E>> E word(Class<E> of, JsonNode node) {
    return Enum.valueOf(of, node.asString().toUpperCase(Locale.ROOT));
  }

  private static Duration duration(JsonNode node, String field) {
    return node.has(field) ? Durations.parse(node.get(field).asString()) : Duration.ZERO;
  }

  private static List<Path> files(@Nullable Path directory) {
    if (directory == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    } catch (IOException e) {
      throw new BadRunbookException("muster.runbooks.directory " + directory + " cannot be read");
    }
  }

  private static String resource(String name) {
    try (InputStream in = Catalog.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}
