package dev.wta.cli.importing;

import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.ImportDisplay;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the imports of all formats share: where they write, and what they say. */
abstract class ImportFormatCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file to write.")
  Path out;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Import at most N samples, evenly spaced in the source (default: all).")
  Integer limit;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  /** Imports. */
  abstract ImportSummary convert(ImportTarget target);

  @Override
  public final Integer call() {
    ImportTarget target = ImportTarget.to(out);
    if (limit != null) {
      if (limit < 1) {
        throw new ParameterException(spec.commandLine(), "--limit is %d".formatted(limit));
      }
      target = target.limit(limit);
    }
    ImportSummary summary;
    try (ImportDisplay display = new ImportDisplay(screen.get())) {
      summary = convert(target.listen(display));
    }
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      Output.writer()
          .println(
              String.format(
                  "%s: %s of %s, %s, %s%s",
                  summary.out(),
                  Counted.of(summary.samples(), "sample"),
                  summary.sample(),
                  summary.type().name().toLowerCase(Locale.ROOT),
                  classes(summary),
                  summary.unreadable() > 0
                      ? String.format("; %,d unreadable left out", summary.unreadable())
                      : ""));
    }
    return ExitCode.OK;
  }

  private static String classes(ImportSummary summary) {
    if (!summary.labelled()) {
      return "no labels";
    }
    return summary.classes() == 1 ? "1 class" : String.format("%,d classes", summary.classes());
  }

  private static Map<String, Object> toJson(ImportSummary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("out", summary.out().toString());
    json.put("samples", summary.samples());
    json.put("shape", summary.sample().extents());
    json.put("type", summary.type().name().toLowerCase(Locale.ROOT));
    json.put("labelled", summary.labelled());
    json.put("classes", summary.classes());
    json.put("unreadable", summary.unreadable());
    return json;
  }
}
