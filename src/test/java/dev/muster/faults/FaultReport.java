package dev.muster.faults;

import dev.muster.faults.Violation.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A run as a row of the report, which adds up the runs.
 *
 * @param cells of the table of runs
 * @param faults by kind
 */
record FaultReport(List<String> cells, Map<String, Integer> faults) {

  static final String RUNS =
      "| date | commit | seed | over | minutes | jobs | verbs | step executions | faults | duplicates | lost | stuck | other | latest start after a stop |";
  static final String FAULTS = "| fault | times |";

  private static final String ALL = "all";
  private static final int FIRST_SUM = 4;
  private static final int LATEST = 13;

  FaultReport {
    cells = List.copyOf(cells);
    faults = new TreeMap<>(faults);
  }

  static FaultReport of(FaultRun.Result result) {
    FaultRun.Order order = result.order();
    OptionalLong latest = Judge.latestStartAfterStopNs(result.evidence());
    long other =
        result.violations().stream()
            .filter(
                v -> v.kind() != Kind.DUPLICATE && v.kind() != Kind.LOST && v.kind() != Kind.STUCK)
            .count();
    return new FaultReport(
        List.of(
            LocalDate.now(ZoneOffset.UTC).toString(),
            commit(),
            Long.toString(order.seed()),
            order.way().name().toLowerCase(Locale.ROOT),
            Long.toString(Math.max(1, order.lasts().toMinutes())),
            Integer.toString(result.evidence().jobs().size()),
            Integer.toString(result.verbs()),
            Integer.toString(result.evidence().executions().size()),
            Integer.toString(result.faults().values().stream().mapToInt(Integer::intValue).sum()),
            count(result, Kind.DUPLICATE),
            count(result, Kind.LOST),
            count(result, Kind.STUCK),
            Long.toString(other),
            latest.isPresent() ? latest.getAsLong() / 1_000_000 + " ms" : "none"),
        result.faults());
  }

  private static String count(FaultRun.Result result, Kind kind) {
    return Long.toString(result.violations().stream().filter(v -> v.kind() == kind).count());
  }

  /** The last one that changed muster itself. */
  private static String commit() {
    try {
      Process git =
          new ProcessBuilder("git", "log", "-1", "--format=%h", "--", "src/main")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }

  String row() {
    return row(cells);
  }

  private static String row(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  /** Adds this run to both tables of a document, which has them. */
  void mergeInto(Path file) {
    try {
      Files.writeString(file, merged(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String merged(String document) {
    List<List<String>> runs = new ArrayList<>(rows(document, RUNS));
    runs.removeIf(run -> run.getFirst().equals(ALL));
    runs.add(cells);
    Map<String, Integer> sums = new TreeMap<>(faults);
    rows(document, FAULTS)
        .forEach(row -> sums.merge(row.get(0), Integer.parseInt(row.get(1)), Integer::sum));
    List<List<String>> runsAndAll = new ArrayList<>(runs);
    runsAndAll.add(all(runs));
    String withRuns = replaced(document, RUNS, runsAndAll);
    return replaced(
        withRuns,
        FAULTS,
        sums.entrySet().stream()
            .map(entry -> List.of(entry.getKey(), entry.getValue().toString()))
            .toList());
  }

  private static List<String> all(List<List<String>> runs) {
    List<String> all = new ArrayList<>(List.of(ALL, "", "", ""));
    for (int i = FIRST_SUM; i < LATEST; i++) {
      int column = i;
      all.add(Long.toString(runs.stream().mapToLong(r -> Long.parseLong(r.get(column))).sum()));
    }
    all.add(
        runs.stream()
            .map(run -> run.get(LATEST))
            .filter(latest -> latest.endsWith(" ms"))
            .mapToLong(latest -> Long.parseLong(latest.replace(" ms", "")))
            .max()
            .stream()
            .mapToObj(ms -> ms + " ms")
            .findFirst()
            .orElse("none"));
    return all;
  }

  /** The lines below a table's header and its rule. */
  private static List<List<String>> rows(String document, String header) {
    return body(document, header).stream()
        .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .map(cells -> cells.subList(1, cells.size() - 1))
        .toList();
  }

  private static List<String> body(String document, String header) {
    return document
        .lines()
        .dropWhile(line -> !line.equals(header))
        .skip(2)
        .takeWhile(line -> line.startsWith("|"))
        .toList();
  }

  private static String replaced(String document, String header, List<List<String>> rows) {
    List<String> lines = document.lines().toList();
    int at = lines.indexOf(header);
    if (at < 0) {
      throw new IllegalArgumentException("no table " + header);
    }
    List<String> all = new ArrayList<>(lines.subList(0, at + 2));
    rows.forEach(row -> all.add(row(row)));
    all.addAll(lines.subList(at + 2 + body(document, header).size(), lines.size()));
    return all.stream().collect(Collectors.joining("\n", "", "\n"));
  }
}
