package dev.muster.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of the repository by path: what git tracks or would track, and where git does not help
 * (a source archive), what lies there besides build output.
 */
record Checkout(SortedMap<String, TextFile> files) {

  private static final Set<String> NOT_OURS =
      Set.of(".git", "target", ".idea", ".vscode", ".settings", "node_modules");

  /** One file; a binary one has no lines. */
  record TextFile(String path, List<String> lines, boolean binary, boolean executable) {

    TextFile {
      lines = List.copyOf(lines);
    }

    boolean isUnder(String... folders) {
      return Arrays.stream(folders).anyMatch(path::startsWith);
    }

    String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }

    String folder() {
      return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
    }

    String text() {
      return String.join("\n", lines) + "\n";
    }

    Violation violation(int line, String what, String fix) {
      return new Violation(path, line, what, fix);
    }
  }

  /** The repository that this test runs in. */
  static Checkout here() {
    Path root = Path.of("").toAbsolutePath();
    try {
      SortedMap<String, TextFile> files = new TreeMap<>();
      List<String> tracked = tracked(root);
      for (String path : tracked.contains("pom.xml") ? tracked : walk(root)) {
        if (Files.isRegularFile(root.resolve(path))) {
          files.put(path, read(root, path));
        }
      }
      return new Checkout(files);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the files of " + root, e);
    }
  }

  /** A repository of samples: text by path. */
  static Checkout of(Map<String, String> texts) {
    SortedMap<String, TextFile> files = new TreeMap<>();
    texts.forEach(
        (path, text) -> files.put(path, new TextFile(path, text.lines().toList(), false, false)));
    return new Checkout(files);
  }

  Stream<TextFile> texts() {
    return files.values().stream().filter(file -> !file.binary());
  }

  Stream<TextFile> mainJava() {
    return java().filter(file -> file.isUnder("src/main/java/"));
  }

  Stream<TextFile> java() {
    return texts().filter(file -> file.path().endsWith(".java"));
  }

  Stream<TextFile> markdown() {
    return texts().filter(file -> file.path().endsWith(".md"));
  }

  private static List<String> tracked(Path root) throws IOException {
    try {
      Process git =
          new ProcessBuilder("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
              .directory(root.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String listing = new String(git.getInputStream().readAllBytes(), UTF_8);
      return Arrays.stream(listing.split("\0", -1)).filter(path -> !path.isEmpty()).toList();
    } catch (IOException gitIsNotInstalled) {
      return List.of();
    }
  }

  private static List<String> walk(Path root) throws IOException {
    List<String> paths = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return NOT_OURS.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            paths.add(root.relativize(file).toString().replace('\\', '/'));
            return FileVisitResult.CONTINUE;
          }
        });
    return paths;
  }

  private static TextFile read(Path root, String path) throws IOException {
    Path file = root.resolve(path);
    byte[] bytes = Files.readAllBytes(file);
    boolean executable = Files.isExecutable(file);
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      boolean binary = text.indexOf('\0') >= 0;
      return new TextFile(path, binary ? List.of() : text.lines().toList(), binary, executable);
    } catch (CharacterCodingException notUtf8) {
      return new TextFile(path, List.of(), true, executable);
    }
  }
}
