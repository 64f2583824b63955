package dev.wta.cli.command;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.ReproduceSummary;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Interruption;
import dev.wta.cli.terminal.ReproductionDisplay;
import dev.wta.reproduce.ExperimentScale;
import dev.wta.reproduce.PaperTable;
import dev.wta.reproduce.PaperTables;
import dev.wta.reproduce.run.ReproducedTable;
import dev.wta.reproduce.run.Reproduction;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code wta reproduce}: measures a paper's table. */
@Command(
    name = "reproduce",
    description = {
      "Measures a paper's table and prints it beside the paper's figures.",
      "",
      "Everything is kept in --out: imported data, runs, finished rows and the table as Markdown."
          + " Run the same command again to continue after a stop or a kill."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta reproduce --list",
      "  wta reproduce mnist-conv --data mnist --scale smoke",
      "  wta reproduce mnist-few-labels --data mnist --scale small --json",
      "  wta reproduce mnist-conv --data mnist --scale full --held-out 10000",
      "  wta reproduce mnist-conv --scale full --list",
      "  wta reproduce mnist-fc --scale full --row 'k falling' --row 'FC-WTA, 2000'"
    })
public final class ReproduceCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "TABLE",
      description = "The table, such as mnist-conv; --list lists them.")
  String table;

  @Option(
      names = "--list",
      description =
          "List the tables, or the rows of TABLE with their state, cost and figure in --out, and"
              + " exit.")
  boolean list;

  @Option(
      names = "--scale",
      paramLabel = "NAME",
      defaultValue = "small",
      description =
          "The size of the experiments: smoke (about a minute, a check that all runs), small or"
              + " full (default: ${DEFAULT-VALUE}).")
  ExperimentScale scale;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "data",
      description =
          "The folder that holds the data set's files as published, or its parent (default:"
              + " ${DEFAULT-VALUE}).")
  Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "runs/reproduce",
      description = "The folder to write to (default: ${DEFAULT-VALUE}).")
  Path out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "The random seed (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Measure the error on N random training samples, left out of training, instead of the"
              + " test samples, to choose settings by. Written beside the other results in --out.")
  int heldOut;

  @Option(
      names = "--row",
      paramLabel = "TEXT",
      description =
          "Measure only the rows whose name contains this text; may be repeated. The names are"
              + " those that --list prints.")
  List<String> rows = List.of();

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (heldOut < 0) {
      throw new ParameterException(
          spec.commandLine(), "--held-out is %d, and has to be 0 or more".formatted(heldOut));
    }
    if (list) {
      List<PaperTable> tables =
          table == null ? PaperTables.all() : List.of(PaperTables.named(table));
      ReproduceSummary.list(tables.stream().map(this::request).toList(), json);
      return ExitCode.OK;
    }
    if (table == null) {
      throw new MissingParameterException(
          spec.commandLine(),
          spec.positionalParameters().getFirst(),
          "missing the name of a table");
    }
    Reproduction.Request request = request(PaperTables.named(table));
    long start = System.nanoTime();
    ReproducedTable result;
    try (Backend backend = compute.open();
        ReproductionDisplay display =
            new ReproductionDisplay(screen.get(), request.table().data().name())) {
      Reproduction reproduction = new Reproduction(request, backend, display);
      try (Interruption _ = Interruption.asking(reproduction::requestStop)) {
        result = reproduction.run();
        if (!result.finished()) {
          screen
              .get()
              .note(
                  "stopped and saved; the same command resumes, finished rows are in "
                      + result.markdown());
          return ExitCode.INTERRUPTED;
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (json) {
      JsonOutput.print(ReproduceSummary.toJson(result, seconds));
    } else {
      ReproduceSummary.print(result, seconds);
    }
    return ExitCode.OK;
  }

  private Reproduction.Request request(PaperTable of) {
    return new Reproduction.Request(
        of, scale, data, out, Seed.of(seed), heldOut, of.rowsNamed(rows));
  }
}
