package dev.muster.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.architecture.Checkout.TextFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What lies where: the top level, the decision records and the shell scripts. */
final class TidyLayout {

  static final int LINES_PER_DECISION = 60;

  private static final Set<String> TOP_LEVEL =
      Set.of("pom.xml", "src", "deploy", "workflows.md", "README.md", "LICENSE");
  private static final String DECISIONS = "src/docs/decisions/";
  private static final Pattern DECISION = Pattern.compile("(\\d{4})-[a-z0-9]+(-[a-z0-9]+)*\\.md");
  private static final Map<String, Pattern> PARTS_OF_A_DECISION =
      Map.of(
          "a heading '## Decision'", Pattern.compile("(?m)^## Decision$"),
          "a heading '## Rationale'", Pattern.compile("(?m)^## Rationale$"),
          "a heading '## Consequences'", Pattern.compile("(?m)^## Consequences$"),
          "a line 'Date: yyyy-mm-dd'",
              Pattern.compile("\\bDate\\**:\\**\\s*\\d{4}-\\d\\d-\\d\\d\\b"),
          "a line 'Status: accepted'", Pattern.compile("\\bStatus\\**:\\**\\s*\\p{Alpha}"));

  private static final String[] SCRIPTS = {"deploy/", ".ci/", "src/main/resources/"};
  private static final Pattern SHEBANG = Pattern.compile("^#!.*\\b(ba|da|a|k|mk)?sh\\b.*");
  private static final Pattern SYNTAX_ERROR = Pattern.compile("^.*?:(?: line)? (\\d+): (.*)");

  private TidyLayout() {}

  static List<Violation> topLevel(Checkout checkout) {
    return checkout.files().keySet().stream()
        .map(path -> path.replaceAll("/.*", ""))
        .distinct()
        .filter(name -> !name.startsWith(".") && !TOP_LEVEL.contains(name))
        .map(name -> new Violation(name, 1, "does not belong at the top", "move it below src"))
        .toList();
  }

  static List<Violation> decisions(Checkout checkout) {
    List<Violation> violations = new ArrayList<>();
    Map<String, String> byNumber = new HashMap<>();
    checkout
        .texts()
        .filter(file -> file.isUnder(DECISIONS) && !file.name().equals("README.md"))
        .forEach(
            file -> {
              Matcher name = DECISION.matcher(file.name());
              if (!name.matches()) {
                violations.add(file.violation(1, "no decision's name", "call it 0042-slug.md"));
                return;
              }
              String other = byNumber.putIfAbsent(name.group(1), file.name());
              if (other != null) {
                String what = "has the number of " + other;
                violations.add(file.violation(1, what, "take the next free number"));
              }
              violations.addAll(badDecision(file));
            });
    return violations;
  }

  private static List<Violation> badDecision(TextFile file) {
    List<Violation> violations = new ArrayList<>();
    if (file.lines().size() > LINES_PER_DECISION) {
      String what = file.lines().size() + " lines, at most " + LINES_PER_DECISION;
      String fix = "keep what was decided and why, and link the rest";
      violations.add(file.violation(LINES_PER_DECISION + 1, what, fix));
    }
    PARTS_OF_A_DECISION.forEach(
        (part, pattern) -> {
          if (!pattern.matcher(file.text()).find()) {
            violations.add(file.violation(1, "the record lacks a part", "add " + part));
          }
        });
    return violations;
  }

  static List<Violation> scripts(Checkout checkout) {
    return checkout
        .texts()
        .filter(file -> file.isUnder(SCRIPTS))
        .flatMap(file -> Stream.concat(badStart(file), badSyntax(file)))
        .toList();
  }

  /** Scripts that people start say what runs them; those in resources are fed to a shell by us. */
  private static Stream<Violation> badStart(TextFile file) {
    boolean started = !file.isUnder("src/main/resources/");
    boolean meant = file.name().endsWith(".sh") || file.executable() || isCiCommand(file);
    boolean says = !file.lines().isEmpty() && file.lines().getFirst().startsWith("#!");
    if (started && meant && !says) {
      return Stream.of(file.violation(1, "a script without #!", "begin with #!/bin/sh"));
    }
    if (started && says && !file.executable()) {
      String fix = "chmod +x " + file.path();
      return Stream.of(file.violation(1, "a script that is not executable", fix));
    }
    return Stream.empty();
  }

  private static boolean isCiCommand(TextFile file) {
    return file.isUnder(".ci/") && !file.name().contains(".");
  }

  private static Stream<Violation> badSyntax(TextFile file) {
    String first = file.lines().isEmpty() ? "" : file.lines().getFirst();
    boolean shell = file.name().endsWith(".sh") || SHEBANG.matcher(first).matches();
    if (!shell) {
      return Stream.empty();
    }
    String name = first.startsWith("#!") && first.contains("bash") ? "bash" : "sh";
    String complaint = complaint(name, file.text());
    if (complaint.isEmpty()) {
      return Stream.empty();
    }
    Matcher error = SYNTAX_ERROR.matcher(complaint);
    int line = error.find() ? Integer.parseInt(error.group(1)) : 1;
    String fix = "correct it until '" + name + " -n " + file.path() + "' is silent";
    return Stream.of(file.violation(line, complaint.lines().findFirst().orElse(complaint), fix));
  }

  /** What a shell says of a script that it reads without running it. */
  private static String complaint(String shell, String script) {
    try {
      Process process = new ProcessBuilder(shell, "-n").redirectErrorStream(true).start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(script.getBytes(UTF_8));
      } catch (IOException theShellStoppedReading) {
        // It has found an error, which its output tells.
      }
      return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + shell, e);
    }
  }
}
