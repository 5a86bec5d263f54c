package dev.muster.architecture;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import dev.muster.architecture.Checkout.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Sizes that keep the code readable, and the sentence that every package begins with. */
final class TidyJava {

  static final int LINES_PER_FILE = 400;
  static final int LINES_PER_METHOD = 70;
  static final int FILES_PER_PACKAGE = 20;
  static final int PACKAGES = 16;
  static final int LINES_OF_CODE = 20_000;

  private static final String PACKAGE_INFO = "package-info.java";
  private static final Pattern FIRST_SENTENCE =
      Pattern.compile("/\\*\\*[\\s*]*\\p{Lu}[^.!?]*[.!?]");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/");
  private static final Pattern NULL_MARKED =
      Pattern.compile("(?m)^@(org\\.jspecify\\..*)?NullMarked\\b");

  private TidyJava() {}

  static List<Violation> longFiles(Checkout checkout) {
    return checkout
        .texts()
        .filter(file -> isMainJava(file) || isWebFile(file))
        .filter(file -> file.lines().size() > LINES_PER_FILE)
        .map(
            file ->
                file.violation(
                    LINES_PER_FILE + 1,
                    file.lines().size() + " lines, at most " + LINES_PER_FILE,
                    "move one responsibility out under a name of its own"))
        .toList();
  }

  static List<Violation> longMethods(Checkout checkout) {
    List<Violation> violations = new ArrayList<>();
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(
                    null,
                    null,
                    error -> {},
                    List.of("-proc:none"),
                    null,
                    checkout.mainJava().map(Source::new).toList());
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        new TreeScanner<Void, TextFile>() {
          @Override
          public Void visitMethod(MethodTree method, TextFile file) {
            LineMap lines = unit.getLineMap();
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long last = lines.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first + 1 > LINES_PER_METHOD) {
              violations.add(longMethod(file, method, (int) first, (int) last));
            }
            return super.visitMethod(method, file);
          }
        }.scan(unit, checkout.files().get(Source.path(unit)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot parse src/main/java", e);
    }
    return violations;
  }

  private static Violation longMethod(TextFile file, MethodTree method, int first, int last) {
    String what = method.getName() + " has " + (last - first + 1) + " lines";
    return file.violation(
        first,
        what + ", at most " + LINES_PER_METHOD,
        "give its parts names: a method fits a screen");
  }

  static List<Violation> packagesOutOfBounds(Checkout checkout) {
    List<Violation> violations = new ArrayList<>();
    Map<String, List<TextFile>> packages =
        checkout
            .mainJava()
            .filter(file -> !file.name().equals(PACKAGE_INFO))
            .collect(Collectors.groupingBy(TextFile::folder, TreeMap::new, Collectors.toList()));
    packages.forEach(
        (folder, files) -> {
          if (files.size() > FILES_PER_PACKAGE) {
            String what = files.size() + " files in a package, at most " + FILES_PER_PACKAGE;
            violations.add(new Violation(folder, 1, what, "split it along a word of the glossary"));
          }
        });
    if (packages.size() > PACKAGES) {
      String what = packages.size() + " packages, at most " + PACKAGES;
      violations.add(
          new Violation("src/main/java", 1, what, "merge two that always change together"));
    }
    long lines = checkout.mainJava().mapToLong(TidyJava::linesOfCode).sum();
    if (lines > LINES_OF_CODE) {
      String what = lines + " lines of code, at most " + LINES_OF_CODE;
      violations.add(new Violation("src/main/java", 1, what, "take something away first"));
    }
    return violations;
  }

  /** What a reader has to understand: not blanks, comments, imports and the package's name. */
  private static long linesOfCode(TextFile file) {
    return COMMENT
        .matcher(file.text())
        .replaceAll("")
        .lines()
        .filter(line -> !line.isBlank() && !line.matches("\\s*(//|import |package ).*"))
        .count();
  }

  static List<Violation> packagesWithoutSentence(Checkout checkout) {
    return checkout
        .java()
        .filter(file -> file.isUnder("src/main/java/", "src/demo/java/"))
        .map(TextFile::folder)
        .distinct()
        .flatMap(folder -> badPackageInfo(checkout, folder + "/" + PACKAGE_INFO))
        .toList();
  }

  private static Stream<Violation> badPackageInfo(Checkout checkout, String path) {
    TextFile info = checkout.files().get(path);
    if (info == null) {
      String fix = "add it with one sentence that says what the package is, and @NullMarked";
      return Stream.of(new Violation(path, 1, "no package-info.java", fix));
    }
    Stream.Builder<Violation> violations = Stream.builder();
    Matcher marked = NULL_MARKED.matcher(info.text());
    if (!marked.find()) {
      violations.add(info.violation(1, "no @NullMarked", "annotate the package with it"));
    }
    if (!FIRST_SENTENCE.matcher(info.text()).find()) {
      String fix = "begin with a comment /** One sentence that says what the package is. */";
      violations.add(info.violation(1, "no first sentence", fix));
    }
    return violations.build();
  }

  private static boolean isMainJava(TextFile file) {
    return file.isUnder("src/main/java/") && file.path().endsWith(".java");
  }

  private static boolean isWebFile(TextFile file) {
    return file.isUnder(TidyText.STATIC) && !TidyText.isVendored(file);
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(TextFile file) {
      super(URI.create("string:///" + file.path()), Kind.SOURCE);
      this.text = file.text();
    }

    static String path(CompilationUnitTree unit) {
      return unit.getSourceFile().toUri().getPath().substring(1);
    }

    @Override
    public String getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
