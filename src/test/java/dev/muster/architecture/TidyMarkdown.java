package dev.muster.architecture;

import dev.muster.architecture.Checkout.TextFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Documents whose links and pictures work, in any checkout, without a network. */
final class TidyMarkdown {

  private static final Pattern HEADING = Pattern.compile("^(#{1,6})\\s+(.*?)\\s*#*$");
  private static final Pattern FENCE = Pattern.compile("^\\s*(```|~~~).*");
  private static final Pattern LINK =
      Pattern.compile(
          "!?\\[(?:[^\\[\\]]|\\[[^\\]]*])*]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)"
              + "|^\\s*\\[[^\\]]+]:\\s*<?([^\\s>]+)>?"
              + "|\\b(?:src|href)=\"([^\"]+)\"");
  private static final Pattern NESTED_IMAGE =
      Pattern.compile("!\\[[^\\]]*]\\(<?([^)\\s>]+)>?[^)]*\\)");
  private static final Pattern ANCHOR = Pattern.compile("\\b(?:id|name)=\"([^\"]+)\"");
  private static final Pattern ELSEWHERE = Pattern.compile("^([a-z][a-z0-9+.-]*:|//).*");

  private TidyMarkdown() {}

  static List<Violation> headings(Checkout checkout) {
    return checkout.markdown().flatMap(TidyMarkdown::titles).toList();
  }

  private static Stream<Violation> titles(TextFile file) {
    List<Integer> titles = new ArrayList<>();
    List<String> lines = prose(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("# ") || lines.get(i).startsWith("<h1")) {
        titles.add(i + 1);
      }
    }
    if (titles.isEmpty()) {
      return Stream.of(file.violation(1, "no title", "begin with a line '# What this is'"));
    }
    return titles.stream()
        .skip(1)
        .map(line -> file.violation(line, "a second title", "make it a section with ##"));
  }

  static List<Violation> brokenLinks(Checkout checkout) {
    Map<String, Set<String>> anchors = new HashMap<>();
    checkout.markdown().forEach(file -> anchors.put(file.path(), anchors(file)));
    Set<String> folders = new HashSet<>();
    for (String path : checkout.files().keySet()) {
      for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
        folders.add(path.substring(0, end));
      }
    }
    return checkout
        .markdown()
        .flatMap(file -> brokenLinks(file, checkout, folders, anchors))
        .toList();
  }

  private static Stream<Violation> brokenLinks(
      TextFile file, Checkout checkout, Set<String> folders, Map<String, Set<String>> anchors) {
    List<Violation> violations = new ArrayList<>();
    List<String> lines = prose(file);
    for (int i = 0; i < lines.size(); i++) {
      for (String target : targets(lines.get(i).replaceAll("`[^`]*`", ""))) {
        String path = resolve(file, target.replaceAll("[#?].*", ""));
        String anchor = target.contains("#") ? target.substring(target.indexOf('#') + 1) : "";
        if (!path.isEmpty() && !checkout.files().containsKey(path) && !folders.contains(path)) {
          String what = "link to " + target + ", but there is no " + path;
          violations.add(file.violation(i + 1, what, "correct the link, or commit the file"));
        } else if (anchors.containsKey(path)
            && !anchor.isEmpty()
            && !anchors.get(path).contains(anchor)) {
          String what = "link to " + target + ", but no heading of " + path + " makes #" + anchor;
          violations.add(file.violation(i + 1, what, "take one of " + anchors.get(path)));
        }
      }
    }
    return violations.stream();
  }

  private static List<String> targets(String line) {
    return Stream.of(LINK, NESTED_IMAGE)
        .flatMap(pattern -> pattern.matcher(line).results())
        .map(TidyMarkdown::firstGroup)
        .filter(target -> !ELSEWHERE.matcher(target).matches())
        .distinct()
        .toList();
  }

  private static String firstGroup(MatchResult result) {
    for (int group = 1; group <= result.groupCount(); group++) {
      if (result.group(group) != null) {
        return result.group(group);
      }
    }
    throw new IllegalStateException("no group in " + result.group());
  }

  /** The path below the root; the file itself for a bare anchor, the empty path for the root. */
  private static String resolve(TextFile file, String target) {
    if (target.isEmpty()) {
      return file.path();
    }
    List<String> path = new ArrayList<>();
    if (!file.folder().isEmpty()) {
      path.addAll(List.of(file.folder().split("/")));
    }
    for (String part : target.split("/", -1)) {
      if (part.equals("..") && path.isEmpty()) {
        return "place outside the repository";
      } else if (part.equals("..")) {
        path.removeLast();
      } else if (!part.equals(".") && !part.isEmpty()) {
        path.add(part);
      }
    }
    return String.join("/", path);
  }

  /** The anchors GitHub makes of the headings: lower case, no punctuation, repeats numbered. */
  private static Set<String> anchors(TextFile file) {
    Set<String> anchors = new TreeSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (String line : prose(file)) {
      ANCHOR.matcher(line).results().forEach(found -> anchors.add(found.group(1)));
      HEADING
          .matcher(line)
          .results()
          .map(found -> slug(found.group(2)))
          .forEach(
              slug -> {
                int repeats = seen.merge(slug, 1, Integer::sum) - 1;
                anchors.add(repeats == 0 ? slug : slug + "-" + repeats);
              });
    }
    return anchors;
  }

  private static String slug(String heading) {
    return heading
        .replaceAll("!?\\[([^\\]]*)]\\([^)]*\\)", "$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
        .replace(' ', '-');
  }

  /** The lines of a document, with those of code blocks blanked. */
  private static List<String> prose(TextFile file) {
    List<String> prose = new ArrayList<>();
    boolean code = false;
    for (String line : file.lines()) {
      boolean fence = FENCE.matcher(line).matches();
      prose.add(code || fence ? "" : line);
      code ^= fence;
    }
    return prose;
  }
}
