package dev.muster.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Holds a Mermaid flowchart of the packages against {@link ImportTable}. The flowchart follows the
 * line {@code <!-- packages -->}; its nodes are package names ({@code muster} is the root package)
 * and an arrow {@code a --> b} says that a imports b. Understood are chains, {@code a & b}, labels
 * between bars, node shapes, subgraphs, comments and style lines; anything else is reported.
 */
final class PackageDiagram {

  static final String MARKER = "<!-- packages -->";

  private static final Pattern ARROW = Pattern.compile("\\s*(?:-->|-\\.->|==>)\\s*");
  private static final Pattern LABEL = Pattern.compile("\\|[^|]*\\|");
  private static final Pattern SHAPE = Pattern.compile("\\[.*?]|\\(.*?\\)|\\{.*?}|:::\\w+");
  private static final Pattern NODE = Pattern.compile("[a-z]+");
  private static final Pattern FURNITURE =
      Pattern.compile(
          "(flowchart|graph|subgraph|end|direction|classDef|class|style|linkStyle|click)\\b.*");

  private final String file;
  private final Set<String> shown = new TreeSet<>();
  private final List<String> problems = new ArrayList<>();

  private PackageDiagram(String file) {
    this.file = file;
  }

  /** What is wrong with the diagram in a file: nothing, if the list is empty. */
  static List<String> problems(Path file) {
    if (!Files.exists(file)) {
      return List.of(file + " does not exist yet: write it, with " + remedy());
    }
    try {
      return problems(file.toString(), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  static List<String> problems(String file, List<String> lines) {
    PackageDiagram diagram = new PackageDiagram(file);
    int marker = lines.indexOf(MARKER);
    if (marker < 0 || marker + 1 == lines.size() || !lines.get(marker + 1).equals("```mermaid")) {
      return List.of(file + ":" + Math.max(1, marker + 1) + ": no diagram: add " + remedy());
    }
    for (int i = marker + 2; i < lines.size() && !lines.get(i).startsWith("```"); i++) {
      diagram.read(i + 1, lines.get(i).replaceAll("%%.*", "").strip());
    }
    diagram.askForMissingPackages(marker + 1);
    return diagram.problems;
  }

  private static String remedy() {
    return "a Mermaid flowchart of the packages in a ```mermaid block right after the line "
        + MARKER
        + "; an arrow a --> b says that a imports b";
  }

  private void read(int line, String text) {
    if (text.isEmpty() || FURNITURE.matcher(text).matches()) {
      return;
    }
    String plain = SHAPE.matcher(LABEL.matcher(text).replaceAll("")).replaceAll("");
    List<List<String>> chain = new ArrayList<>();
    for (String end : ARROW.split(plain.replaceAll(";$", ""), -1)) {
      chain.add(Arrays.stream(end.split("&", -1)).map(String::strip).toList());
    }
    List<String> nodes = chain.stream().flatMap(List::stream).toList();
    if (!nodes.stream().allMatch(node -> NODE.matcher(node).matches())) {
      report(line, "cannot read '" + text + "': write package names and arrows a --> b");
      return;
    }
    nodes.forEach(node -> meet(line, node));
    for (int i = 1; i < chain.size(); i++) {
      for (String from : chain.get(i - 1)) {
        chain.get(i).forEach(to -> connect(line, from, to));
      }
    }
  }

  private void meet(int line, String node) {
    if (!ImportTable.knows(packageOf(node))) {
      report(line, node + " is no package: take the node out, or add the package to ImportTable");
    }
    shown.add(packageOf(node));
  }

  private void connect(int line, String from, String to) {
    boolean known = ImportTable.knows(packageOf(from)) && ImportTable.knows(packageOf(to));
    if (known && !ImportTable.allows(packageOf(from), packageOf(to))) {
      String reason = from + " may not import " + to + " by ImportTable";
      report(line, reason + ": take the arrow out, or turn it if it shows where data goes");
    }
  }

  private void askForMissingPackages(int line) {
    Set<String> missing = new TreeSet<>(ImportTable.ALLOWED.keySet());
    missing.removeAll(shown);
    if (!missing.isEmpty()) {
      report(line, "the diagram lacks the packages " + missing + ": draw them");
    }
  }

  private static String packageOf(String node) {
    return node.equals("muster") ? ImportTable.ROOT : node;
  }

  private void report(int line, String problem) {
    problems.add(file + ":" + line + ": " + problem);
  }
}
