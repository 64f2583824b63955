package dev.wta.cli.command;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.eval.RanksPictures;
import dev.wta.models.roae.Roae;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code wta ranks}: the error of a rank-ordered autoencoder by the number of units that
 * reconstruct.
 */
@Command(
    name = "ranks",
    description = {
      "Measures how well the highest-ranked units of a roae run reconstruct a data set.",
      "",
      "For each number of units it prints the length of the reconstruction error, averaged over"
          + " samples.",
      "A run that was trained on patches reconstructs a random patch of each image."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta ranks --run runs/roae --data test.arrow",
      "  wta ranks --run runs/roae --data test.arrow --json",
      "  wta ranks --run runs/roae --data test.arrow --out ranks"
    })
public final class RanksCommand implements Callable<Integer>, WritesInto {
  /** Samples between two reports of progress. */
  private static final int PART = 1000;

  private static final int[] SHOWN = {1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280};

  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The samples to reconstruct.")
  Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The folder to write pictures into: convergence.svg, errors.png (a heat map, units by"
              + " epoch), outputs.svg, patches.png.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document, with each number of units.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    RunDirectory opened = run.open();
    String family = opened.config().family();
    if (!family.equals(Roae.NAME)) {
      throw new WtaException(
          "%s is a run of '%s', whose units have no ranks".formatted(run, family),
          "give a run of " + Roae.NAME);
    }
    int count;
    double[] error;
    try (StageDisplay display = new StageDisplay(screen.get());
        Dataset samples = DatasetFile.open(data);
        Backend backend = compute.open();
        Roae model = (Roae) opened.loadModel(backend)) {
      count = samples.size();
      error = errorByRank(model, samples, display);
      if (out != null) {
        RanksPictures.of(opened, model, samples).listen(display).write(out, error);
      }
    }
    if (json) {
      JsonOutput.print(toJson(count, error));
    } else {
      print(count, error);
    }
    return ExitCode.OK;
  }

  /** The errors of all samples, a part of them after the other, so that progress can be shown. */
  private static double[] errorByRank(Roae model, Dataset samples, ProgressListener listener) {
    Dataset shown = model.patchesOf(samples); // of all: which patch it is depends on the row
    double[] mean = new double[model.features()];
    for (int from = 0; from < shown.size(); from += PART) {
      listener.progressed("reconstructing", from, shown.size());
      int count = Math.min(PART, shown.size() - from);
      double[] ofPart = model.errorByRank(shown.range(from, count));
      for (int r = 0; r < mean.length; r++) {
        mean[r] += ofPart[r] * count / shown.size();
      }
    }
    return mean;
  }

  @Override
  public List<String> fileNames() {
    return RanksPictures.PICTURES;
  }

  private static void print(int samples, double[] error) {
    int units = error.length;
    PrintWriter out = Output.writer();
    out.printf("error of %s by the number of units%n", Counted.of(samples, "sample"));
    for (int count : Arrays.stream(SHOWN).filter(shown -> shown < units).toArray()) {
      out.printf("%,8d  %.3f%n", count, error[count - 1]);
    }
    out.printf("all %,4d  %.3f%n", units, error[units - 1]);
  }

  private static Map<String, Object> toJson(int samples, double[] error) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", samples);
    json.put("units", error.length);
    json.put("error", Arrays.stream(error).boxed().toList());
    return json;
  }
}
