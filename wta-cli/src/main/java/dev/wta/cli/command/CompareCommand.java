package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.eval.report.RunComparison;
import dev.wta.eval.report.RunFigures;
import dev.wta.models.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wta compare}: runs side by side. */
@Command(
    name = "compare",
    description = {
      "Compares runs: the settings that differ, and the newest figures of each.",
      "",
      "--out also writes an HTML page with the training curves, which needs no network."
    },
    parameterListHeading = "%nRuns:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta compare runs/first runs/second", "  wta compare runs/* --out compared.html"})
public final class CompareCommand implements Callable<Integer> {
  private static final int WIDEST = 28;

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "The runs' folders, two or more.")
  List<Path> runs;

  @Option(names = "--out", paramLabel = "FILE", description = "The HTML file to write.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() {
    if (runs.size() == 1) {
      throw new WtaException(
          "%s alone cannot be compared".formatted(runs.getFirst()),
          "give a second run's folder beside it; 'wta info %s' shows one"
              .formatted(runs.getFirst()));
    }
    RunComparison compared = RunComparison.of(runs.stream().map(RunDirectory::open).toList());
    if (out != null) {
      compared.write(out);
    }
    if (json) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("runs", runs.stream().map(Path::toString).toList());
      document.put("settings", compared.settings());
      document.put("figures", compared.figures());
      document.put("page", out == null ? null : out.toString());
      JsonOutput.print(document);
      return ExitCode.OK;
    }
    PrintWriter writer = Output.writer();
    for (int i = 0; i < runs.size(); i++) {
      writer.printf("%d  %s%n", i + 1, runs.get(i));
    }
    print(writer, "settings that differ", compared.settings());
    print(writer, "figures", RunFigures.titled(compared.figures()));
    if (out != null) {
      writer.printf("%ncurves: %s%n", out);
    }
    return ExitCode.OK;
  }

  /** A line a name, a column a run; a value that is too wide for its column moves the rest. */
  private static <T> void print(PrintWriter writer, String heading, Map<String, List<T>> rows) {
    writer.printf("%n%s%n", rows.isEmpty() ? "no " + heading : heading);
    int names = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
    int values =
        rows.values().stream()
            .flatMap(List::stream)
            .mapToInt(value -> RunComparison.text(value).length())
            .max()
            .orElse(1);
    String column = "  %-" + Math.clamp(values, 1, WIDEST) + "s";
    rows.forEach(
        (name, each) -> {
          StringBuilder line = new StringBuilder(("  %-" + names + "s").formatted(name));
          each.forEach(value -> line.append(column.formatted(RunComparison.text(value))));
          writer.println(line.toString().stripTrailing());
        });
  }
}
