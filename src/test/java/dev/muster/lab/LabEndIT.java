package dev.muster.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a lab ends, nothing of it is left: no process, namespace, interface, mount or file. */
@NeedsLab
class LabEndIT {

  @Test
  void two_labs_live_side_by_side_and_closing_leaves_nothing() {
    Set<String> traces = new TreeSet<>();
    try (Lab one = Lab.start(2);
        Lab other = Lab.start(2)) {
      traces.addAll(traces(one));
      traces.addAll(traces(other));
      assertThat(traces).hasSize(2 * (2 + 2 * 4));
      assertThat(SystemSsh.of(one).run(one.host(2), "true").exit()).isZero();
      assertThat(SystemSsh.of(other).run(other.host(2), "true").exit()).isZero();
      assertThat(left(traces)).isEqualTo(traces);
    }
    assertThat(left(traces)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"killed", "exits", "interrupted"})
  void a_jvm_that_ends_with_a_lab_leaves_nothing(String how, @TempDir Path directory)
      throws IOException, InterruptedException {
    Process victim = victim(how, directory);
    Set<String> traces = new TreeSet<>(Set.of(directory + "/mlab-"));
    try (BufferedReader said = victim.inputReader(StandardCharsets.UTF_8)) {
      said.lines().takeWhile(line -> !line.equals("ready")).forEach(traces::add);
      if (how.equals("killed")) {
        assertThat(left(traces)).isEqualTo(traces);
      }
    } finally {
      if (how.equals("killed")) {
        victim.destroyForcibly();
      }
    }
    assertThat(victim.waitFor()).isEqualTo(how.equals("killed") ? 137 : 0);
    await().untilAsserted(() -> assertThat(left(traces)).isEmpty());
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  private static Process victim(String how, Path directory) throws IOException {
    List<String> argv = new ArrayList<>();
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-cp", System.getProperty("java.class.path")));
    argv.add("-Djava.io.tmpdir=" + directory);
    argv.addAll(List.of(Victim.class.getName(), how));
    return new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /**
   * The other JVM: starts a lab, says what could be noticed of it, and ends in the way it is told.
   */
  static final class Victim {

    private Victim() {}

    public static void main(String[] arguments) throws InterruptedException {
      if (arguments[0].equals("interrupted")) {
        startInterrupted();
        return;
      }
      Lab lab = Lab.start(2);
      traces(lab).forEach(System.out::println);
      System.out.println("ready");
      if (arguments[0].equals("exits")) {
        System.exit(0);
      }
      Thread.currentThread().join();
    }

    /**
     * Returns normally only if the start fails, in the middle, when the first holder is at work.
     */
    private static void startInterrupted() {
      Thread starter = Thread.currentThread();
      File tmp = new File(System.getProperty("java.io.tmpdir"));
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                while (!hasHost(tmp)) {
                  Thread.onSpinWait();
                }
                starter.interrupt();
              });
      try (Lab lab = Lab.start(20)) {
        throw new IllegalStateException("was not interrupted before the start of " + lab.hosts());
      } catch (RuntimeException e) {
        if (!Thread.interrupted()) {
          throw e;
        }
      }
    }

    private static boolean hasHost(File tmp) {
      String[] names = Objects.requireNonNullElse(tmp.list(), new String[0]);
      return Stream.of(names).anyMatch(name -> new File(tmp, name + "/host-5/lab/ledger").exists());
    }
  }

  /** What could be noticed of a lab: its directory, its interfaces and its hosts' namespaces. */
  private static Set<String> traces(Lab lab) {
    Set<String> traces = new TreeSet<>();
    traces.add(String.valueOf(lab.identity().getParent()));
    traces.add(lab.bridge());
    for (LabHost host : lab.hosts()) {
      traces.add(lab.bridge() + "h" + host.id());
      for (String kind : List.of("net", "mnt", "pid")) {
        traces.add(host.exec("readlink", "/proc/1/ns/" + kind).orThrow().strip());
      }
    }
    return traces;
  }

  private static Set<String> left(Set<String> traces) {
    Set<String> left = new TreeSet<>();
    for (String trace : traces) {
      boolean file = trace.startsWith("/") && Files.exists(Path.of(trace));
      boolean link = Files.exists(Path.of("/sys/class/net", trace));
      if (file || link || !processes(trace).isEmpty()) {
        left.add(trace);
      }
    }
    return left;
  }

  /**
   * The processes that live in a namespace of this name, have a mount from, or a script in, this
   * directory.
   */
  private static List<Path> processes(String trace) {
    return ProcessHandle.allProcesses()
        .map(process -> Path.of("/proc", Long.toString(process.pid())))
        .filter(process -> mentions(process, trace))
        .toList();
  }

  private static boolean mentions(Path process, String trace) {
    try {
      if (!trace.startsWith("/")) {
        String kind = trace.replaceFirst(":.*", "");
        return trace.contains(":")
            && Files.readSymbolicLink(process.resolve("ns").resolve(kind)).endsWith(trace);
      }
      return Files.readString(process.resolve("mountinfo")).contains(trace)
          || Files.readString(process.resolve("cmdline")).contains("\0" + trace);
    } catch (IOException e) {
      // It ended in between.
      return false;
    }
  }
}
