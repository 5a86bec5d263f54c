package dev.muster.architecture;

import dev.muster.architecture.Checkout.TextFile;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Words and names that do not belong where they stand, found line by line. */
final class TidyText {

  static final String STATIC = "src/main/resources/static/";

  private static final String MAIN = "src/main/java/";
  private static final String TEST = "src/test/";

  /** The rules and their samples must be able to name what they forbid. */
  private static final String THESE_RULES = "src/test/java/dev/muster/architecture/";

  /** A path of this machine: not the tail of a longer path, nor of a URL. */
  private static final String PATH_START = "(?<![\\w.$}):/-])";

  private static final List<Banned> BANNED =
      List.of(
          new Banned(
              "\\b(TODO|FIXME|XXX|HACK)\\b",
              file -> isProse(file) || file.isUnder("src/"),
              "is a debt left behind",
              "do it now, or open an issue and leave the line out"),
          new Banned(
              "\\bThread\\.sleep\\(",
              file -> file.isUnder(TEST),
              "makes tests slow and lucky",
              "await a condition with Awaitility, or move a clock by hand"),
          new Banned(
              "@Disabled\\b(?!\\s*\\(\\s*(value\\s*=\\s*)?\"[^\"])",
              file -> file.isUnder(TEST),
              "hides a failure without saying why",
              "write @Disabled(\"the reason, and when it ends\"), or delete the test"),
          new Banned(
              "\\bSystem\\.out\\b|\\bprintStackTrace\\b",
              file -> file.isUnder(MAIN),
              "bypasses the log",
              "log it with the ids, or return it"),
          new Banned(
              "(?i:\\bbk_)|[a-z0-9_]bk_|\\b[bB]k[A-Z]\\w*|[a-z0-9]Bk[A-Z]\\w*",
              file ->
                  file.isUnder(MAIN)
                      && !file.isUnder(MAIN + "dev/muster/http/")
                      && !file.isUnder(MAIN + "dev/muster/security/")
                      && !file.path().equals(MAIN + "dev/muster/inventory/ImportLine.java"),
              "is a name of the edge",
              "use the word of the glossary; only http, security and inventory/ImportLine translate"),
          new Banned(
              "(?i:\\bbk_)|[a-z0-9_]bk_",
              file -> file.isUnder(STATIC),
              "is a name of the edge",
              "let the page speak muster's own words"),
          new Banned(
              PATH_START + "/(work|farm)(?![\\w.-])",
              file -> true,
              "is a path of one machine",
              "write a relative path, or name a variable such as $MUSTER_HOME"),
          new Banned(
              PATH_START + "/tmp/",
              file -> !file.isUnder(TEST),
              "is a path that others can write to",
              "use $MUSTER_HOME, or mktemp"),
          new Banned(
              "\\b(repo\\.maven\\.apache\\.org|proxy\\.golang\\.org|registry\\.npmjs\\.org"
                  + "|pypi\\.org|deb\\.debian\\.org)\\b",
              file -> true,
              "binds the build to one registry",
              "leave the choice to the settings of whoever builds"));

  private TidyText() {}

  static List<Violation> bannedWords(Checkout checkout) {
    return checkout
        .texts()
        .filter(file -> !file.isUnder(THESE_RULES) && !isVendored(file))
        .flatMap(file -> BANNED.stream().flatMap(banned -> banned.in(file)))
        .toList();
  }

  /** Libraries of others that the page ships as they are. */
  static boolean isVendored(TextFile file) {
    return file.isUnder(STATIC + "vendor/");
  }

  private static boolean isProse(TextFile file) {
    return file.path().equals("README.md") || file.path().equals("workflows.md");
  }

  private record Banned(Pattern pattern, Predicate<TextFile> where, String why, String fix) {

    Banned(String pattern, Predicate<TextFile> where, String why, String fix) {
      this(Pattern.compile(pattern), where, why, fix);
    }

    Stream<Violation> in(TextFile file) {
      return where.test(file)
          ? IntStream.range(0, file.lines().size()).boxed().flatMap(line -> in(file, line))
          : Stream.empty();
    }

    private Stream<Violation> in(TextFile file, int line) {
      return pattern
          .matcher(file.lines().get(line))
          .results()
          .map(found -> file.violation(line + 1, "'" + found.group() + "' " + why, fix));
    }
  }
}
