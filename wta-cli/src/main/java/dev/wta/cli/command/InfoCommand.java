package dev.wta.cli.command;

import dev.wta.cli.inspect.Description;
import dev.wta.cli.option.DataOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.eval.report.RunComparison;
import dev.wta.eval.report.RunFigures;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code wta info}: what a run or a file is. */
@Command(
    name = "info",
    description = {
      "Describes a run or a file: its settings, sizes and figures, and the commands that take it.",
      "",
      "It reads runs, the data files that 'wta train' takes, NumPy arrays, safetensors, and models"
          + " of other tools."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta info runs/first", "  wta info train.arrow --json"})
public final class InfoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PATH", description = "The run's folder, or the file.")
  Path path;

  @Mixin DataOptions data;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() {
    Description found = Description.of(path, data.ofSamples());
    if (json) {
      JsonOutput.print(found.toJson(path));
    } else {
      PrintWriter out = Output.writer();
      out.printf("%s: %s%n", path, found.kind());
      print(out, found.facts(), "  ");
      out.println("use it:");
      found.use().forEach(command -> out.println("  " + command));
    }
    return ExitCode.OK;
  }

  private static Map<String, ?> titled(Map<?, ?> figures) {
    Map<String, Object> named = new LinkedHashMap<>();
    figures.forEach((name, figure) -> named.put(name.toString(), figure));
    return RunFigures.titled(named);
  }

  private static void print(PrintWriter out, Map<?, ?> facts, String indent) {
    int longest = facts.keySet().stream().mapToInt(key -> key.toString().length()).max().orElse(0);
    facts.forEach(
        (name, value) -> {
          if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
            out.printf("%s%s%n", indent, name);
            print(out, name.equals("figures") ? titled(inner) : inner, indent + "  ");
          } else if (!(value instanceof Map<?, ?>)) {
            out.printf("%s%-" + longest + "s  %s%n", indent, name, RunComparison.text(value));
          }
        });
  }
}
