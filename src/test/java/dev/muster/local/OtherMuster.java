package dev.muster.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A muster in a process of its own that starts one local server and is killed. */
final class OtherMuster {

  private OtherMuster() {}

  /** Ends as if by kill -9: nothing is closed, no hook runs. */
  @SuppressWarnings("CatchAndPrintStackTrace")
  public static void main(String[] arguments) {
    try {
      Home home = Home.open(Path.of(arguments[0]), Path.of(arguments[1]));
      OsProcess server =
          arguments.length > 2
              ? LocalTemporal.start(home, Path.of(arguments[2])).process()
              : LocalPostgres.start(home).process();
      System.out.println("pid=" + server.pid());
    } catch (LocalServerRefusal e) {
      System.out.println(e.getMessage());
    } finally {
      System.out.flush();
      Runtime.getRuntime().halt(137);
    }
  }

  static long startsPostgresAndIsKilled(Path home, Path programs) throws Exception {
    return pid(run(List.of(home.toString(), programs.toString())));
  }

  static long startsTemporalAndIsKilled(Path home, Path executable) throws Exception {
    return pid(run(List.of(home.toString(), home.toString(), executable.toString())));
  }

  static String refusal(Path home) throws Exception {
    return run(List.of(home.toString(), home.toString()));
  }

  private static long pid(String output) {
    return output
        .lines()
        .filter(line -> line.startsWith("pid="))
        .mapToLong(line -> Long.parseLong(line.substring("pid=".length())))
        .findFirst()
        .orElseThrow(() -> new AssertionError(output));
  }

  private static String run(List<String> arguments) throws IOException, InterruptedException {
    return run(OtherMuster.class, arguments);
  }

  /** Runs a main class in a JVM of its own, and returns all that it printed. */
  static String run(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}
